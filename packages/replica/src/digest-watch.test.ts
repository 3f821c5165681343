import { expect, test } from 'vitest';
import { DigestTree } from './digest-tree.ts';
import { DigestWatch } from './digest-watch.ts';

test('a difference is told once and loudly, with the second; equality is known as soon as both have spoken', () => {
  const told: number[] = [];
  const watch = new DigestWatch((second) => told.push(second));
  expect(watch.state).toBeUndefined();
  watch.own(10, 'a');
  expect(watch.state).toEqual({ second: 10, value: 'a', equal: undefined });
  watch.heard({ digest: { second: 10, value: 'a' } });
  expect(watch.state?.equal).toBe(true);
  watch.heard({ digest: { second: 11, value: 'b' } });
  watch.own(11, 'x');
  watch.own(12, 'y');
  watch.heard({ digest: { second: 12, value: 'c' } });
  expect([watch.state?.equal, told]).toEqual([false, [11]]);
  for (const bad of [undefined, null, {}, { digest: 1 }, { digest: { second: 'x', value: 'y' } }])
    watch.heard(bad ?? undefined);
  expect(told).toEqual([11]);
});

test('the digest of a tree depends on the cases in it, not on how they came', () => {
  const measures = Array.from({ length: 300 }, (_, i) => (i * 7919).toString(16).padStart(4, '0').padEnd(32, '0'));
  const forward = new DigestTree();
  for (const measure of measures) forward.set(measure, `digest of ${measure}`);
  const backward = new DigestTree();
  for (const measure of measures.toReversed()) backward.set(measure, 'something else');
  expect(backward.value()).not.toBe(forward.value());
  backward.set('f'.repeat(32), 'gone again');
  for (const measure of measures) backward.set(measure, `digest of ${measure}`);
  expect(backward.value()).not.toBe(forward.value());
  backward.set('f'.repeat(32), undefined);
  expect(backward.value()).toBe(forward.value());
  forward.set(measures[17] as string, 'changed');
  expect(backward.value()).not.toBe(forward.value());
});
