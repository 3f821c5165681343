// L15: a report is applied once, whichever sites and how often it came by: what the engines have counted of each device is the
// number of different reports in the settled log.
import { SITES } from '@vigie/model';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';
import { settledReports } from './durability.ts';
import type { InSequence } from './sequence.ts';
import type { SlowFold } from './slow-fold.ts';

export function checkOnce(
  cluster: Cluster,
  sequence: readonly (InSequence | undefined)[],
  fold: SlowFold,
): Violation[] {
  const names = [...settledReports(sequence).keys()];
  const witness: string[] = [];
  for (const { deviceId, measure } of cluster.people) {
    const inLog = names.filter((name) => name.startsWith(`${deviceId} `)).length;
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
