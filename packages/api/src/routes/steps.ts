// Steps of people on an incident. Whether a step is allowed, and who was first, is decided in the fold, so it holds across sites.
import { createHash, randomUUID } from 'node:crypto';
import { type IncidentStep, STEPS, type StepKind, canonicalJson, statusAfter } from '@vigie/model';
import { z } from 'zod';
import type { Holder, ResolutionCode } from '../contract.ts';
import { decide, decided, encodePayload, refusal } from '../http/deciding.ts';
import type { IncidentIndex } from '../http/incident-index.ts';
import { instantParam } from '../http/instant.ts';
import { problem } from '../http/problem.ts';
import { DECIDERS, type LiveReads, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';
import { stepAnswerSchema } from '../schemas/incident.ts';
import type { Principal } from '../tokens.ts';
import { findLive, incidentView, liveRecord } from '../views/incident.ts';
import { languageOf } from '../views/language.ts';
import { incidentParams } from './incidents.ts';

const NOTE_LENGTH_MAX = 2_000;
const CODES = [
  'intervened',
  'contacted',
  'false_alarm',
  'technical',
  'authorised',
] as const satisfies readonly ResolutionCode[];
const note = z.string().max(NOTE_LENGTH_MAX);

interface StepBody {
  readonly note?: string | undefined;
  readonly code?: ResolutionCode | undefined;
  readonly until?: number | undefined;
}

const bodyOf: Record<StepKind, z.ZodType<StepBody>> = {
  acknowledge: z.object({ note: note.optional() }).default({}),
  start: z.object({ note: note.optional() }).default({}),
  resolve: z.object({ note: note.optional(), code: z.enum(CODES) }),
  reopen: z.object({ note: note.optional() }).default({}),
  note: z.object({ note: note.min(1) }),
  // ISA-18.2 asks for a reason and an end; the fold holds the end against its own clock.
  shelve: z.object({ note: note.min(1), until: instantParam }),
  approve: z.object({ note: note.optional() }).default({}),
  unshelve: z.object({ note: note.optional() }).default({}),
};
const SUMMARY: Record<StepKind, string> = {
  acknowledge: 'Take an incident; 409 with who has it when somebody was first.',
  start: 'Say that work on it has begun.',
  resolve: 'Say how it ended.',
  reopen: 'Take it up again.',
  note: 'Add a remark; changes nothing else.',
  shelve:
    'Ask to set it aside until then, at most 12 hours, with a reason; another person approves within 15 minutes. Not where a person may be hurt.',
  approve: 'Approve, as a second person, that it is set aside; it comes back by itself.',
  unshelve: 'Take it back before its time, or take the asking back.',
};
const KEY = /^[\x21-\x7e]{1,200}$/;

export function stepRoutes(router: Router, reads: LiveReads, incidents: IncidentIndex): void {
  for (const step of STEPS)
    router.route(
      {
        method: 'post',
        path: `/v1/incidents/{incidentId}/${step}`,
        summary: SUMMARY[step],
        roles: DECIDERS,
        params: incidentParams,
        body: bodyOf[step],
        headers: { 'Idempotency-Key': 'The same key and body count once, at whichever sites they arrive, for 7 days.' },
        responses: {
          200: json('Settled.', stepAnswerSchema),
          202: json('Stored, not settled yet; ask at statusUrl.', stepAnswerSchema),
          409: { description: 'The incident is in a state that forbids the step; heldBy says who has it.' },
        },
      },
      async ({ c, who, params, body }) => {
        const { ports } = router;
        const key = c.req.header('idempotency-key');
        if (key !== undefined && !KEY.test(key))
          return problem('invalid-input', {
            status: 400,
            fields: [{ field: 'Idempotency-Key', reason: 'must be 1 to 200 visible ASCII characters' }],
          });
        const found = incidents.find(who, params.incidentId);
        if (found === undefined) return problem('not-found');
        const { measure } = found;
        const { incidentId } = found.incident;
        const language = languageOf(c.req.header('accept-language'));
        const now = (entryId: string | undefined) => {
          const view = ports.replica.caseView(measure);
          const incident = view === undefined ? undefined : findLive(view, incidentId);
          if (view === undefined || incident === undefined) return undefined;
          // Decisions are written at the site that took them.
          const done = incident.history.find((one) => one.entryId === entryId);
          const said = done === undefined ? undefined : { tUs: done.t, site: ports.site };
          return incidentView(ports, liveRecord(view, incident, said), language);
        };
        // What is forbidden as things stand here never reaches the log. Under a key it may be a repetition, which the fold knows.
        const before = ports.replica.caseView(measure);
        const status = before === undefined ? undefined : findLive(before, incidentId)?.status;
        if (key === undefined && status !== undefined && statusAfter[status][step] === undefined) {
          if (!(await reads.record(scopeOf(who), 'incident', [measure]))) return problem('store-unavailable');
          return refusal('step_forbidden', { heldBy: now(undefined)?.heldBy ?? undefined });
        }
        const answer = await decide(ports, {
          kind: 'step',
          measure,
          payload: encodePayload('step', stepOf(step, incidentId, who, key ?? randomUUID(), body)),
        });
        if (answer.kind === 'not-stored') return answer.response;
        if (!(await reads.record(scopeOf(who), 'incident', [measure]))) return problem('store-unavailable');
        const incident = now(answer.kind === 'refused' ? undefined : answer.entryId);
        if (answer.kind === 'refused') {
          const heldBy: Holder | undefined = incident?.heldBy ?? undefined;
          return refusal(answer.reason, { heldBy });
        }
        return decided(answer, incident === undefined ? {} : { incident });
      },
    );
}

function stepOf(step: StepKind, incidentId: string, who: Principal, key: string, body: StepBody): IncidentStep {
  const said = {
    ...(body.note === undefined ? {} : { note: body.note }),
    ...(body.code === undefined ? {} : { code: body.code }),
    ...(body.until === undefined ? {} : { untilMs: body.until }),
  };
  const bodyHash = createHash('sha256')
    .update(canonicalJson({ incidentId, step, ...said }))
    .digest('hex');
  return { incidentId, step, by: who.subject, ...said, idempotency: { client: who.subject, key, bodyHash } };
}
