import { expect, test, vi } from 'vitest';
import { agreement } from '../testing/agreement.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

test('turf with robust predicates agrees on 50,000 hard pairs of point and polygon (seed 20261122; `testing/agree.ts` runs a million)', () => {
  const result = agreement(20261122, 50_000);
  expect(result.disagreements.slice(0, 3)).toEqual([]);
  expect(result.pairs).toBe(50_000);
  // Both answers occur often, or the comparison says nothing.
  expect(result.inside).toBeGreaterThan(10_000);
  expect(result.inside).toBeLessThan(40_000);
});
