// All checkers over one run. Each answers with what it found: the promise, and the witness that breaks it.
import type { Cluster } from '../cluster.ts';
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

export function checkAll(cluster: Cluster, converged: boolean, thrown: unknown): Violation[] {
  if (thrown !== undefined) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : 'not an error';
    return [{ invariant: 'crash', why: 'the implementation threw', witness: [text] }];
  }
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
