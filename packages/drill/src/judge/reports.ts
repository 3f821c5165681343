// Every acknowledged report is read back at both sites, by fix time and place.
import { SITES } from '@vigie/model';
import type { History } from '../history.ts';

export interface ReportsJudged {
  readonly acked: { readonly total: number; readonly both: number; readonly site: number };
  /** Acknowledged, and not on the track of at least one site. */
  readonly lost: readonly string[];
  /** On a track more often than it was measured. */
  readonly doubled: readonly string[];
  /** No site ever took it. */
  readonly untaken: readonly string[];
}

const pointKey = (at: number, lat: number, lon: number): string => `${at} ${lat.toFixed(7)} ${lon.toFixed(7)}`;

export function judgeReports(history: History): ReportsJudged {
  const measured = new Map<string, Map<string, number>>();
  for (const { device, at, lat, lon } of history.reports) count(measured, device, pointKey(at, lat, lon));
  const shown = new Map<string, Map<string, number>>();
  for (const { site, device, points } of history.tracks)
    for (const [at, lat, lon] of points) count(shown, `${site} ${device}`, pointKey(at, lat, lon));

  const acked = { total: 0, both: 0, site: 0 };
  const lost: string[] = [];
  const untaken: string[] = [];
  for (const { device, seq, at, lat, lon, ackMs, durable, via } of history.reports) {
    if (ackMs === null || durable === null) {
      untaken.push(`${device} ${seq}`);
      continue;
    }
    acked.total++;
    acked[durable]++;
    const missingAt = SITES.filter((site) => !shown.get(`${site} ${device}`)?.has(pointKey(at, lat, lon)));
    if (missingAt.length > 0)
      lost.push(
        `${device} ${seq}, fix time ${time(at)}, answered ${durable} by ${via}: not at ${missingAt.join(', ')}`,
      );
  }
  const doubled: string[] = [];
  for (const [where, points] of shown) {
    const device = where.slice(where.indexOf(' ') + 1);
    for (const [key, times] of points) {
      const expected = measured.get(device)?.get(key) ?? 0;
      if (times > expected) doubled.push(`${where}: ${key} is there ${times} times, measured ${expected} times`);
    }
  }
  return { acked, lost, doubled, untaken };
}

function count(lists: Map<string, Map<string, number>>, list: string, key: string): void {
  const counts = lists.get(list) ?? new Map<string, number>();
  lists.set(list, counts);
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

export const time = (ms: number): string => new Date(ms).toISOString();
