import { expect, test } from 'vitest';
import { instantOf, localOf } from './local-time.ts';

test('local times of a form and moments lead to one another, winter and summer', () => {
  for (const [local, at] of [
    ['2026-11-22T08:30', '2026-11-22T07:30:00.000Z'],
    ['2026-07-01T00:00', '2026-06-30T22:00:00.000Z'],
    ['2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ] as const) {
    expect(instantOf(local)).toBe(at);
    expect(localOf(at)).toBe(local);
  }
  expect(instantOf('2026-07-01')).toBe('2026-06-30T22:00:00.000Z');
  expect(instantOf('2026-07-01T12:00', 'Asia/Tokyo')).toBe('2026-07-01T03:00:00.000Z');
});

test('a time that the wall clock leaves out is an hour later, of one that comes twice it is the first', () => {
  expect(instantOf('2026-03-29T02:30')).toBe('2026-03-29T01:30:00.000Z');
  expect(instantOf('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
});

test.for(['', '2026-13-01T00:00', 'tomorrow', '2026-11-22T08:30Z'])('%o names no time', (text) => {
  expect(instantOf(text)).toBeNull();
});
