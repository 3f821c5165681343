// The orders of the test's world: as written, previewed as the test says, signed on top of a revision.
import type { NewCaseText, OrderText, PreviewView, Problem } from '@vigie/api/contract';
import type { World } from './world.ts';

export interface OrderReply {
  readonly status: number;
  readonly body: unknown;
  readonly etag?: string;
}
const etag = (revision: number): string => `"${revision}"`;
const refused = (status: number, type: string): OrderReply => ({
  status,
  body: { type: `urn:vigie:problem:${type}`, title: type, status } satisfies Problem,
});

const PREVIEW: PreviewView = {
  days: 7,
  reports: 4_182,
  weeksMoved: 0,
  alarmsPerDay: 4.3,
  rules: [
    { ruleId: 'exclusion-1', kind: 'exclusion', incidents: 30, perDay: 4.3, longestS: 1_920 },
    { ruleId: 'exclusion-1', kind: 'pre_alert', incidents: 41, perDay: 5.9, longestS: 260 },
  ],
  coverage: { share: 0.081, longestS: 5_400, reports: 210 },
  leadTimes: [{ ruleId: 'exclusion-1', alarms: 30, tooSoon: 22, shortestS: 45, bufferS: { onFoot: 133, byCar: 14 } }],
  limits: { alarmsPerDay: 3, coverageShare: 0.05 },
  concerns: [],
  warnings: [{ field: 'rules[0].zone.center', reason: 'is far', code: 'outside_validity', vertex: 0 }],
};

export class OrderBook {
  readonly orders = new Map<string, { readonly revision: number; readonly order: OrderText }>();
  readonly signed: { readonly caseId: string; readonly by: string }[] = [];
  /** What previews and signatures are refused with, while it is set. */
  refusal: Problem | null = null;
  /** Bodies of previews, oldest first. */
  readonly previewed: OrderText[] = [];
  /** Idempotency keys of new measures, in turn. */
  readonly keys: string[] = [];

  /** As if somebody else had signed. */
  vary(caseId: string, order: OrderText, by: string): OrderReply {
    const revision = (this.orders.get(caseId)?.revision ?? 0) + 1;
    this.orders.set(caseId, { revision, order });
    this.signed.push({ caseId, by });
    return { status: 200, body: { settled: true, warnings: [] }, etag: etag(revision) };
  }

  read(caseId: string): OrderReply {
    const found = this.orders.get(caseId);
    return found === undefined
      ? refused(404, 'not-found')
      : { status: 200, body: found.order, etag: etag(found.revision) };
  }

  preview(body: OrderText): OrderReply {
    this.previewed.push(body);
    return this.refusal === null ? { status: 200, body: PREVIEW } : { status: this.refusal.status, body: this.refusal };
  }

  sign(world: World, caseId: string, order: OrderText, ifMatch: string | undefined, by: string): OrderReply {
    if (this.refusal !== null) return { status: this.refusal.status, body: this.refusal };
    const revision = this.orders.get(caseId)?.revision ?? 0;
    if (ifMatch !== etag(revision)) return { ...refused(412, 'revision-stale'), etag: etag(revision) };
    const reply = this.vary(caseId, order, by);
    const detail = world.cases.get(caseId);
    if (detail === undefined) return reply;
    const now = { ...detail, revision: revision + 1, rules: order.rules.map(({ ruleId, kind }) => ({ ruleId, kind })) };
    world.cases.set(caseId, now);
    return { ...reply, body: { settled: true, case: now, warnings: [] } };
  }

  create(body: NewCaseText, key: string, by: string): OrderReply {
    this.keys.push(key);
    if (this.orders.has(body.caseId) && this.keys.filter((one) => one === key).length === 1)
      return refused(409, 'already-exists');
    if (!this.orders.has(body.caseId)) this.vary(body.caseId, body, by);
    const deviceTokens = Object.fromEntries(body.devices.map(({ deviceId }) => [deviceId, `token-of-${deviceId}`]));
    return { status: 201, body: { settled: true, deviceTokens, warnings: [] } };
  }
}
