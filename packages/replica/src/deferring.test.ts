import { expect, test } from 'vitest';
import { DEFERRED_MS_MAX, Deferring, PAST_GAP_MS } from './deferring.ts';

function at() {
  let nowMs = 1_000;
  const deferring = new Deferring({ nowUs: () => nowMs * 1000 });
  return { deferring, pass: (ms: number) => void (nowMs += ms) };
}

test('nothing is deferred while no past comes', () => {
  const { deferring, pass } = at();
  expect(deferring.defers(false, true)).toBe(false);
  pass(10_000);
  expect(deferring.defers(false, true)).toBe(false);
});

test('folding anew waits while more of a past comes, and ends once none has come for a while', () => {
  const { deferring, pass } = at();
  expect(deferring.defers(true, false)).toBe(true);
  pass(PAST_GAP_MS);
  expect(deferring.defers(false, true)).toBe(true);
  pass(1);
  expect(deferring.defers(false, true)).toBe(false);
});

test('however long a past is, cases have their turn at least once a second, all of them, before the next wait begins', () => {
  const { deferring, pass } = at();
  for (let ms = 0; ms <= DEFERRED_MS_MAX; ms += 10) {
    expect(deferring.defers(true, true)).toBe(true);
    pass(10);
  }
  expect(deferring.defers(true, true)).toBe(false);
  pass(10);
  expect(deferring.defers(true, true)).toBe(false);
  expect(deferring.defers(true, false)).toBe(true);
  pass(10);
  expect(deferring.defers(true, true)).toBe(true);
});
