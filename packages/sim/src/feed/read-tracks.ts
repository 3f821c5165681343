// Track files (`track,time,lat,lon,accuracy_m,speed_mps,altitude_m,hdop`) as recorded: nothing is smoothed or dropped, but a line
// that is no fix is named and left out.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseRfc3339 } from '@vigie/model';

export interface TrackFix {
  readonly atMs: number;
  readonly lat: number;
  readonly lon: number;
  readonly accuracyM?: number;
  readonly speedMps?: number;
  readonly altitudeM?: number;
}
export interface Track {
  /** 1 to 64 visible characters: becomes the device's id. */
  readonly track: string;
  /** In order of fix time. */
  readonly fixes: readonly TrackFix[];
}
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

const COLUMNS = ['track', 'time', 'lat', 'lon', 'accuracy_m', 'speed_mps', 'altitude_m', 'hdop'];
/** A folder with more is not a feed but a mistake. */
const FEED_FILES_MAX = 10_000;
const FILE_BYTES_MAX = 200_000_000;
const BAD_LINES_MAX = 100;

/** Every CSV with these columns in the folder and below; other files are passed over. Throws when there is none. */
export function readTracks(dir: string): { readonly tracks: readonly Track[]; readonly bad: readonly BadLine[] } {
  const bad: BadLine[] = [];
  const byTrack = new Map<string, TrackFix[]>();
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.csv'))
    .sort();
  if (files.length > FEED_FILES_MAX) throw new Error(`${dir} holds more than ${FEED_FILES_MAX} files (FEED_FILES_MAX)`);
  for (const file of files) readFile(dir, file, byTrack, bad);
  if (byTrack.size === 0) throw new Error(`${dir} holds no CSV file with the columns ${COLUMNS.join(',')}`);
  const tracks = [...byTrack].map(([track, fixes]) => ({
    track,
    fixes: fixes.sort((a, b) => a.atMs - b.atMs),
  }));
  return { tracks, bad };
}

function readFile(dir: string, file: string, byTrack: Map<string, TrackFix[]>, bad: BadLine[]): void {
  const path = join(dir, file);
  if (statSync(path).size > FILE_BYTES_MAX) throw new Error(`${path} is larger than ${FILE_BYTES_MAX} bytes`);
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  if (lines[0]?.trim() !== COLUMNS.join(',')) return;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line === '') continue;
    const fix = readLine(line);
    if (typeof fix !== 'string') {
      const fixes = byTrack.get(fix.track);
      if (fixes === undefined) byTrack.set(fix.track, [fix.fix]);
      else fixes.push(fix.fix);
    } else if (bad.length < BAD_LINES_MAX) bad.push({ file, line: i + 1, reason: fix });
  }
}

function readLine(line: string): { readonly track: string; readonly fix: TrackFix } | string {
  const [track = '', time = '', lat = '', lon = '', accuracy, speed, altitude] = line.split(',');
  const atMs = parseRfc3339(time);
  if (!/^[\x21-\x7e]{1,64}$/.test(track)) return 'track must be 1 to 64 visible ASCII characters';
  if (atMs === undefined) return `time '${time}' is not an RFC 3339 date-time`;
  if (!isDegrees(lat, 90)) return `lat '${lat}' is not from -90 to 90`;
  if (!isDegrees(lon, 180)) return `lon '${lon}' is not from -180 to 180`;
  return {
    track,
    fix: {
      atMs,
      lat: Number(lat),
      lon: Number(lon),
      ...optional('accuracyM', accuracy, 0),
      ...optional('speedMps', speed, 0),
      ...optional('altitudeM', altitude, -12_000),
    },
  };
}

const isDegrees = (text: string, max: number): boolean => text !== '' && Math.abs(Number(text)) <= max;

/** Receivers write -1 or NaN for "not known": such a value is left out like an empty one. */
function optional(name: 'accuracyM' | 'speedMps' | 'altitudeM', text: string | undefined, min: number): object {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= min && value <= 100_000 ? { [name]: value } : {};
}
