import type { OrderText } from '@vigie/api/contract';
import { expect, test } from 'vitest';
import { changesOf, isSame } from './changes.ts';

const order = (rules: OrderText['rules'], more: Partial<OrderText> = {}): OrderText => ({
  validFrom: '2026-01-01T00:00:00Z',
  validTo: '2027-01-01T00:00:00Z',
  rules,
  ...more,
});

test('rules are added, changed, removed or the same, however their members are ordered', () => {
  const before = order([
    { ruleId: 'a', kind: 'silence', maxGapS: 900 },
    { ruleId: 'b', kind: 'battery', minPct: 15 },
    { ruleId: 'c', kind: 'tamper' },
  ]);
  const after = order([
    { maxGapS: 900, kind: 'silence', ruleId: 'a' },
    { ruleId: 'b', kind: 'battery', minPct: 20 },
    { ruleId: 'd', kind: 'tamper' },
  ]);
  expect(changesOf(before, after)).toEqual({ added: ['d'], changed: ['b'], removed: ['c'], validity: false });
  expect(isSame(changesOf(before, before))).toBe(true);
});

test('the same moment written in another way is the same validity', () => {
  const rules = [{ ruleId: 'c', kind: 'tamper' }];
  expect(isSame(changesOf(order(rules), order(rules, { validFrom: '2026-01-01T01:00:00.000+01:00' })))).toBe(true);
  expect(changesOf(order(rules), order(rules, { validTo: '2027-01-02T00:00:00Z' })).validity).toBe(true);
});
