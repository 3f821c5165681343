import { expect, test } from 'vitest';
import { between } from './period.tsx';

test('a period is whole Swiss days with the last one included, at most 400, and never backwards', () => {
  expect(between('2026-11-20', '2026-11-20')).toBe('from=2026-11-19T23:00:00.000Z&to=2026-11-20T23:00:00.000Z');
  expect(between('2026-10-25', '2026-10-25')).toBe('from=2026-10-24T22:00:00.000Z&to=2026-10-25T23:00:00.000Z');
  expect(between('2026-01-01', '2025-12-31')).toBeNull();
  expect(between('2025-01-01', '2026-03-01')).toBeNull();
  expect(between('', '2026-03-01')).toBeNull();
});
