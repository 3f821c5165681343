// What an SRE does with the sites (Leave, Found): take this one out of service and back, go on without one that is lost for good.
import { type SiteId, otherSite, unreachable } from '@vigie/model';
import type { FoundAnswer, YieldAnswer } from '@vigie/log';
import { z } from 'zod';
import { problem } from '../http/problem.ts';
import type { Router } from '../http/route.ts';
import { json } from '../schemas/basics.ts';
import { membershipSchema } from '../schemas/situation.ts';

/** What the operator says of the lost site before this one goes on without it. */
const retireBody = z.strictObject({ site: z.enum(['noirmont', 'delemont']), fenced: z.literal(true) });

export function membershipRoutes(router: Router): void {
  const { ports } = router;
  const { membership } = ports;
  const responses = { 200: json('How this site stands now.', membershipSchema) };
  router.route(
    {
      method: 'post',
      path: '/v1/site/drain',
      summary: 'Take this site out of service for planned maintenance. Done once `membership` is `left`.',
      roles: ['sre'],
      responses,
    },
    ({ c, who }) => {
      if (ports.cluster().peer.left)
        return problem('membership-refused', { detail: 'the other site is away: this one has to stay' });
      membership.drain(who.subject);
      ports.note('info', `${who.subject} drains this site`);
      return c.json(membership.state());
    },
  );
  router.route(
    {
      method: 'post',
      path: '/v1/site/undrain',
      summary: 'Bring this site back into service, or do not drain it after all.',
      roles: ['sre'],
      responses,
    },
    ({ c, who }) => {
      membership.undrain();
      ports.note('info', `${who.subject} brings this site back`);
      return c.json(membership.state());
    },
  );
  router.route(
    {
      method: 'post',
      path: '/v1/site/retire',
      summary: 'Go on without the other site, which is lost for good and fenced: it cannot come back by itself.',
      roles: ['sre'],
      body: retireBody,
      responses: { ...responses, 409: { description: 'The other site is heard, or this one cannot go on alone.' } },
    },
    async ({ c, who, body }) => {
      if (body.site !== otherSite(ports.site))
        return problem('membership-refused', { detail: 'a site does not retire itself: ask the one that remains' });
      const answer = await membership.retire(who.subject);
      if (answer.kind === 'refused')
        return problem('membership-refused', { detail: whyNotFounded(answer.reason, body.site) });
      if (answer.kind === 'not-stored') return problem('log-unreachable', { detail: answer.result.detail });
      ports.note('warn', `${who.subject} has confirmed that ${body.site} is fenced: generation ${answer.generation}`);
      return c.json(membership.state());
    },
  );
  router.route(
    {
      method: 'post',
      path: '/v1/site/yield',
      summary: "Both sites have founded a generation while apart: give up this one's for the other's.",
      roles: ['sre'],
      responses,
    },
    async ({ c, who }) => {
      const answer: YieldAnswer = await membership.yield(who.subject);
      if (answer.kind === 'refused')
        return problem('membership-refused', { detail: 'the other site has founded no generation of its own' });
      if (answer.kind === 'not-stored') return problem('log-unreachable', { detail: answer.result.detail });
      ports.note('warn', `${who.subject} has chosen generation ${answer.to}`);
      return c.json(membership.state());
    },
  );
}

function whyNotFounded(reason: Extract<FoundAnswer, { kind: 'refused' }>['reason'], lost: SiteId): string {
  switch (reason) {
    case 'heard':
      return `${lost} is heard: drain it, or cut it off before you retire it`;
    case 'reading':
      return 'this site still reads its log; try again in a moment';
    case 'retired':
      return `${lost} has gone on without this site`;
    case 'left':
      return 'this site was drained: bring it back first';
    default:
      return unreachable(reason);
  }
}
