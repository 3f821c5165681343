import { ManualTime } from '@vigie/log';
import { expect, test } from 'vitest';
import { type Alarm, concerns } from './alarm.ts';
import type { Sent } from './channels/channel.ts';
import type { Mark } from './marks.ts';
import { type KnownIncident, OUTBOX_MAX, Outbox, TRIES_PER_RECEIVER_MAX } from './outbox.ts';
import type { Receiver } from './receivers.ts';
import { TURNS_MAX, tryAgainMs, turnMs } from './turns.ts';

const receiver = (more: object = {}): Receiver =>
  ({
    id: 'desk',
    channel: 'webhook',
    authorities: '*',
    levels: [0],
    follow: ['withdrawn'],
    ...more,
  }) as unknown as Receiver;
const alarm = (n: number, more: Partial<Alarm> = {}): Alarm => ({
  id: `i${n}/early`,
  incidentId: `i${n}`,
  step: 'early',
  type: 'early',
  level: 0,
  kind: 'exclusion',
  ruleId: 'stay-away',
  lane: 'live',
  measure: '00',
  authority: 'JU',
  site: 'noirmont',
  atMs: 0,
  ...more,
});
const turns = async (n = 20): Promise<void> => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

/** Noirmont's outbox over a log that takes everything, and a receiver that answers what it is told to. */
class Desk {
  readonly time = new ManualTime();
  readonly marks: Mark[] = [];
  readonly sent: string[] = [];
  answer: Sent | undefined = { taken: true };
  incident: KnownIncident = { reached: 0, isUnanswered: true, deliveries: [] };
  readonly outbox: Outbox;

  constructor(receivers: readonly Receiver[] = [receiver()]) {
    this.outbox = new Outbox({
      site: 'noirmont',
      time: this.time,
      receivers,
      joined: () => true,
      incident: () => this.incident,
      message: () => ({}) as never,
      send: (to, { id }) => {
        this.sent.push(`${to.id} ${id}`);
        return this.answer === undefined ? new Promise(() => {}) : Promise.resolve(this.answer);
      },
      marks: {
        put: (mark) => {
          this.marks.push(mark);
          return Promise.resolve();
        },
      },
      note: () => {},
    });
  }
  async pass(ms: number, stepMs: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.time.advance(stepMs);
      await turns(6);
    }
  }
  turnsBegun(): number[] {
    return this.marks.flatMap((mark) => (mark.kind === 'attempt' ? [mark.attempt.turn] : []));
  }
}

test('[D3] turns last 10, 20, 40 s, at most 15 min, and a hundred of them about a day', () => {
  expect([1, 2, 3, 7, 8, 99].map(turnMs)).toEqual([10_000, 20_000, 40_000, 640_000, 900_000, 900_000]);
  expect([1, 2, 3, 7, 99].map(tryAgainMs)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
  let day = 0;
  for (let turn = 1; turn <= TURNS_MAX; turn++) day += turnMs(turn);
  expect(day / 3_600_000).toBeGreaterThan(23);
});

test('[D3] alone, a site tries in every turn until it gives up, and says so: delayed after a minute, given up in the end', async () => {
  const desk = new Desk();
  desk.answer = { taken: false, detail: 'answered 503' };
  desk.outbox.take(alarm(1));
  await turns();
  await desk.pass(26 * 3_600_000, 5_000);
  expect(desk.turnsBegun()).toEqual(Array.from({ length: TURNS_MAX }, (_, i) => i + 1));
  const outcomes = desk.marks.flatMap((mark) => (mark.kind === 'receipt' ? [mark.receipt.outcome] : []));
  expect(outcomes).toEqual(['delayed', 'given_up']);
  expect(desk.outbox.pending).toBe(0);
});

test('[D3] what the other site delivered while this one waited is done', async () => {
  const desk = new Desk();
  desk.outbox.take(alarm(1, { site: 'delemont' }));
  const mark = { incidentId: 'i1', step: 'early', receiver: 'desk', channel: 'webhook', turn: 1 } as const;
  desk.outbox.read('delemont', { kind: 'attempt', measure: '00', attempt: mark });
  await desk.pass(9_000, 100);
  desk.outbox.read('delemont', {
    kind: 'receipt',
    measure: '00',
    receipt: { ...mark, outcome: 'delivered', tries: 1 },
  });
  await desk.pass(60_000, 1_000);
  expect([desk.sent, desk.marks]).toEqual([[], []]);
});

test('[D3] a process that stood still first reads what the other site did meanwhile', async () => {
  const desk = new Desk();
  desk.outbox.take(alarm(1, { site: 'delemont' }));
  // Timers of a stopped process fire late, all at once.
  const waking = desk.time;
  const nowUs = waking.nowUs.bind(waking);
  waking.nowUs = () => nowUs() + 5_000_000;
  waking.advance(2_000);
  await turns();
  expect(desk.sent).toEqual([]);
  await desk.pass(1_500, 100);
  expect(desk.sent).toEqual(['desk i1/early']);
});

test('one receiver that hangs holds no other one up, and what there is no room for is left to the other site', async () => {
  const desk = new Desk([receiver({ kinds: ['exclusion'] }), receiver({ id: 'other', kinds: ['battery'] })]);
  desk.answer = undefined;
  for (let n = 0; n < OUTBOX_MAX + 10; n++) desk.outbox.take(alarm(n));
  await turns();
  expect(desk.sent).toHaveLength(TRIES_PER_RECEIVER_MAX);
  expect(desk.outbox.counters.overflow).toBe(10);
  expect(desk.turnsBegun()).toHaveLength(TRIES_PER_RECEIVER_MAX);
  desk.answer = { taken: true };
  desk.outbox.read('delemont', {
    kind: 'receipt',
    measure: '00',
    receipt: {
      incidentId: 'i77',
      step: 'early',
      receiver: 'desk',
      channel: 'webhook',
      turn: 1,
      outcome: 'delivered',
      tries: 1,
    },
  });
  desk.outbox.take(alarm(99_999, { kind: 'battery' }));
  await turns();
  expect(desk.sent.at(-1)).toBe('other i99999/early');
});

test('what is known to be delivered or given up is not begun again', async () => {
  const desk = new Desk();
  for (const outcome of ['delivered', 'given_up'] as const) {
    const known = { step: 'early', receiver: 'desk', turn: 1, site: 'delemont', attemptAtMs: 0, outcome } as const;
    desk.incident = { ...desk.incident, deliveries: [known] };
    desk.outbox.take(alarm(1));
  }
  await desk.pass(60_000, 1_000);
  expect(desk.sent).toEqual([]);
});

test('whom an event concerns: canton, level, kind, and what follows only who was told before', () => {
  const early = alarm(1);
  const level = (n: number) => alarm(1, { type: 'escalated', step: `escalated.${n}`, level: n });
  const gone = alarm(1, { type: 'withdrawn', step: 'withdrawn' });
  expect(concerns(receiver({ authorities: ['BE'] }), early, 0, false)).toBe(false);
  expect(concerns(receiver({ authorities: ['BE', 'JU'] }), early, 0, false)).toBe(true);
  expect(concerns(receiver({ levels: [2] }), early, 0, false)).toBe(false);
  expect([1, 2].map((n) => concerns(receiver({ levels: [2] }), level(n), n, false))).toEqual([false, true]);
  expect([0, 1, 2].map((reached) => concerns(receiver({ levels: [2] }), gone, reached, false))).toEqual([
    false,
    false,
    true,
  ]);
  expect(concerns(receiver(), alarm(1, { type: 'confirmed', step: 'confirmed' }), 4, false)).toBe(false);
  const weak = alarm(1, { kind: 'battery' });
  expect([receiver(), receiver({ channel: 'sms' })].map((to) => concerns(to, weak, 0, false))).toEqual([true, false]);
  expect(concerns(receiver(), alarm(1, { kind: 'dispatch_failed', ruleId: 'dispatch/desk' }), 0, false)).toBe(false);
  expect(concerns(receiver(), alarm(1, { lane: 'retrospective' }), 0, false)).toBe(false);
});

test('who is called for a canton is called where the person is, else for the cases of that canton', () => {
  const police = receiver({ authorities: '*', cantons: ['BE'] });
  expect(concerns(police, alarm(1, { canton: 'BE' }), 0, false)).toBe(true);
  expect(concerns(police, alarm(1, { canton: 'JU' }), 0, false)).toBe(false);
  expect(concerns(police, alarm(1), 0, false)).toBe(false);
  expect(concerns(police, alarm(1, { authority: 'BE' }), 0, false)).toBe(true);
  expect(concerns(receiver({ authorities: '*', cantons: ['JU'] }), alarm(1), 0, false)).toBe(true);
  expect(concerns(receiver(), alarm(1, { canton: 'BE' }), 0, false)).toBe(true);
});

test('who was told is told what follows, wherever the person is by then', () => {
  const police = receiver({ authorities: '*', cantons: ['BE'] });
  const over = alarm(1, { step: 'withdrawn', type: 'withdrawn', canton: 'JU' });
  expect(concerns(police, over, 0, true)).toBe(true);
  expect(concerns(police, over, 0, false)).toBe(false);
});
