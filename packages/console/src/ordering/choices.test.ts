import * as model from '@vigie/model';
import { expect, test } from 'vitest';
import { CANTONS, LEGAL_BASES, MODES } from './choices.ts';
import { KINDS, PARAMETERS, hasZone } from './rule-kinds.ts';

test('the form offers the cantons, norms, modes and kinds of rules that the API takes', () => {
  expect(CANTONS).toEqual(model.CANTONS.toSorted());
  expect(LEGAL_BASES).toEqual(model.LEGAL_BASES);
  expect(MODES.toSorted()).toEqual(model.MODES.toSorted());
  expect(KINDS.toSorted()).toEqual(model.ruleSchema.options.map(({ shape }) => shape.kind.value).toSorted());
});

test('each kind has the parameters that the API takes', () => {
  const elsewhere = new Set([
    'kind',
    'ruleId',
    'schedule',
    'passes',
    'zone',
    'beacons',
    'partnerDeviceId',
    'inclusionRuleId',
  ]);
  for (const { shape } of model.ruleSchema.options) {
    const kind = shape.kind.value;
    const taken = Object.keys(shape).filter((name) => !elsewhere.has(name));
    expect([kind, PARAMETERS[kind].map(({ name }) => name).toSorted()]).toEqual([kind, taken.toSorted()]);
    expect([kind, hasZone(kind)]).toEqual([kind, 'zone' in shape]);
  }
});
