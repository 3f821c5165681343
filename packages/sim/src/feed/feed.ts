// Recorded tracks as bracelets. Each track's fix times are shifted so that its first is the start; `--speed` later compresses
// sending, never fix times, so the cases take fix times that run ahead of the clock.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NewCase, newCaseSchema } from '@vigie/model';
import { Random } from '../random.ts';
import type { PlannedReport, Source } from '../types.ts';
import { type BadLine, type Track, readTracks } from './read-tracks.ts';
import { zonesOver } from './track-zones.ts';

export interface FeedOptions {
  readonly dir: string;
  readonly seed: number;
  /** Where the first fix of every track is put, milliseconds since the Unix epoch. */
  readonly startMs: number;
}
export interface Feed extends Source {
  readonly endMs: number;
  readonly tracks: readonly Track[];
  readonly bad: readonly BadLine[];
}

/** Orders of a feed last this much longer than its longest track. */
const ORDER_MORE_MS = 30 * 86_400_000;

export function feed(o: FeedOptions): Feed {
  const { tracks, bad } = readTracks(o.dir);
  const longestMs = Math.max(...tracks.map(durationMs));
  const times = {
    validFrom: new Date(o.startMs - 86_400_000).toISOString(),
    validTo: new Date(o.startMs + longestMs + ORDER_MORE_MS).toISOString(),
    aheadS: Math.ceil(longestMs / 1000) + 86_400,
  };
  const given = join(o.dir, 'cases.json');
  const cases = existsSync(given) ? readCases(given, times) : madeCases(tracks, new Random(`feed ${o.seed}`), times);
  const caseOfDevice = new Map(cases.flatMap((c) => c.devices.map(({ deviceId }) => [deviceId, c.caseId] as const)));
  const boot = Math.floor(o.startMs / 1000);
  const devices = tracks.flatMap((track) => {
    const caseId = caseOfDevice.get(track.track);
    return caseId === undefined
      ? []
      : [{ deviceId: track.track, caseId, reports: reportsOf(track, o.startMs, boot)[Symbol.iterator]() }];
  });
  return { cases, devices, tracks, bad, startMs: o.startMs, endMs: o.startMs + longestMs };
}

const durationMs = ({ fixes }: Track): number => (fixes.at(-1)?.atMs ?? 0) - (fixes[0]?.atMs ?? 0);

function* reportsOf(track: Track, startMs: number, boot: number): Generator<PlannedReport> {
  const shiftMs = startMs - (track.fixes[0]?.atMs ?? 0);
  let seq = 0;
  for (const { atMs: recordedMs, ...fix } of track.fixes) {
    const atMs = recordedMs + shiftMs;
    yield { atMs, sendAtMs: atMs, body: { boot, seq: seq++, at: new Date(atMs).toISOString(), ...fix } };
  }
}

interface CaseTimes {
  readonly validFrom: string;
  readonly validTo: string;
  readonly aheadS: number;
}

function madeCases(tracks: readonly Track[], dice: Random, times: CaseTimes): NewCase[] {
  return tracks.map((track) => ({
    caseId: `feed-${track.track}`.slice(0, 64),
    authority: dice.fork(`authority ${track.track}`).pick(['JU', 'BE', 'NE', 'VD', 'ZH'] as const),
    legalBasis: 'StPO 237',
    mode: 'active',
    timezone: 'Europe/Zurich',
    devices: [{ deviceId: track.track, role: 'wearer' }],
    rules: zonesOver(track, dice.fork(`zones ${track.track}`)),
    ...times,
  }));
}

/** `DIR/cases.json`: a list of cases as `POST /v1/cases` takes them; a device's id is its track. Times come from the feed. */
function readCases(path: string, times: CaseTimes): NewCase[] {
  const list: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(list)) throw new Error(`${path} must hold a list of cases`);
  return list.map((one: object, i) => {
    const read = newCaseSchema.safeParse({ ...one, ...times });
    if (!read.success) {
      const issue = read.error.issues[0];
      throw new Error(`${path}: case ${i}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a case'}`);
    }
    return read.data;
  });
}
