import { expect, test } from 'vitest';
import type { Expected, OracleIncident } from '../oracle/oracle.ts';
import { type ShownIncident, compare } from './compare.ts';
import { percentilesOf } from './percentiles.ts';

const wanted = (openedAtMs: number, closedAtMs?: number): OracleIncident => ({
  caseId: 'c',
  ruleId: 'r',
  openedAtMs,
  closedAtMs,
});
const shown = (openedAtMs: number, closedAtMs?: number, more: Partial<ShownIncident> = {}): ShownIncident => ({
  incidentId: `${openedAtMs}`,
  caseId: 'c',
  ruleId: 'r',
  openedAtMs,
  closedAtMs,
  ...more,
});
const rule = (...variants: OracleIncident[][]): Expected => ({ caseId: 'c', ruleId: 'r', variants, anything: false });
const faults = (expected: Expected[], there: ShownIncident[]) => {
  const { missing, extra, expected: all } = compare(expected, there);
  return [all.length, missing.length, extra.length];
};

test('the same episodes are neither missing nor extra', () => {
  expect(faults([rule([wanted(1, 2), wanted(5)])], [shown(5), shown(1, 2)])).toEqual([2, 0, 0]);
});
test('another end, a missing one, one too many, one twice, and one of an unknown rule are each seen', () => {
  expect(faults([rule([wanted(1, 2)])], [shown(1, 3)])).toEqual([1, 1, 1]);
  expect(faults([rule([wanted(1, 2)])], [])).toEqual([1, 1, 0]);
  expect(faults([rule([])], [shown(1, 2)])).toEqual([0, 0, 1]);
  expect(faults([rule([wanted(1, 2)])], [shown(1, 2), shown(1, 2, { incidentId: 'again' })])).toEqual([1, 0, 1]);
  expect(faults([], [shown(1, 2)])).toEqual([0, 0, 1]);
});
test('a fix on the border may be read either way, but one reading must hold as a whole', () => {
  const either = rule([wanted(1, 4)], [wanted(1, 2), wanted(3, 4)]);
  expect(faults([either], [shown(1, 2), shown(3, 4)])).toEqual([2, 0, 0]);
  expect(compare([either], [shown(1, 2), shown(3, 4)]).otherReading).toBe(1);
  expect(faults([either], [shown(1, 2)])).toEqual([2, 1, 0]);
  expect(faults([{ ...either, anything: true }], [shown(9)])).toEqual([0, 0, 0]);
});
test('percentiles are values that were measured', () => {
  expect(percentilesOf([])).toEqual({ p50: null, p99: null });
  expect(percentilesOf([3, 1, 2])).toEqual({ p50: 2, p99: 3 });
});
