import { expect, test } from 'vitest';
import { FirstLines } from './first-lines.ts';

test('a name keeps the line on which it came first, among as many as there are', () => {
  const lines = new FirstLines();
  const known = new Map<string, number>();
  for (let line = 0; line < 20_000; line++) {
    const name = `device ${(line * 7919) % 15_000}`;
    expect(lines.note(name, line)).toBe(!known.has(name));
    if (!known.has(name)) known.set(name, line);
  }
  expect(known.size).toBe(15_000);
  for (const [name, line] of known)
    if (lines.line(name) !== line) throw new Error(`${name}: ${lines.line(name)}, not ${line}`);
  expect(lines.line('device 15000')).toBeUndefined();
});

test('line 0 is a line', () => {
  const lines = new FirstLines();
  expect([lines.line('a'), lines.note('a', 0), lines.note('a', 5), lines.line('a')]).toEqual([
    undefined,
    true,
    false,
    0,
  ]);
});
