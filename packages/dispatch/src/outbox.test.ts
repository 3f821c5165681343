import { ManualTime } from '@vigie/log';
import { expect, test } from 'vitest';
import { type Alarm, concerns } from './alarm.ts';
import type { Sent } from './channels/channel.ts';
import type { Mark } from './marks.ts';
import { GATHER_MS, type KnownIncident, OUTBOX_MAX, Outbox, TOGETHER_MAX, TRIES_PER_RECEIVER_MAX } from './outbox.ts';
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
  answerToMany: Sent | undefined;
  readonly mass = new Set<string>();
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
      send: (to, { alarm: { id } }) => {
        this.sent.push(`${to.id} ${id}`);
        return this.answer === undefined ? new Promise(() => {}) : Promise.resolve(this.answer);
      },
      sendMany: (to, told) => {
        this.sent.push(`${to.id} ${told.map(({ alarm: { id } }) => id).join('+')}`);
        return Promise.resolve(this.answerToMany ?? this.answer ?? { taken: true });
      },
      many: { mayBe: ({ kind }) => kind === 'silence', isOne: ({ incidentId }) => this.mass.has(incidentId) },
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

const silence = (n: number, more: Partial<Alarm> = {}): Alarm =>
  alarm(n, { kind: 'silence', ruleId: 'heard', ...more });
const receipts = (desk: Desk) =>
  desk.marks.flatMap((mark) => (mark.kind === 'receipt' ? [`${mark.receipt.incidentId} ${mark.receipt.outcome}`] : []));

test('[MS6] silences of a mass silence are told in one message, each with its own attempt and receipt', async () => {
  const desk = new Desk();
  for (const n of [1, 2, 3]) desk.outbox.take(silence(n));
  for (const n of [1, 2, 3]) desk.mass.add(`i${n}`);
  await turns();
  expect(desk.turnsBegun()).toEqual([1, 1, 1]);
  expect(desk.sent).toEqual([]);
  await desk.pass(GATHER_MS, 100);
  expect(desk.sent).toEqual(['desk i1/early+i2/early+i3/early']);
  expect(receipts(desk)).toEqual(['i1 delivered', 'i2 delivered', 'i3 delivered']);
  expect([desk.outbox.pending, desk.outbox.counters.delivered, desk.outbox.counters.together]).toEqual([0, 3, 1]);
  await desk.pass(60_000, 1_000);
  expect(desk.sent).toHaveLength(1);
});

test('[MS6] one silence waits for others in vain and is told by itself; what is not of the many waits for nobody', async () => {
  const desk = new Desk();
  desk.mass.add('i2');
  desk.outbox.take(silence(1));
  desk.outbox.take(silence(2));
  desk.outbox.take(alarm(3));
  await turns();
  expect(desk.sent).toEqual(['desk i3/early']);
  await desk.pass(GATHER_MS, 100);
  expect(desk.sent.toSorted()).toEqual(['desk i1/early', 'desk i2/early', 'desk i3/early']);
});

test('[MS6] levels and receivers are not mixed, and who is answered meanwhile is left out', async () => {
  const desk = new Desk([receiver({ levels: [0, 1] }), receiver({ id: 'other', levels: [1] })]);
  for (const n of [1, 2]) desk.mass.add(`i${n}`).add(`i${n + 2}`);
  for (const n of [1, 2]) desk.outbox.take(silence(n));
  for (const n of [3, 4])
    desk.outbox.take(silence(n, { id: `i${n}/escalated.1`, type: 'escalated', step: 'escalated.1', level: 1 }));
  await desk.pass(GATHER_MS, 100);
  expect(desk.sent.toSorted()).toEqual([
    'desk i1/early+i2/early',
    'desk i3/escalated.1+i4/escalated.1',
    'other i3/escalated.1+i4/escalated.1',
  ]);
});

test('[MS6] a receiver that does not take several is sent each by itself; one that is away is tried with all', async () => {
  const refusing = new Desk();
  const away = new Desk();
  refusing.answerToMany = { taken: false, detail: 'answered 415', refused: true };
  away.answerToMany = { taken: false, detail: 'answered 503' };
  for (const desk of [refusing, away])
    for (const n of [1, 2]) {
      desk.mass.add(`i${n}`);
      desk.outbox.take(silence(n));
    }
  for (const desk of [refusing, away]) await desk.pass(GATHER_MS + 500, 100);
  expect(refusing.sent).toEqual(['desk i1/early+i2/early', 'desk i1/early', 'desk i2/early']);
  expect(receipts(refusing)).toEqual(['i1 delivered', 'i2 delivered']);
  expect(away.sent).toEqual(['desk i1/early+i2/early']);
  away.answerToMany = { taken: true };
  await away.pass(2_000, 100);
  expect(away.sent).toEqual(['desk i1/early+i2/early', 'desk i1/early+i2/early']);
  expect(receipts(away)).toEqual(['i1 delivered', 'i2 delivered']);
});

test('[MS6] more than fit into one message are told in several, and none is left out', async () => {
  const desk = new Desk();
  for (let n = 0; n < TOGETHER_MAX + 7; n++) {
    desk.mass.add(`i${n}`);
    desk.outbox.take(silence(n));
  }
  await desk.pass(GATHER_MS, 1_000);
  expect(desk.sent.map((one) => one.split('+').length)).toEqual([TOGETHER_MAX, 7]);
  expect(new Set(receipts(desk)).size).toBe(TOGETHER_MAX + 7);
});
