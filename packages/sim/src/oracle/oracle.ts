// What must come out: from the reports sent and the zones, the incidents of exclusion and inclusion rules. Slow, obvious, and
// independent: nothing of geo or engine is imported here (a lint rule sees to it), so an error must be made twice to pass.
import { type OracleEpisode, type OracleFix, type OracleVerdict, episodesOf, verdictsOf } from './episodes.ts';
import type { OracleZone } from './place.ts';

export interface OracleRule {
  readonly ruleId: string;
  readonly kind: string;
  /** One by a shared zone is not judged. */
  readonly zone?: OracleZone | { readonly type: 'shared' };
  readonly graceS?: number | undefined;
  readonly dwellS?: number | undefined;
  readonly schedule?: unknown;
  readonly passes?: unknown;
}
export interface OracleCase {
  readonly caseId: string;
  readonly rules: readonly OracleRule[];
}
export interface OracleReport {
  readonly at: string;
  readonly seq: number;
  readonly lat?: number | undefined;
  readonly lon?: number | undefined;
  readonly accuracyM?: number | undefined;
}

export interface OracleIncident extends OracleEpisode {
  readonly caseId: string;
  readonly ruleId: string;
}
/** The incidents of one rule of one case: every list of `variants` is right, the first is the plain reading. */
export interface Expected {
  readonly caseId: string;
  readonly ruleId: string;
  readonly variants: readonly (readonly OracleIncident[])[];
  /** More fixes lie on the border than can be tried both ways: whatever comes out is accepted. */
  readonly anything: boolean;
}

/** Fixes on the border tried both ways; beyond it the rule is not judged. 3^8 readings at most. */
const BORDER_FIXES_MAX = 8;

/** Rules it can judge: places without schedule, dwell and grace. */
export const isJudged = (rule: OracleRule): rule is OracleRule & { readonly zone: OracleZone } =>
  (rule.kind === 'exclusion' || rule.kind === 'inclusion') &&
  rule.zone !== undefined &&
  rule.zone.type !== 'shared' &&
  rule.schedule === undefined &&
  rule.passes === undefined &&
  (rule.graceS ?? 0) === 0 &&
  (rule.dwellS ?? 0) === 0;

/** @param reports what the wearer's device sent of this case, in any order */
export function expectedOf(order: OracleCase, reports: readonly OracleReport[]): Expected[] {
  const fixes = reports
    .filter((report) => report.lat !== undefined && report.lon !== undefined)
    .map((report) => ({ ...report, atMs: Date.parse(report.at) }))
    .sort((a, b) => a.atMs - b.atMs || a.seq - b.seq)
    .map(({ atMs, lon, lat, accuracyM }) => ({ atMs, lon: e7(lon), lat: e7(lat), accuracyM: accuracyM ?? 0 }));
  return order.rules.filter(isJudged).map((rule) => expectedOfRule(order.caseId, rule, fixes));
}

/** The log keeps coordinates to the seventh decimal. */
const e7 = (degrees: number | undefined): number => Math.round((degrees ?? 0) * 1e7) / 1e7;

function expectedOfRule(
  caseId: string,
  rule: OracleRule & { readonly zone: OracleZone },
  fixes: readonly OracleFix[],
): Expected {
  const possible = fixes.map((fix) => verdictsOf(rule.zone, fix));
  const forbidden = rule.kind === 'exclusion' ? 'inside' : 'outside';
  const onBorder = possible.flatMap((verdicts, i) => (verdicts.length > 1 ? [i] : []));
  const anything = onBorder.length > BORDER_FIXES_MAX;
  const readings = anything ? [possible.map(first)] : readingsOf(possible, onBorder);
  const variants = new Map<string, readonly OracleIncident[]>();
  for (const reading of readings) {
    const incidents = episodesOf(fixes, reading, forbidden).map((episode) => ({
      caseId,
      ruleId: rule.ruleId,
      ...episode,
    }));
    variants.set(JSON.stringify(incidents), incidents);
  }
  return { caseId, ruleId: rule.ruleId, variants: [...variants.values()], anything };
}

const first = (verdicts: readonly OracleVerdict[]): OracleVerdict => verdicts[0] ?? 'undetermined';

function readingsOf(possible: readonly (readonly OracleVerdict[])[], onBorder: readonly number[]): OracleVerdict[][] {
  let readings: OracleVerdict[][] = [possible.map(first)];
  for (const i of onBorder) {
    readings = readings.flatMap((reading) => (possible[i] ?? []).map((verdict) => reading.with(i, verdict)));
  }
  return readings;
}
