// A rule of detection that has gone wrong is switched off for everybody, by four eyes: an SRE asks, another person approves. What it finds
// meanwhile is kept; nobody is told of it.
import { randomUUID } from 'node:crypto';

import { type RuleSwitchedData, SWITCHABLE, SWITCH_APPROVAL_MS_MAX, SWITCH_NOTE_MAX } from '@vigie/model';
import type { SwitchOfRule } from '@vigie/replica';
import { z } from 'zod';
import type { RuleOff, RuleSwitchesView } from '../contract.ts';
import { problem } from '../http/problem.ts';
import { READERS } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import type { ApiPorts } from '../ports.ts';
import { json } from '../schemas/basics.ts';
import { ruleSwitchesSchema } from '../schemas/situation.ts';

const askBody = z.strictObject({
  rule: z.enum(SWITCHABLE),
  off: z.boolean(),
  note: z.string().trim().min(1).max(SWITCH_NOTE_MAX),
});
const askParams = z.object({ id: z.string().min(1).max(64) });
/** What was stored is read back within this; the answer then shows it. */
const READ_BACK_MS = 2_000;

export const ruleOff = ({ rule, t, by, note }: SwitchOfRule): RuleOff => ({
  rule,
  since: instant(t),
  by,
  note,
});
const instant = (us: number): string => new Date(Math.floor(us / 1000)).toISOString();

function viewOf({ rules }: ApiPorts): RuleSwitchesView {
  const { off, asked } = rules.state();
  return {
    off: off.map(ruleOff),
    asked: asked.map(({ t, ...more }) => ({ ...more, until: instant(t + SWITCH_APPROVAL_MS_MAX * 1000) })),
  };
}

export function ruleSwitchRoutes(router: Router): void {
  const { ports } = router;
  const responses = { 200: json('What is off, and what is asked for.', ruleSwitchesSchema) };
  const refused = { 409: { description: 'It is so already, or cannot be approved.' } };
  const append = async (entryId: string, data: RuleSwitchedData): Promise<Response | undefined> => {
    const stored = await ports.rules.append(entryId, data);
    if (stored.kind !== 'stored') return problem('log-unreachable', { detail: stored.detail });
    await ports.replica.whenReceived({ [ports.site]: { epoch: stored.epoch, seq: stored.seq } }, READ_BACK_MS);
    return undefined;
  };
  router.route(
    {
      method: 'get',
      path: '/v1/rules/switches',
      summary: 'Rules that are switched off for the whole platform, and what is asked for.',
      roles: READERS,
      responses,
    },
    ({ c }) => c.json(viewOf(ports)),
  );
  router.route(
    {
      method: 'post',
      path: '/v1/rules/switches',
      summary: 'Ask for a rule to be switched off or on for everybody. It counts once another person approves.',
      roles: ['sre'],
      body: askBody,
      responses: { ...responses, ...refused },
    },
    async ({ c, who, body }) => {
      const { off, closed } = ports.rules.state();
      if (closed !== undefined) return problem('switch-refused', { detail: closed });
      if (off.some(({ rule }) => rule === body.rule) === body.off)
        return problem('switch-refused', { detail: `${body.rule} is ${body.off ? 'off' : 'on'} already` });
      const failed = await append(randomUUID(), { step: 'ask', by: who.subject, ...body });
      if (failed !== undefined) return failed;
      ports.note('warn', `${who.subject} asks for the rule ${body.rule} to be switched ${body.off ? 'off' : 'on'}`);
      return c.json(viewOf(ports));
    },
  );
  router.route(
    {
      method: 'post',
      path: '/v1/rules/switches/{id}/approve',
      summary: 'Approve a switch that somebody else has asked for, within 15 minutes.',
      roles: ['sre', 'operator'],
      params: askParams,
      responses: { ...responses, ...refused },
    },
    async ({ c, who, params }) => {
      const asked = ports.rules.state().asked.find(({ id }) => id === params.id);
      if (asked === undefined) return problem('not-found', { detail: 'nothing of that id waits to be approved' });
      if (asked.by === who.subject)
        return problem('switch-refused', { detail: 'who asks does not approve: another person has to' });
      const failed = await append(randomUUID(), { step: 'approve', ask: asked.id, by: who.subject });
      if (failed !== undefined) return failed;
      ports.note('warn', `${who.subject} approves: the rule ${asked.rule} is switched ${asked.off ? 'off' : 'on'}`);
      return c.json(viewOf(ports));
    },
  );
}
