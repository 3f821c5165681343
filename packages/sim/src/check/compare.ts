// Holds what a site shows against what the oracle expects.
import type { Expected, OracleIncident } from '../oracle/oracle.ts';

export interface ShownIncident {
  readonly incidentId: string;
  readonly caseId: string;
  readonly ruleId: string;
  readonly openedAtMs: number;
  readonly closedAtMs: number | undefined;
}
export interface Comparison {
  readonly expected: readonly OracleIncident[];
  readonly missing: readonly OracleIncident[];
  readonly extra: readonly ShownIncident[];
  /** Rules with too many fixes on their border to be judged, and rules whose border fixes were read the other way. */
  readonly unjudged: number;
  readonly otherReading: number;
}

/** @param shown place incidents of one site that stand (neither withdrawn nor refuted), of the judged cases only */
export function compare(expected: readonly Expected[], shown: readonly ShownIncident[]): Comparison {
  const byRule = Map.groupBy(shown, ruleKey);
  const judged = new Set(expected.map(ruleKey));
  const wanted: OracleIncident[] = [];
  const missing: OracleIncident[] = [];
  const extra: ShownIncident[] = shown.filter((one) => !judged.has(ruleKey(one)));
  let unjudged = 0;
  let otherReading = 0;
  for (const rule of expected) {
    if (rule.anything) {
      unjudged++;
      continue;
    }
    const there = byRule.get(ruleKey(rule)) ?? [];
    const readings = rule.variants.map((variant) => difference(variant, there));
    let best = 0;
    for (let i = 1; i < readings.length; i++) if (faults(readings[i]) < faults(readings[best])) best = i;
    if (best > 0) otherReading++;
    wanted.push(...(rule.variants[best] ?? []));
    missing.push(...(readings[best]?.missing ?? []));
    extra.push(...(readings[best]?.extra ?? []));
  }
  return { expected: wanted, missing, extra, unjudged, otherReading };
}

const ruleKey = (one: { readonly caseId: string; readonly ruleId: string }): string => `${one.caseId} ${one.ruleId}`;
const timesKey = (one: { readonly openedAtMs: number; readonly closedAtMs: number | undefined }): string =>
  `${one.openedAtMs} ${one.closedAtMs ?? 'open'}`;

interface Difference {
  readonly missing: readonly OracleIncident[];
  readonly extra: readonly ShownIncident[];
}
const faults = (one: Difference | undefined): number => (one === undefined ? 0 : one.missing.length + one.extra.length);

function difference(variant: readonly OracleIncident[], there: readonly ShownIncident[]): Difference {
  const wanted = new Set(variant.map(timesKey));
  const seen = new Set<string>();
  const extra = there.filter((one) => {
    const key = timesKey(one);
    // The same episode shown twice under two ids is one too many.
    const isExtra = !wanted.has(key) || seen.has(key);
    seen.add(key);
    return isExtra;
  });
  return { missing: variant.filter((one) => !seen.has(timesKey(one))), extra };
}
