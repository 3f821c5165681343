import { type IncidentEvent, incidentId } from '@vigie/model';
import { expect, test } from 'vitest';
import { BEYOND, Court, MEASURE, WITHIN, at, between, circle, exclusion, inclusion, order } from './testing/court.ts';

const firstId = (court: Court): string => court.incidents()[0]?.incidentId as string;

test('[IC1] an incident goes from raised over acknowledged and in progress to resolved, and may be reopened', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  const id = firstId(court);
  expect(court.step(id, 'start', '10:01')).toEqual({ kind: 'refused', reason: 'step_forbidden' });
  for (const [step, status] of [
    ['acknowledge', 'acknowledged'],
    ['start', 'in_progress'],
    ['resolve', 'resolved'],
    ['reopen', 'raised'],
  ] as const) {
    expect(court.step(id, step, '10:02')).toEqual({ kind: 'applied' });
    expect(court.incidents()[0]?.status).toBe(status);
  }
  expect(court.incidents()[0]?.history.map((h) => h.step)).toEqual(['acknowledge', 'start', 'resolve', 'reopen']);
});

test('[IC2] the loser of a race hears who has it', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  court.step(firstId(court), 'acknowledge', '10:01', { by: 'anna' });
  expect(court.step(firstId(court), 'acknowledge', '10:02', { by: 'bruno' })).toEqual({
    kind: 'refused',
    reason: 'step_forbidden',
    heldBy: 'anna',
  });
  expect(court.step('nothing', 'acknowledge', '10:03')).toEqual({ kind: 'refused', reason: 'unknown_incident' });
});

test('[IC3] one Idempotency-Key is one decision for seven days; with another body it is refused', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  const id = firstId(court);
  const idempotency = { client: 'console', key: 'k1', bodyHash: 'aa' };
  expect(court.step(id, 'acknowledge', '10:01', { idempotency }, 'first')).toEqual({ kind: 'applied' });
  expect(court.step(id, 'acknowledge', '10:02', { idempotency })).toEqual({ kind: 'repeated', entryId: 'first' });
  expect(court.step(id, 'acknowledge', '10:03', { idempotency: { ...idempotency, bodyHash: 'bb' } })).toEqual({
    kind: 'refused',
    reason: 'key_mismatch',
  });
  expect(court.step(id, 'start', '8d 00:00', { idempotency })).toEqual({ kind: 'applied' });
});

test('[IC4] a decision applies once per entry id', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  const id = firstId(court);
  court.step(id, 'acknowledge', '10:01', {}, 'e1');
  expect(court.step(id, 'acknowledge', '10:02', {}, 'e1')).toEqual({ kind: 'repeated', entryId: 'e1' });
});

test('[IC5] a resolved incident takes the rest of its own episode and does not ring again', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  court.step(firstId(court), 'acknowledge', '10:01');
  court.step(firstId(court), 'resolve', '10:02');
  court.hears({ at: '10:03', ...WITHIN }).hears({ at: '10:04', ...BEYOND });
  expect(court.incidents()).toMatchObject([{ status: 'resolved', closedAtMs: at('10:04'), signals: 2 }]);
});

const early = (court: Court, id: string, openedAt: string): IncidentEvent => ({
  incidentId: id,
  step: 'early',
  type: 'early',
  ruleId: 'stay-away',
  kind: 'exclusion',
  openedAtMs: at(openedAt),
  lane: 'live',
  reason: court.incidents()[0]?.reason ?? {
    rule: 'stay-away',
    kind: 'exclusion',
    version: 1,
    code: 'inside_exclusion',
    values: {},
    fixes: [{ deviceId: 'wearer', atMs: at(openedAt) }],
  },
});

test('[IC6] the id that everybody was told stays: the fold adopts it', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  const own = firstId(court);
  court.event(early(court, 'told', '10:01'), '10:02');
  expect(court.incidents()).toMatchObject([{ incidentId: 'told', aliases: [own], published: ['early'] }]);
  expect(court.step(own, 'acknowledge', '10:03').kind).toBe('applied');
});

test('[IC6] of two ids told for one episode the first in the merged order stays, the other becomes its alias', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });
  const id = firstId(court);
  court.event(early(court, id, '10:00'), '10:01');
  court.event(early(court, 'other', '10:00'), '10:02');
  expect(court.incidents()).toMatchObject([{ incidentId: id, aliases: ['other'] }]);
});

test('[IC7] an alarm that was told but does not arise in this fold is withdrawn, and comes to life if late data brings it', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...BEYOND });
  court.event(early(court, 'told', '10:05'), '10:06');
  expect(court.incidents()).toMatchObject([{ incidentId: 'told', certainty: 'withdrawn' }]);
  court.hears({ at: '10:05', ...WITHIN }, '10:20').hears({ at: '10:07', ...BEYOND }, '10:21');
  expect(court.incidents()).toMatchObject([{ incidentId: 'told', certainty: 'raised', closedAtMs: at('10:07') }]);
});

test('[IC8] the same opening gives the same id everywhere', () => {
  const court = new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN, seq: 9 });
  expect(firstId(court)).toBe(incidentId(MEASURE, 'stay-away', 'wearer/1.9'));
});

test('[OR1] a revision replaces the rules from its time on; an unchanged rule goes on without a cut', () => {
  const court = new Court().given([exclusion(), inclusion({ zone: circle(500) })]).hears({ at: '10:00', ...WITHIN });
  court.apply({ kind: 'order', measure: MEASURE, by: 'JU', order: order([exclusion()], 1) }, at('11:00'));
  court.hears({ at: '11:05', ...BEYOND });
  expect(court.engine.view(MEASURE)?.revision).toBe(2);
  expect(court.episodes()).toEqual(['exclusion stay-away 10:00:00-11:05:00']);
});

test('[OR2] a rule that a revision drops ends there, and still judges a late fix from before', () => {
  const court = new Court().given([exclusion()]);
  court.apply(
    { kind: 'order', measure: MEASURE, by: 'JU', order: order([inclusion({ zone: circle(5000) })], 1) },
    at('11:00'),
  );
  court.hears({ at: '11:30', ...WITHIN }).hears({ at: '10:30', ...WITHIN }, '11:31');
  expect(court.episodes()).toEqual(['exclusion stay-away 10:30:00-11:00:00']);
});

test('[OR3] two revisions written side by side are monitored as their union; the second author is told', () => {
  const court = new Court().given([]);
  const first = { kind: 'order', measure: MEASURE, by: 'JU', order: order([exclusion({ ruleId: 'a' })], 1) } as const;
  const second = { ...first, order: order([exclusion({ ruleId: 'b' })], 1) };
  expect(court.apply(first, at('09:00')).kind).toBe('applied');
  expect(court.apply(second, at('09:01'))).toEqual({ kind: 'refused', reason: 'revision_stale' });
  court.hears({ at: '10:00', ...WITHIN });
  expect(court.episodes()).toEqual(['exclusion a 10:00:00-', 'exclusion b 10:00:00-']);
  court.apply({ ...first, order: order([exclusion({ ruleId: 'a' })], 2) }, at('11:00'));
  expect(court.episodes()).toEqual(['exclusion a 10:00:00-', 'exclusion b 10:00:00-11:00:00']);
});

test('[OR4] after a stop nothing is monitored: what runs ends there, later orders and reports count for nothing', () => {
  const court = new Court()
    .given([exclusion(), { ruleId: 's', kind: 'silence', maxGapMs: 60_000 * 1440 }])
    .hears({ at: '10:00', ...WITHIN });
  expect(court.apply({ kind: 'stop', measure: MEASURE, by: 'JU', reason: 'acquitted' }, at('11:00')).kind).toBe(
    'applied',
  );
  court.hears({ at: '11:05', ...WITHIN }).time('12:00');
  expect(court.episodes()).toEqual(['exclusion stay-away 10:00:00-11:00:00']);
  expect(court.engine.view(MEASURE)).toMatchObject({ ended: true });
  expect(
    court.apply({ kind: 'order', measure: MEASURE, by: 'JU', order: order([exclusion()], 1) }, at('12:00')),
  ).toEqual({
    kind: 'refused',
    reason: 'measure_ended',
  });
  court.hears({ at: '10:30', ...BEYOND }, '12:30');
  expect(court.episodes()).toEqual(['exclusion stay-away 10:00:00-10:30:00']);
});

test('[OR5] outside its validity an order is not monitored', () => {
  const recorded = { ...order([exclusion()]), validFromMs: at('10:00'), validToMs: at('11:00') };
  const court = new Court().given([], { order: recorded });
  court
    .hears({ at: '09:50', ...WITHIN })
    .hears({ at: '09:55', ...BEYOND })
    .hears({ at: '10:50', ...WITHIN })
    .hears({ at: '11:10', ...WITHIN });
  expect(court.episodes()).toEqual(['exclusion stay-away 10:50:00-11:00:00']);
});

test('[OR6] a malformed order in the log is refused and changes nothing', () => {
  const court = new Court().given([exclusion()]);
  const bad = { ...order([exclusion({ active: [between('11:00', '10:00')] })], 1) };
  expect(court.apply({ kind: 'order', measure: MEASURE, by: 'JU', order: bad }, at('09:00'))).toEqual({
    kind: 'refused',
    reason: 'malformed',
  });
  expect(court.hears({ at: '10:00', ...WITHIN }).episodes()).toEqual([
    'exclusion stay-away 10:00:00-',
    'invalid_order general 09:00:00-',
  ]);
});
