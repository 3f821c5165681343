// Sends one step of an incident until somebody answers. The Idempotency-Key is checked in the merged log, so the same step may
// be tried at one site and then at the other without counting twice.
import type { IncidentView, StepAction, StepAnswer, StepRequest } from '@vigie/api/contract';
import type { ConsoleState, StepOutcome } from '../state/console-state.ts';
import type { Store } from '../state/store.ts';
import { type Answer, type RequestOptions, isTrouble } from './http.ts';
import { pause } from './pause.ts';
import { randomKey } from './random-key.ts';

/** After this long without an answer from either site the operator is told that the outcome is not known. */
const TRY_MS_MAX = 60_000;
const RETRY_MS = 400;

export interface StepPorts {
  readonly call: (path: string, options: Omit<RequestOptions, 'timeoutMs' | 'signal'>) => Promise<Answer<StepAnswer>>;
  readonly stop: AbortSignal;
  readonly onIncident: (incident: IncidentView) => void;
  readonly onDone: () => void;
}

export async function sendStep(
  store: Store<ConsoleState>,
  incident: IncidentView,
  action: StepAction,
  body: StepRequest,
  ports: StepPorts,
): Promise<void> {
  const { incidentId } = incident;
  // A second press while the first is under way is the same wish.
  if (store.value.outcomes.get(incidentId)?.kind === 'sending') return;
  setOutcome(store, incidentId, { kind: 'sending', action });
  const options = { method: 'POST', body, headers: { 'Idempotency-Key': randomKey() } } as const;
  const path = `/v1/incidents/${encodeURIComponent(incidentId)}/${action}`;
  const untilMs = performance.now() + TRY_MS_MAX;
  let answer = await ports.call(path, options);
  while (isTrouble(answer) && performance.now() < untilMs && !ports.stop.aborted) {
    await pause(RETRY_MS, ports.stop);
    answer = await ports.call(path, options);
  }
  if (ports.stop.aborted) return;
  if (answer.kind === 'ok' && answer.body.incident !== undefined) ports.onIncident(answer.body.incident);
  if (answer.kind === 'ok') clearDraft(store, incidentId);
  setOutcome(store, incidentId, outcomeOf(answer, action));
  ports.onDone();
}

function outcomeOf(answer: Answer<StepAnswer>, action: StepAction): StepOutcome {
  if (answer.kind === 'ok') {
    const { body } = answer;
    return { kind: !body.settled ? 'unsettled' : body.alone ? 'alone' : 'settled', action };
  }
  if (answer.kind === 'unreachable' || isTrouble(answer)) return { kind: 'unknown', action };
  const by = answer.problem.heldBy;
  return answer.status === 409 && by !== undefined
    ? { kind: 'held', action, by }
    : { kind: 'refused', action, problem: answer.problem };
}

function setOutcome(store: Store<ConsoleState>, incidentId: string, outcome: StepOutcome): void {
  store.update({ outcomes: new Map(store.value.outcomes).set(incidentId, outcome) });
}

export function setDraft(store: Store<ConsoleState>, incidentId: string, note: string): void {
  store.update({ drafts: new Map(store.value.drafts).set(incidentId, note) });
}

function clearDraft(store: Store<ConsoleState>, incidentId: string): void {
  const drafts = new Map(store.value.drafts);
  drafts.delete(incidentId);
  store.update({ drafts });
}
