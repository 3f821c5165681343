// One rule of one case switched off for a while, by four eyes: somebody who decides about the case asks, another person approves. Checked in
// the fold, so it holds across sites; what can be said before is said here.
import {
  CASE_SWITCH_MS_MAX,
  type CaseRuleSwitch,
  type FieldError,
  SWITCH_APPROVAL_MS_MAX,
  SWITCH_NOTE_MAX,
  isSwitchableInCase,
  logTimeUs,
  protectsPerson,
} from '@vigie/model';
import { CASE_SWITCHES_SINCE, NO_SWITCHES, type OwnSwitches, offAfter } from '@vigie/replica';
import { z } from 'zod';
import type { CaseRuleSwitchesView } from '../contract.ts';
import { decide, decided, encodePayload, refusal } from '../http/deciding.ts';
import { instantParam } from '../http/instant.ts';
import { problem } from '../http/problem.ts';
import { DECIDERS, type LiveReads, CASE_READERS, maySee, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';
import { caseRuleSwitchesSchema } from '../schemas/case.ts';
import type { Principal } from '../tokens.ts';
import type { LiveCase } from '../views/incident.ts';
import { instantUs } from '../views/time.ts';
import { caseParams } from './cases.ts';

const askBody = z.strictObject({
  ruleId: z.string().min(1).max(64),
  off: z.boolean(),
  /** With `off`: it is on again by itself then. */
  until: instantParam.optional(),
  note: z.string().trim().min(1).max(SWITCH_NOTE_MAX),
});
const approveParams = caseParams.extend({ id: z.string().min(1).max(64) });
const PATH = '/v1/cases/{caseId}/rules/switches';

export function caseRuleSwitchRoutes(router: Router, reads: LiveReads): void {
  const { ports } = router;
  const caseOf = (who: Principal, caseId: string): LiveCase | undefined => {
    const measure = ports.replica.measureOfCase(caseId);
    const view = measure === undefined ? undefined : ports.replica.caseView(measure);
    return view !== undefined && maySee(who, view.recorded.authority) ? view : undefined;
  };
  const viewOf = (measure: string): CaseRuleSwitchesView =>
    switchesView(ports.replica.caseView(measure)?.switches ?? NO_SWITCHES, ports.nowMs());
  const change = async (who: Principal, view: LiveCase, one: CaseRuleSwitch): Promise<Response> => {
    const { measure } = view;
    const answer = await decide(ports, { kind: 'case_rule', measure, payload: encodePayload('case_rule', one) });
    if (answer.kind === 'not-stored') return answer.response;
    if (!(await reads.record(scopeOf(who), 'case', [measure]))) return problem('store-unavailable');
    if (answer.kind !== 'refused') return decided(answer, { switches: viewOf(measure) });
    return answer.reason === 'step_forbidden'
      ? problem('switch-refused', { detail: 'it has been switched, or asked for, by somebody else meanwhile' })
      : refusal(answer.reason);
  };
  const answered = z.object({
    settled: z.boolean(),
    alone: z.literal(true).optional(),
    statusUrl: z.string().optional(),
    switches: caseRuleSwitchesSchema,
  });
  const responses = {
    200: json('Settled.', answered),
    202: json('Stored, not settled yet.', answered),
    409: { description: 'It is so already, or may not be.' },
  };

  router.route(
    {
      method: 'get',
      path: PATH,
      summary: 'Rules of this case that are switched off, and what is asked for.',
      roles: CASE_READERS,
      params: caseParams,
      responses: { 200: json('As live has it.', caseRuleSwitchesSchema) },
    },
    async ({ c, who, params }) => {
      const view = caseOf(who, params.caseId);
      if (view === undefined) return problem('not-found');
      if (!(await reads.record(scopeOf(who), 'case', [view.measure]))) return problem('store-unavailable');
      return c.json(viewOf(view.measure));
    },
  );

  router.route(
    {
      method: 'post',
      path: PATH,
      summary:
        'Ask for one rule of this case to be switched off, five days at most, or on. It counts once another person approves within 15 minutes.',
      roles: DECIDERS,
      params: caseParams,
      body: askBody,
      responses,
    },
    async ({ who, params, body }) => {
      const view = caseOf(who, params.caseId);
      if (view === undefined) return problem('not-found');
      if (view.ended) return problem('measure-ended');
      const newest = ports.replica.rulesInForce;
      if (newest < CASE_SWITCHES_SINCE)
        return problem('switch-refused', {
          detail: `from version ${CASE_SWITCHES_SINCE} of the rules on; the sites still fold by ${newest}`,
        });
      const fields = flawsOf(body, view, ports.nowMs());
      if (fields.length > 0) return problem('invalid-input', { fields });
      const { ruleId, off, note } = body;
      if (viewOf(view.measure).off.some((one) => one.ruleId === ruleId) === off)
        return problem('switch-refused', { detail: `${ruleId} is ${off ? 'off' : 'on'} already` });
      const by = who.subject;
      const { until = 0 } = body;
      return change(
        who,
        view,
        off ? { step: 'ask', ruleId, off, untilMs: until, by, note } : { step: 'ask', ruleId, off, by, note },
      );
    },
  );

  router.route(
    {
      method: 'post',
      path: `${PATH}/{id}/approve`,
      summary: 'Approve, as a second person, what somebody else has asked for.',
      roles: DECIDERS,
      params: approveParams,
      responses,
    },
    async ({ who, params }) => {
      const view = caseOf(who, params.caseId);
      const asked = view === undefined ? undefined : viewOf(view.measure).asked.find(({ id }) => id === params.id);
      if (view === undefined || asked === undefined)
        return problem('not-found', { detail: 'nothing of that id waits to be approved' });
      if (asked.by === who.subject)
        return problem('switch-refused', { detail: 'who asks does not approve: another person has to' });
      return change(who, view, { step: 'approve', ask: params.id, by: who.subject });
    },
  );
}

function flawsOf({ ruleId, off, until }: z.infer<typeof askBody>, view: LiveCase, nowMs: number): FieldError[] {
  if (!off) return until === undefined ? [] : [{ field: 'until', reason: 'has no meaning for a rule switched on' }];
  const { devices, legalBasis, order } = view.recorded;
  const rule = order.rules.find((one) => one.ruleId === ruleId);
  if (rule === undefined) return [{ field: 'ruleId', reason: 'is no rule of the order' }];
  if (!isSwitchableInCase(rule.kind, protectsPerson(legalBasis, devices)))
    return [{ field: 'ruleId', reason: 'tells that a person may be hurt, and is not switched off' }];
  return until !== undefined && until > nowMs && until <= nowMs + CASE_SWITCH_MS_MAX
    ? []
    : [{ field: 'until', reason: 'must lie ahead, five days at most' }];
}

const switchesView = (switches: OwnSwitches, nowMs: number): CaseRuleSwitchesView => ({
  off: offAfter(switches, logTimeUs(nowMs * 1000)).map(({ ruleId, fromUs, untilUs, by, note }) => ({
    ruleId,
    since: instantUs(fromUs),
    until: instantUs(untilUs),
    by,
    note,
  })),
  asked: switches.asked
    .filter(({ t }) => nowMs * 1000 <= t + SWITCH_APPROVAL_MS_MAX * 1000)
    .map(({ entryId, ruleId, off, untilUs, by, note, t }) => ({
      id: entryId,
      ruleId,
      off,
      ...(untilUs === undefined ? {} : { offUntil: instantUs(untilUs) }),
      by,
      note,
      until: instantUs(t + SWITCH_APPROVAL_MS_MAX * 1000),
    })),
});
