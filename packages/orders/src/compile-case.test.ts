import type { FieldError } from '@vigie/model';
import { expect, test } from 'vitest';
import { compileCase, compileNewCase } from './compile-case.ts';
import { compileOrder } from './compile-order.ts';

const circle = { type: 'circle', center: [6.9965, 47.2562], radiusM: 200 };
const square = [
  [7, 47],
  [7.01, 47],
  [7.01, 47.01],
  [7, 47.01],
  [7, 47],
];
const base = {
  caseId: 'JU-1',
  mode: 'active',
  timezone: 'Europe/Zurich',
  devices: [
    { deviceId: 'w', role: 'wearer' },
    { deviceId: 'p', role: 'protected' },
  ],
  rules: [{ ruleId: 'r1', kind: 'exclusion', zone: circle, bufferM: 300, graceS: 60.5 }],
  validFrom: '2026-01-01T00:00:00+01:00',
  validTo: '2026-12-31T23:00:00Z',
};

const errorsOf = (input: unknown): readonly FieldError[] => {
  const result = compileCase(input);
  return result.ok ? [] : (result.error.fields ?? []);
};
const withRules = (...rules: unknown[]) => ({ ...base, rules });

test('a case becomes what the log records: millimetres, milliseconds, integers', () => {
  const result = compileCase(base);
  expect(result.ok && result.value.recorded).toMatchObject({
    caseId: 'JU-1',
    mode: 'active',
    collection: 'full',
    devices: [{ deviceId: 'w', tokenHash: '' }, { deviceId: 'p' }],
    order: {
      baseRevision: 0,
      validFromMs: Date.parse(base.validFrom),
      validToMs: Date.parse(base.validTo),
      input: { rules: base.rules },
      rules: [
        {
          ruleId: 'r1',
          kind: 'exclusion',
          bufferMm: 300_000,
          graceMs: 60_500,
          zone: { type: 'circle', radiusMm: 200_000 },
        },
      ],
    },
  });
});

test('a new case needs its authority and its legal basis', () => {
  const result = compileNewCase(base);
  expect(!result.ok && result.error.fields?.map((f) => f.field)).toEqual(['authority', 'legalBasis']);
  const whole = compileNewCase(
    { ...base, authority: 'JU', legalBasis: 'StGB 67b', aheadS: 3600 },
    { tokenHash: (id) => `hash of ${id}` },
  );
  expect(whole.ok && whole.value.recorded).toMatchObject({
    authority: 'JU',
    aheadMs: 3_600_000,
    devices: [{ tokenHash: 'hash of w' }, {}],
  });
});

test.for<[string, unknown, string]>([
  ['no object', 7, ''],
  ['unknown time zone', { ...base, timezone: 'Europe/Delemont' }, 'timezone'],
  ['validity that ends before it begins', { ...base, validTo: '2025-01-01T00:00:00Z' }, 'validTo'],
  ['validity of no length', { ...base, validTo: base.validFrom }, 'validTo'],
  ['no wearer', { ...base, devices: [{ deviceId: 'p', role: 'protected' }] }, 'devices'],
  ['a device twice', { ...base, devices: [...base.devices, { deviceId: 'w', role: 'wearer' }] }, 'devices[2].deviceId'],
  ['a rule id twice', withRules(base.rules[0], base.rules[0]), 'rules[1].ruleId'],
  ['an unknown kind', withRules({ ruleId: 'x', kind: 'teleport' }), 'rules[0].kind'],
  ['no zone', withRules({ ruleId: 'x', kind: 'exclusion' }), 'rules[0].zone'],
  [
    'a radius of nothing',
    withRules({ ruleId: 'x', kind: 'exclusion', zone: { ...circle, radiusM: 0 } }),
    'rules[0].zone.radiusM',
  ],
  [
    'a partner that is no device',
    withRules({ ruleId: 'x', kind: 'proximity', partnerDeviceId: 'q', warnM: 500, alarmM: 200, maxAgeS: 60 }),
    'rules[0].partnerDeviceId',
  ],
  [
    'the wearer as their own partner',
    withRules({ ruleId: 'x', kind: 'proximity', partnerDeviceId: 'w', warnM: 500, alarmM: 200, maxAgeS: 60 }),
    'rules[0].partnerDeviceId',
  ],
  [
    'an alarm farther out than the warning',
    withRules({ ruleId: 'x', kind: 'proximity', partnerDeviceId: 'p', warnM: 200, alarmM: 500, maxAgeS: 60 }),
    'rules[0].alarmM',
  ],
  [
    'a rule that explodes',
    withRules({
      ruleId: 'x',
      kind: 'tamper',
      schedule: [{ dtstart: '2026-01-01T00:00', duration: 'PT1S', rrule: 'FREQ=MINUTELY' }],
    }),
    'rules[0].schedule[0].rrule',
  ],
  [
    'a rule nobody can read',
    withRules({
      ruleId: 'x',
      kind: 'tamper',
      schedule: [{ dtstart: '2026-01-01T00:00', duration: 'PT1S', rrule: 'FREQ=SOMETIMES' }],
    }),
    'rules[0].schedule[0].rrule',
  ],
  [
    'a day that does not exist',
    withRules({ ruleId: 'x', kind: 'tamper', schedule: [{ dtstart: '2026-02-30T00:00', duration: 'PT1S' }] }),
    'rules[0].schedule[0].dtstart',
  ],
  [
    'a duration of nothing',
    withRules({ ruleId: 'x', kind: 'tamper', schedule: [{ dtstart: '2026-02-03T00:00', duration: 'PT0S' }] }),
    'rules[0].schedule[0].duration',
  ],
  [
    'passes that overlap',
    withRules({
      ruleId: 'x',
      kind: 'tamper',
      passes: [
        { dtstart: '2026-02-03T00:00', duration: 'PT5H' },
        { dtstart: '2026-02-03T04:00', duration: 'PT5H' },
      ],
    }),
    'rules[0].passes[1]',
  ],
  [
    'a pass that overlaps itself',
    withRules({
      ruleId: 'x',
      kind: 'tamper',
      passes: [{ dtstart: '2026-02-03T00:00', duration: 'PT25H', rrule: 'FREQ=DAILY' }],
    }),
    'rules[0].passes[0]',
  ],
  [
    'a zone that crosses itself',
    withRules({
      ruleId: 'x',
      kind: 'exclusion',
      zone: {
        type: 'Polygon',
        coordinates: [
          [
            [7, 47],
            [7.01, 47.01],
            [7.01, 47],
            [7, 47.01],
            [7, 47],
          ],
        ],
      },
    }),
    'rules[0].zone.coordinates[0]',
  ],
  [
    'a vertex out of range',
    withRules({
      ruleId: 'x',
      kind: 'exclusion',
      zone: { type: 'Polygon', coordinates: [[...square.slice(0, 2), [7.01, 97], ...square.slice(3)]] },
    }),
    'rules[0].zone.coordinates[0][2]',
  ],
  [
    'a vertex that is text',
    withRules({
      ruleId: 'x',
      kind: 'exclusion',
      zone: { type: 'Polygon', coordinates: [[...square.slice(0, 3), ['a', 47], square[4]]] },
    }),
    'rules[0].zone.coordinates[0][3]',
  ],
])('[OR7] refused with the field named: %s', ([, input, field]) => {
  const errors = errorsOf(input);
  expect(errors.map((e) => e.field).join(' ')).toContain(field);
  expect(errors.length).toBeGreaterThan(0);
});

test('[OR7] what lies in a rule is said with the id of that rule, also where the input is no order at all', () => {
  const explodes = { dtstart: '2026-01-01T00:00', duration: 'PT1S', rrule: 'FREQ=MINUTELY' };
  const rules = (bad: object) => ({
    ...base,
    rules: [
      { ruleId: 'first', kind: 'tamper' },
      { ruleId: 'night', kind: 'silence', maxGapS: 60, ...bad },
    ],
  });
  for (const bad of [{ schedule: [explodes] }, { maxGapS: -1 }, { kind: 'curse' }]) {
    const result = compileCase(rules(bad));
    expect(result.ok ? [] : result.error.fields).toMatchObject([{ ruleId: 'night' }]);
  }
  const numbered = compileCase({ ...base, rules: [{ ruleId: 7, kind: 'tamper' }] });
  expect(numbered.ok ? [] : (numbered.error.fields ?? []).map(({ field, ruleId }) => [field, ruleId])).toEqual([
    ['rules[0].ruleId', undefined],
  ]);
});

test('[OR7] the vertex is named in path and number', () => {
  const bow = {
    type: 'Polygon',
    coordinates: [
      [
        [7, 47],
        [7.01, 47.01],
        [7.01, 47],
        [7, 47.01],
        [7, 47],
      ],
    ],
  };
  const [error] = errorsOf(withRules(base.rules[0], { ruleId: 'x', kind: 'exclusion', zone: bow }));
  expect(error?.field).toMatch(/^rules\[1\]\.zone\.coordinates\[0\]\[\d\]$/);
  expect(error?.vertex).toBeTypeOf('number');
});

test('[SC7] a pass from Friday 20:00 to Sunday 16:00 has no gap in it', () => {
  const result = compileCase({
    ...base,
    rules: [
      {
        ruleId: 'curfew',
        kind: 'inclusion',
        zone: circle,
        schedule: [{ dtstart: '2026-03-01T21:00', duration: 'PT9H', rrule: 'FREQ=DAILY' }],
        passes: [{ dtstart: '2026-03-27T20:00', duration: 'P1DT20H' }],
      },
    ],
  });
  if (!result.ok) throw new Error(result.error.detail);
  const active = result.value.recorded.order.rules[0]?.active ?? [];
  const [from, to] = [Date.parse('2026-03-27T19:00:00Z'), Date.parse('2026-03-29T14:00:00Z')];
  expect(active.filter(([a, b]) => a < to && b > from)).toEqual([]);
  expect(active.some(([a]) => a === Date.parse('2026-03-29T19:00:00Z'))).toBe(true);
  expect(result.value.recorded.order.rules[0]?.tzdata).toMatch(/^\d{4}/);
});

test('a zone outside the area of validity is a warning', () => {
  const result = compileOrder(
    {
      validFrom: base.validFrom,
      validTo: base.validTo,
      rules: [{ ...base.rules[0], zone: { ...circle, center: [-46, -23] } }],
    },
    { timezone: 'Europe/Zurich', devices: [], baseRevision: 1, validity: [5.85, 45.75, 10.6, 47.9] },
  );
  expect(result.ok && result.value.warnings).toMatchObject([{ field: 'rules[0].zone.center' }]);
  expect(result.ok && result.value.recorded.baseRevision).toBe(1);
});
