// Decisions (L16): appended, waited for, and answered 200 when settled, 202 with a status URL when not, or as the fold refused them.
import { randomUUID } from 'node:crypto';
import { type SharedZoneData, otherSite, unreachable } from '@vigie/model';
import { type DecisionAnswer, type DecisionDraft, type DecisionStatus, encodePayload } from '@vigie/replica';
import type { Holder } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import { problem } from './problem.ts';

/** Milliseconds a decision is waited for while the sites are joined; apart it cannot settle, and only the fold here is waited for. */
const SETTLE_WAIT_MS = 2_000;
const APART_WAIT_MS = 150;
const POLL_MS = 25;

export type Decided =
  | {
      readonly kind: 'applied';
      readonly entryId: string;
      readonly settled: boolean;
      readonly alone: boolean;
      readonly repeated: boolean;
    }
  /** Stored; what became of it is not known here yet. */
  | { readonly kind: 'pending'; readonly entryId: string }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  | { readonly kind: 'not-stored'; readonly response: Response };
type RefusedReason = Extract<DecisionStatus['outcome'], { kind: 'refused' }>['reason'];

export const decide = (ports: ApiPorts, draft: DecisionDraft): Promise<Decided> =>
  decideBy(ports, draft.entryId ?? randomUUID(), (entryId, waitMs) =>
    ports.replica.decide({ ...draft, entryId }, waitMs),
  );
export const decideZone = (ports: ApiPorts, id: string, data: SharedZoneData): Promise<Decided> =>
  decideBy(ports, id, (entryId, waitMs) => ports.replica.decideZone(entryId, data, waitMs));

async function decideBy(
  ports: ApiPorts,
  entryId: string,
  append: (entryId: string, waitMs: number) => Promise<DecisionAnswer>,
): Promise<Decided> {
  const { membership, peer } = ports.cluster();
  if (membership === 'left') return { kind: 'not-stored', response: siteLeft(ports) };
  const { joined, left } = peer;
  const waitMs = joined || left ? SETTLE_WAIT_MS : APART_WAIT_MS;
  let answer = await append(entryId, waitMs);
  // The fold is at most a turn behind the append.
  for (let waited = 0; answer.kind === 'pending' && waited < APART_WAIT_MS; waited += POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const status = ports.replica.decisionStatus(entryId);
    if (status !== undefined) answer = { kind: 'decided', entryId, ...status };
  }
  if (answer.kind === 'pending') return { kind: 'pending', entryId };
  if (answer.kind === 'not-stored') {
    const { result } = answer;
    if (result.kind === 'unknown') return { kind: 'not-stored', response: problem('log-unreachable') };
    switch (result.reason) {
      case 'disk_full':
        return { kind: 'not-stored', response: problem('disk-full') };
      case 'too_large':
        return {
          kind: 'not-stored',
          response: problem('invalid-input', { status: 413, detail: 'too large for the log' }),
        };
      case 'overloaded':
        return { kind: 'not-stored', response: problem('overloaded') };
      case 'left':
        return { kind: 'not-stored', response: siteLeft(ports) };
      case 'sealed':
      case 'stopped':
        return { kind: 'not-stored', response: problem('log-unreachable', { detail: 'nothing was stored' }) };
      default:
        return unreachable(result.reason);
    }
  }
  const { outcome, settled } = answer;
  if (outcome.kind === 'refused') return { kind: 'refused', reason: outcome.reason };
  const { alone } = ports.membership.state();
  return { kind: 'applied', entryId, settled, alone: settled && alone, repeated: outcome.kind === 'repeated' };
}

/** A drained site refuses kindly: nothing was stored, and there is somebody who takes it. */
function siteLeft({ site, urls }: ApiPorts): Response {
  const ask = urls[otherSite(site)];
  return problem('site-left', { detail: `ask ${ask}`, ask });
}

export function refusal(reason: RefusedReason, more: { heldBy?: Holder | undefined; etag?: string } = {}): Response {
  const headers = more.etag === undefined ? undefined : { ETag: more.etag };
  switch (reason) {
    case 'unknown_measure':
    case 'unknown_incident':
      return problem('not-found');
    case 'step_forbidden':
      return problem('step-forbidden', { heldBy: more.heldBy });
    case 'revision_stale':
      return problem('revision-stale', { headers });
    case 'key_mismatch':
      return problem('idempotency-mismatch');
    case 'measure_ended':
      return problem('measure-ended');
    case 'malformed':
      return problem('invalid-input', { detail: 'the fold does not take this decision' });
    default:
      return unreachable(reason);
  }
}

const statusUrl = (entryId: string): string => `/v1/decisions/${entryId}`;

/** 200 once settled; 202 with where to ask. */
export function decided<T extends object>(
  answer: Extract<Decided, { kind: 'applied' | 'pending' }>,
  body: T,
  more: { settledStatus?: 200 | 201; headers?: Readonly<Record<string, string>> } = {},
): Response {
  const settled = answer.kind === 'applied' && answer.settled;
  const url = statusUrl(answer.entryId);
  const how = answer.kind === 'applied' && answer.alone ? { settled, alone: true } : { settled };
  return new Response(JSON.stringify(settled ? { ...how, ...body } : { settled: false, statusUrl: url, ...body }), {
    status: settled ? (more.settledStatus ?? 200) : 202,
    headers: { 'Content-Type': 'application/json', ...(settled ? {} : { Location: url }), ...more.headers },
  });
}

export { encodePayload };
