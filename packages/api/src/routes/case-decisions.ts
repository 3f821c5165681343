// What an authority decides about a case: it is recorded, its order varied, the measure stopped.
import { type FieldError, newCaseSchema, orderInputSchema, type RecordedCase } from '@vigie/model';
import { z } from 'zod';
import { decide, decided, encodePayload, refusal } from '../http/deciding.ts';
import { etag, revisionOf } from '../http/etag.ts';
import { makeDeviceTokens } from '../http/device-tokens.ts';
import { problem, problemOf } from '../http/problem.ts';
import { DECIDERS, type LiveReads, maySee, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import type { ApiPorts } from '../ports.ts';
import { fieldProblemSchema, json } from '../schemas/basics.ts';
import { caseDetailSchema } from '../schemas/case.ts';
import type { Principal } from '../tokens.ts';
import { liveCaseDetail } from '../views/case.ts';
import type { LiveCase } from '../views/incident.ts';
import { caseParams } from './cases.ts';

const REASON_LENGTH_MAX = 2_000;
const KEY = /^[\x21-\x7e]{1,200}$/;
const caseUrl = (caseId: string): string => `/v1/cases/${encodeURIComponent(caseId)}`;
/** What of the order as written looks like a mistake and was recorded all the same. */
const warnings = z.array(fieldProblemSchema);
const created = z.object({
  settled: z.boolean(),
  alone: z.literal(true).optional(),
  statusUrl: z.string().optional(),
  case: caseDetailSchema,
  deviceTokens: z.record(z.string(), z.string()),
  warnings,
});
const changed = z.object({
  settled: z.boolean(),
  alone: z.literal(true).optional(),
  statusUrl: z.string().optional(),
  case: caseDetailSchema.optional(),
  warnings: warnings.optional(),
});

export function caseDecisionRoutes(router: Router, reads: LiveReads): void {
  const { ports } = router;
  router.route(
    {
      method: 'post',
      path: '/v1/cases',
      summary: 'Record a court order as a new case. Device tokens are shown once, here.',
      roles: DECIDERS,
      body: newCaseSchema,
      headers: { 'Idempotency-Key': 'A repeat with the same key and body answers with the same device tokens.' },
      responses: { 201: json('Recorded and settled.', created), 202: json('Recorded, not settled yet.', created) },
    },
    async ({ c, who, body }) => {
      if (!maySee(who, body.authority))
        return problem('forbidden', { fields: [{ field: 'authority', reason: 'is not the canton of this token' }] });
      const key = c.req.header('idempotency-key');
      if (key !== undefined && !KEY.test(key))
        return problem('invalid-input', {
          status: 400,
          fields: [{ field: 'Idempotency-Key', reason: 'must be 1 to 200 visible ASCII characters' }],
        });
      const repeated = body.devices.findIndex((d, i) => body.devices.findIndex((o) => o.deviceId === d.deviceId) < i);
      if (repeated >= 0)
        return problem('invalid-input', {
          fields: [{ field: `devices[${repeated}].deviceId`, reason: 'is there twice' }],
        });
      const { tokens, hashes } = makeDeviceTokens(body, key, who.subject, ports.internalToken);
      /** The same request again, with its Idempotency-Key, or somebody else's case of this name. */
      const taken = (by: LiveCase): Response =>
        key === undefined || !maySee(who, by.recorded.authority) || !sameTokens(by.recorded, hashes)
          ? problem('already-exists', { fields: [{ field: 'caseId', reason: 'is taken' }] })
          : Response.json(
              { settled: true, case: liveCaseDetail(by, ports), deviceTokens: tokens, warnings: [] },
              { status: 201, headers: { Location: caseUrl(body.caseId), ETag: etag(by.revision) } },
            );
      const known = caseOf(ports, body.caseId);
      if (known !== undefined) return taken(known);
      const compiled = ports.orders.compileCase(body, hashes);
      if (!compiled.ok) return problemOf(compiled.error);
      const { recorded, warnings } = compiled.value;
      const measure = await ports.keys.create(body.caseId);
      if (!measure.ok) return problemOf(measure.error);
      const answer = await decide(ports, {
        kind: 'case',
        measure: measure.value,
        payload: encodePayload('case', recorded),
      });
      if (answer.kind === 'not-stored') return answer.response;
      if (answer.kind === 'refused') return refusal(answer.reason);
      const winner = caseOf(ports, body.caseId);
      if (winner !== undefined && winner.measure !== measure.value) {
        // The other site recorded the same case id at the same time: one measure stands, the other must not go on unseen.
        const payload = encodePayload('stop', { by: who.subject, reason: 'the case id was recorded twice' });
        await decide(ports, { kind: 'stop', measure: measure.value, payload });
        return taken(winner);
      }
      const view = ports.replica.caseView(measure.value) ?? notFolded(measure.value, recorded);
      if (!(await reads.record(scopeOf(who), 'case', [measure.value]))) return problem('store-unavailable');
      return decided(
        answer,
        { case: liveCaseDetail(view, ports), deviceTokens: tokens, warnings },
        { settledStatus: 201, headers: { Location: caseUrl(body.caseId), ETag: etag(view.revision) } },
      );
    },
  );

  router.route(
    {
      method: 'post',
      path: '/v1/cases/{caseId}/orders',
      summary: 'Vary the order: a revision on top of the one that If-Match names.',
      roles: DECIDERS,
      params: caseParams,
      body: orderInputSchema,
      headers: { 'If-Match': 'ETag of the revision that this one varies.' },
      responses: {
        200: json('Settled.', changed),
        202: json('Stored, not settled yet.', changed),
        412: { description: 'Somebody else has varied it meanwhile; the ETag is the revision now.' },
        428: { description: 'If-Match is missing.' },
      },
    },
    async ({ c, who, params, body }) => {
      const view = ownCase(ports, who, params.caseId);
      if (view === undefined) return problem('not-found');
      const match = c.req.header('if-match');
      const baseRevision = revisionOf(match ?? '');
      if (baseRevision === undefined)
        return problem('invalid-input', {
          status: match === undefined ? 428 : 400,
          fields: [{ field: 'If-Match', reason: `must be the ETag of a revision, like ${etag(view.revision)}` }],
        });
      if (view.ended) return problem('measure-ended');
      if (baseRevision !== view.revision) return problem('revision-stale', { headers: { ETag: etag(view.revision) } });
      const { timezone, authority, canton = authority, devices, mode } = view.recorded;
      const compiled = ports.orders.compileOrder(body, { timezone, canton, devices: [...devices], mode }, baseRevision);
      if (!compiled.ok) return problemOf(compiled.error);
      const { recorded, warnings } = compiled.value;
      const payload = encodePayload('order', { order: recorded, by: who.subject });
      return change(view, who, { kind: 'order', measure: view.measure, payload }, warnings);
    },
  );

  router.route(
    {
      method: 'post',
      path: '/v1/cases/{caseId}/stop',
      summary: 'End the measure now. A stop beats every revision made at the same time.',
      roles: DECIDERS,
      params: caseParams,
      body: z.object({ reason: z.string().min(1).max(REASON_LENGTH_MAX) }),
      responses: { 200: json('Settled.', changed), 202: json('Stored, not settled yet.', changed) },
    },
    async ({ who, params, body }) => {
      const view = ownCase(ports, who, params.caseId);
      if (view === undefined) return problem('not-found');
      if (view.ended) return problem('measure-ended');
      return change(view, who, {
        kind: 'stop',
        measure: view.measure,
        payload: encodePayload('stop', { by: who.subject, reason: body.reason }),
      });
    },
  );

  async function change(
    before: LiveCase,
    who: Principal,
    draft: Parameters<typeof decide>[1],
    warnings: readonly FieldError[] = [],
  ): Promise<Response> {
    const answer = await decide(ports, draft);
    if (answer.kind === 'not-stored') return answer.response;
    const view = ports.replica.caseView(before.measure) ?? before;
    if (answer.kind === 'refused') return refusal(answer.reason, { etag: etag(view.revision) });
    if (!(await reads.record(scopeOf(who), 'case', [view.measure]))) return problem('store-unavailable');
    return decided(answer, { case: liveCaseDetail(view, ports), warnings }, { headers: { ETag: etag(view.revision) } });
  }
}

function caseOf(ports: ApiPorts, caseId: string): LiveCase | undefined {
  const measure = ports.replica.measureOfCase(caseId);
  return measure === undefined ? undefined : ports.replica.caseView(measure);
}

function ownCase(ports: ApiPorts, who: Principal, caseId: string): LiveCase | undefined {
  const view = caseOf(ports, caseId);
  return view !== undefined && maySee(who, view.recorded.authority) ? view : undefined;
}

const sameTokens = (recorded: RecordedCase, hashes: ReadonlyMap<string, string>): boolean =>
  recorded.devices.length === hashes.size && recorded.devices.every((d) => hashes.get(d.deviceId) === d.tokenHash);

/** Stored, but the fold here has not come to it yet. */
const notFolded = (measure: string, recorded: RecordedCase): LiveCase => ({
  measure,
  recorded,
  revision: 1,
  ended: false,
  devices: recorded.devices.map(({ deviceId, role }) => ({ deviceId, role, reports: 0 })),
  incidents: [],
  provisional: new Set(),
});
