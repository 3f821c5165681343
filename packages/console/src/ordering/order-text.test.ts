import type { OrderText } from '@vigie/api/contract';
import { expect, test } from 'vitest';
import { type CaseDraft, type OrderDraft, draftOf, emptyOrder, newRule } from './draft.ts';
import { orderTextOf } from './order-text.ts';
import { changed, newSpan, spanTextOf } from './spans.ts';

const known: CaseDraft = {
  caseId: 'JU-1',
  authority: 'JU',
  legalBasis: 'ZGB 28c',
  mode: 'active',
  timezone: 'Europe/Zurich',
  person: '',
  devices: [{ key: 1, deviceId: 'dev-1', role: 'wearer' }],
};
const order: OrderText = {
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2027-01-01T00:23:25.573+01:00',
  rules: [
    {
      ruleId: 'away',
      kind: 'exclusion',
      zone: { type: 'circle', center: [7.34471234567, 47.36551234567], radiusM: 450 },
      bufferM: 200,
      graceS: 100,
      passes: [{ dtstart: '2026-02-06T20:00:30', duration: 'PT44H0M5S' }],
    },
    {
      ruleId: 'home',
      kind: 'inclusion',
      zone: {
        type: 'Polygon',
        coordinates: [
          [
            [7.328, 47.358],
            [7.334, 47.358],
            [7.335, 47.362],
            [7.328, 47.358],
          ],
        ],
      },
      beacons: ['box-1'],
      schedule: [
        { dtstart: '2026-01-05T20:00', duration: 'PT10H', rrule: 'FREQ=WEEKLY;BYDAY=MO,FR', holidays: 'except' },
      ],
    },
    { ruleId: 'near', kind: 'proximity', partnerDeviceId: 'dev-2', warnM: 1000, alarmM: 300, maxAgeS: 90 },
    { ruleId: 'fast', kind: 'implausible', maxSpeedMps: 13.9 },
    { ruleId: 'heard', kind: 'silence', maxGapS: 100, newer: { than: 'this page' } },
    { ruleId: 'x', kind: 'kind-of-tomorrow', depth: 3 },
  ],
  escalation: { danger: [30, 90] },
};
const opened = (): OrderDraft => draftOf(known, order);

test('an order that nobody touches is written as it was, to the last digit', () => {
  const { order: written, problems } = orderTextOf(opened(), false);
  expect(problems).toEqual([]);
  expect(written).toEqual(order);
});

test('what is missing or cannot be read is named by the path of the API', () => {
  const draft = opened();
  const [away, home, near, ...rest] = draft.rules;
  if (away === undefined || home === undefined || near === undefined) throw new Error('three rules were expected');
  const wrong: OrderDraft = {
    ...draft,
    validTo: '2025-01-01T00:00',
    rules: [
      { ...away, zone: { ...away.zone, center: 'here' }, values: { ...away.values, bufferM: 'far' } },
      { ...home, ruleId: 'away', zone: { ...home.zone, points: '7, 47\nthere' } },
      { ...near, partnerDeviceId: '', values: { warnM: '', alarmM: '1 000', maxAgeS: '1,5' } },
      ...rest,
    ],
  };
  const { problems, order: written } = orderTextOf(wrong, false);
  expect(problems.map(({ field, code, vertex }) => `${field} ${code} ${vertex ?? ''}`.trim()).toSorted()).toEqual([
    'rules[0].bufferM number',
    'rules[0].zone.center point',
    'rules[1].ruleId twice',
    'rules[1].zone.coordinates bad_line 1',
    'rules[2].partnerDeviceId missing',
    'rules[2].warnM missing',
    'validTo order_of_times',
  ]);
  expect(written.rules[2]).toMatchObject({ alarmM: 1000, maxAgeS: 90 });
});

test('a new measure begins with the rules that every measure has, and says what is still missing', () => {
  const empty = emptyOrder(Date.parse('2026-11-22T07:30:00Z'), 'JU');
  const { newCase, problems } = orderTextOf(empty, true);
  expect(newCase.rules.map(({ kind }) => kind)).toEqual(['tamper', 'silence', 'battery']);
  expect(newCase).toMatchObject({ authority: 'JU', validFrom: '2026-11-22T07:30:00.000Z' });
  expect(problems.map(({ field }) => field)).toEqual(['caseId', 'legalBasis', 'devices[0].deviceId']);
  const twice = { ...empty.case, devices: [1, 2].map((key) => ({ key, deviceId: 'dev-1', role: 'wearer' as const })) };
  expect(orderTextOf({ ...empty, case: twice }, true).problems.map(({ field }) => field)).toContain(
    'devices[1].deviceId',
  );
});

test('a curfew is written by its days, its hours exact and its whole days as days', () => {
  const span = changed(newSpan('2026-11-23T20:00', 'weekly'), { days: ['MO', 'SU'], hours: '10', minutes: '30' });
  expect(spanTextOf(span)).toEqual({
    text: { dtstart: '2026-11-23T20:00', duration: 'PT10H30M', rrule: 'FREQ=WEEKLY;BYDAY=MO,SU' },
  });
  expect(spanTextOf(changed(span, { repeat: 'once', hours: '48', minutes: '' }))).toEqual({
    text: { dtstart: '2026-11-23T20:00', duration: 'P2D' },
  });
  expect(spanTextOf(changed(span, { days: [] }))).toEqual({ problem: 'days' });
  expect(spanTextOf(changed(span, { hours: '0', minutes: '0' }))).toEqual({ problem: 'duration' });
  expect(spanTextOf(changed(span, { start: '' }))).toEqual({ problem: 'start' });
});

test('a rule that is added takes a name that is free', () => {
  expect(newRule('exclusion', ['exclusion-1', 'exclusion-2']).ruleId).toBe('exclusion-3');
});
