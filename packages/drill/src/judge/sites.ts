// Answers, digests and the line between the sites.
import { SITES, type SiteId } from '@vigie/model';
import type { History } from '../history.ts';
import { blackoutsOf } from './outages.ts';
import { time } from './reports.ts';

/**
 * The longest time without an answer while the load ran; null when there was none at all. The fleet's leaves out when neither site
 * was there: it counts again from the moment both are ready.
 */
export function gapOf(history: History, site?: SiteId): number | null {
  const { answers, run } = history;
  const times = answers
    .filter((answer) => (site === undefined || answer.site === site) && answer.atMs <= run.loadToMs)
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b);
  if (times.length === 0) return null;
  const blackouts = site === undefined ? blackoutsOf(history) : [];
  let longest = 0;
  let last = run.loadFromMs;
  for (const atMs of [...times, run.loadToMs]) {
    const dark = blackouts.find(({ fromMs, toMs }) => fromMs < atMs && toMs > last);
    const before = dark === undefined ? atMs : Math.min(atMs, dark.fromMs);
    longest = Math.max(longest, before - last, dark === undefined ? 0 : atMs - dark.toMs);
    last = Math.max(last, atMs);
  }
  return Math.round(longest);
}

export interface DigestsJudged {
  readonly compared: number;
  readonly differing: readonly string[];
  /** When both sites had shown the same digest of a second that lies after the last fault was healed. */
  readonly convergedAtMs: number | null;
  readonly healedAtMs: number | null;
}

export function judgeDigests(history: History): DigestsJudged {
  const seen: Record<SiteId, Map<number, string>> = { noirmont: new Map(), delemont: new Map() };
  const differing: string[] = [];
  let compared = 0;
  const healedAtMs = healedAt(history);
  let convergedAtMs: number | null = null;
  for (const { site, atMs, digest } of history.looks.toSorted((a, b) => a.atMs - b.atMs)) {
    if (digest === null || seen[site].get(digest.second) === digest.value) continue;
    const before = seen[site].get(digest.second);
    if (before !== undefined) differing.push(`${site} changed its digest of ${time(digest.second * 1000)}`);
    seen[site].set(digest.second, digest.value);
    const other = seen[site === 'noirmont' ? 'delemont' : 'noirmont'].get(digest.second);
    if (other === undefined) continue;
    compared++;
    if (other !== digest.value)
      differing.push(
        `${time(digest.second * 1000)}: ${SITES.map((one) => `${one} ${seen[one].get(digest.second)}`).join(', ')}`,
      );
    else if (healedAtMs !== null && digest.second * 1000 > healedAtMs) convergedAtMs ??= atMs;
  }
  return { compared, differing, convergedAtMs, healedAtMs };
}

/** The end of the last action that healed; of a drill that heals nothing, the last fault. */
function healedAt({ faults }: History): number | null {
  const healing = faults.filter(({ role }) => role === 'heal');
  const ends = (healing.length > 0 ? healing : faults).map(({ doneMs }) => doneMs);
  return ends.length === 0 ? null : Math.max(...ends);
}
