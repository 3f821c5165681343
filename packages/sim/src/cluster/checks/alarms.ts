// Promises 2 and 3 (docs/ARCHITECTURE.md): shown within a second, told within what D3 allows.
import { SHOWN_WITHIN_MS, TOLD_WITHIN_MS } from '../alarm-watch.ts';
import type { Cluster } from '../cluster.ts';
import type { Violation } from './check.ts';

export function checkAlarms({ alarms }: Cluster): Violation[] {
  return (['shown', 'told'] as const).flatMap((missing): Violation[] => {
    const withinMs = missing === 'shown' ? SHOWN_WITHIN_MS : TOLD_WITHIN_MS;
    const witness = alarms.late
      .filter((late) => late.missing === missing)
      .map(
        ({ site, caseId, report, answeredMs }) =>
          `${caseId}, report ${report}, answered by ${site} at ${answeredMs.toFixed(0)} ms: not ${missing} ${withinMs} ms later`,
      );
    const why = missing === 'shown' ? 'a breach is not shown in time' : 'nobody tells of a breach in time';
    return witness.length === 0 ? [] : [{ invariant: 'alarms', why, witness: witness.slice(0, 5) }];
  });
}
