// The standing episodes of the zone are those that the oracle finds in the settled reports: turf and a geodesic of its own, no index, no
// increments, nothing of engine or geo. A stop ends what runs, and what comes after it counts for nothing.
import type { CaseView } from '@vigie/engine';
import { type OracleReport, expectedOf } from '../../oracle/oracle.ts';
import { STAY_AWAY, type SimPerson } from '../court.ts';

const e7 = (value: number | undefined): number => (value ?? 0) / 1e7;

/** @param settled `<boot>.<seq>` of the reports of the person's device in the settled log */
export function againstOracle(
  person: SimPerson,
  settled: ReadonlySet<string>,
  stoppedAtMs: number | undefined,
  view: CaseView,
): string[] {
  const reports = person.plan
    .map(({ report }) => report)
    .filter(({ boot, seq, at }) => settled.has(`${boot}.${seq}`) && (stoppedAtMs === undefined || at < stoppedAtMs))
    .map(
      (report): OracleReport => ({
        at: new Date(report.at).toISOString(),
        seq: report.seq ?? 0,
        lat: e7(report.latE7),
        lon: e7(report.lonE7),
        accuracyM: (report.accuracyMm ?? 0) / 1000,
      }),
    );
  const rules = [{ ruleId: STAY_AWAY, kind: 'exclusion', zone: person.zone }];
  const [expected] = expectedOf({ caseId: person.caseId, rules }, reports);
  if (expected === undefined || expected.anything) return [];
  const closed = (closedAtMs: number | undefined): number | string => closedAtMs ?? stoppedAtMs ?? '';
  const readings = expected.variants.map((incidents) =>
    textOf(incidents.map(({ openedAtMs, closedAtMs }) => `${openedAtMs}-${closed(closedAtMs)}`)),
  );
  const standing = textOf(
    view.incidents
      .filter(({ ruleId, kind, certainty }) => ruleId === STAY_AWAY && kind === 'exclusion' && certainty === 'raised')
      .map((incident) => `${incident.openedAtMs}-${incident.closedAtMs ?? ''}`),
  );
  if (readings.includes(standing)) return [];
  return [`${person.caseId}: the oracle says ${readings[0]}; standing ${standing}`];
}

const textOf = (episodes: readonly string[]): string => [...episodes].sort().join(' ') || 'none';
