// L15: a report is applied once, whichever sites and how often it came by: what the engines have counted of each device is the
// number of different reports in the settled log. What comes after a stop, of the time after it, counts for nothing.
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import type { DecisionModel } from './decision-model.ts';
import { settledReports } from './durability.ts';
import type { InSequence } from './sequence.ts';
import type { SlowFold } from './slow-fold.ts';

export function checkOnce(
  cluster: Cluster,
  sequence: readonly (InSequence | undefined)[],
  fold: SlowFold,
  model: DecisionModel,
): Violation[] {
  const reports = [...settledReports(sequence)];
  const witness: string[] = [];
  for (const { deviceId, measure, plan } of cluster.people) {
    const { stoppedAtMs = Number.POSITIVE_INFINITY, stoppedBy = 0 } = model.cases.get(measure) ?? {};
    const times = new Map(plan.map(({ report }) => [`${deviceId} ${report.boot}.${report.seq}`, report.at]));
    const inLog = reports.filter(([name, index]) => {
      const at = times.get(name);
      return at !== undefined && (at < stoppedAtMs || index < stoppedBy);
    }).length;
    for (const who of [...SITES, 'oracle'] as const) {
      const view = who === 'oracle' ? fold.engine.view(measure) : cluster.sites[who].replica?.caseView(measure);
      const applied = view?.devices.find((device) => device.deviceId === deviceId)?.reports ?? 0;
      if (view !== undefined && applied !== inLog)
        witness.push(
          `${who} has applied ${applied} reports of ${deviceId}; its settled log holds ${inLog} different ones`,
        );
    }
  }
  return witness.length === 0 ? [] : [{ invariant: 'once', why: 'reports are not applied exactly once', witness }];
}
