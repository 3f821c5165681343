// The episodes of one place rule from one device's fixes (docs/RULES.md, read as plainly as possible): the standing changes
// with every fix that is surely inside or surely outside; while it is on the forbidden side, an episode runs.
import { type OracleZone, signedDistance } from './place.ts';

export interface OracleFix {
  readonly atMs: number;
  readonly lon: number;
  readonly lat: number;
  /** Metres; 0 = none recorded. */
  readonly accuracyM: number;
}
export type OracleVerdict = 'inside' | 'outside' | 'undetermined';
export interface OracleEpisode {
  readonly openedAtMs: number;
  /** Undefined while it runs. */
  readonly closedAtMs: number | undefined;
}

/** What may be said of a fix. More than one verdict when it lies so near to the border that either is right. */
export function verdictsOf(zone: OracleZone, fix: OracleFix): readonly OracleVerdict[] {
  const d = signedDistance(zone, [fix.lon, fix.lat]);
  const edge = Math.abs(d);
  const said: OracleVerdict = d >= fix.accuracyM ? 'inside' : d < 0 && -d >= fix.accuracyM ? 'outside' : 'undetermined';
  const slack = Math.max(0.1, 0.001 * edge);
  if (Math.abs(edge - fix.accuracyM) > slack && (edge > slack || fix.accuracyM > slack)) return [said];
  const possible: OracleVerdict[] = ['undetermined'];
  if (d >= -slack) possible.push('inside');
  if (d <= slack) possible.push('outside');
  return [said, ...possible.filter((verdict) => verdict !== said)];
}

/** Fixes in order of fix time. An episode that ends at the instant it begins is none. */
export function episodesOf(
  fixes: readonly OracleFix[],
  verdicts: readonly OracleVerdict[],
  forbidden: 'inside' | 'outside',
): OracleEpisode[] {
  const episodes: OracleEpisode[] = [];
  let openedAtMs: number | undefined;
  for (const [i, fix] of fixes.entries()) {
    const verdict = verdicts[i];
    if (verdict === 'undetermined') continue;
    if (verdict === forbidden) openedAtMs ??= fix.atMs;
    else if (openedAtMs !== undefined) {
      if (fix.atMs > openedAtMs) episodes.push({ openedAtMs, closedAtMs: fix.atMs });
      openedAtMs = undefined;
    }
  }
  if (openedAtMs !== undefined) episodes.push({ openedAtMs, closedAtMs: undefined });
  return episodes;
}
