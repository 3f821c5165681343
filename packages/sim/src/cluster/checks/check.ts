// All checkers over one run. Each answers with what it found: the promise, and the witness that breaks it.
import type { Cluster } from '../cluster.ts';
import type { Partitions } from '../partitions.ts';
import { checkAlarms } from './alarms.ts';
import { checkArrivals } from './arrivals.ts';
import { DecisionModel } from './decision-model.ts';
import { checkDecisions } from './decisions.ts';
import { checkDigests } from './digests.ts';
import { checkDispatch } from './dispatch.ts';
import { checkDurability } from './durability.ts';
import { checkErasure } from './erasure.ts';
import { checkEvents } from './events.ts';
import { checkIncidents } from './incidents.ts';
import { checkLive } from './live.ts';
import { checkLiveness } from './liveness.ts';
import { checkOnce } from './once.ts';
import { checkOrder } from './order.ts';
import { settledSequence } from './sequence.ts';
import { SlowFold } from './slow-fold.ts';

export interface Violation {
  readonly invariant:
    | 'durability'
    | 'order'
    | 'once'
    | 'digests'
    | 'live'
    | 'arrivals'
    | 'incidents'
    | 'events'
    | 'alarms'
    | 'dispatch'
    | 'decisions'
    | 'erasure'
    | 'liveness'
    | 'crash';
  readonly why: string;
  readonly witness: readonly string[];
}

/** Every partition is an order of its own; what a witness of the others than the first says is of the one that it names. */
export function checkRun(run: Partitions, converged: boolean, thrown: unknown): Violation[] {
  const cause: unknown = thrown ?? run.of.find((cluster) => cluster.thrown !== undefined)?.thrown;
  if (cause !== undefined) {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : 'not an error';
    return [{ invariant: 'crash', why: 'the implementation threw', witness: [text] }];
  }
  return run.of.flatMap((cluster) =>
    checkAll(cluster, converged).map(({ witness, ...violation }) => ({
      ...violation,
      witness: cluster.partition === 0 ? witness : witness.map((line) => `partition ${cluster.partition}: ${line}`),
    })),
  );
}

function checkAll(cluster: Cluster, converged: boolean): Violation[] {
  const sequence = settledSequence(cluster);
  const order = checkOrder(cluster, sequence);
  // On two different sequences the others would only repeat it.
  if (order.length > 0) return [...order, ...checkDurability(cluster, sequence)];
  const fold = new SlowFold(cluster, sequence);
  const model = new DecisionModel(sequence, fold.outcomes);
  return [
    ...checkDurability(cluster, sequence),
    ...checkOnce(cluster, sequence, fold, model),
    ...checkDigests(cluster, fold),
    ...checkLive(cluster),
    ...checkArrivals(cluster, sequence),
    ...checkIncidents(cluster, sequence, fold, model),
    ...checkEvents(cluster),
    ...checkAlarms(cluster),
    ...checkDispatch(cluster),
    ...checkDecisions(cluster, fold, model),
    ...checkErasure(cluster, sequence, model),
    ...checkLiveness(cluster, converged),
  ];
}
