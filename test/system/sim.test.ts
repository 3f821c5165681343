// What `./vigie sim --seeds 1000` runs, in CI with everything else.
import { availableParallelism } from 'node:os';
import { type SeedResult, runMany } from '@vigie/sim';
import { expect, test } from 'vitest';

const SEEDS = 1_000;
/** The other projects run beside it: all cores for a minute would make their waits long. */
const WORKERS = Math.max(1, Math.min(2, availableParallelism()));
const TIMEOUT_MS = 600_000;

test(
  '[L4] [L8] [L9] [L11] [L14] [L15] [D1] a thousand seeds of two sites under faults keep every promise',
  async () => {
    const failed: SeedResult[] = [];
    let seeds = 0;
    let reports = 0;
    await runMany({
      from: 1,
      count: SEEDS,
      workers: WORKERS,
      onResult: (result) => {
        seeds++;
        reports += result.reports;
        if (result.violations.length > 0) failed.push(result);
      },
    });
    expect(
      failed.map(({ seed, violations }) => ({ repeat: `./vigie sim --seed ${seed}`, violations })),
      'seeds that break a promise',
    ).toEqual([]);
    expect(seeds).toBe(SEEDS);
    expect(reports).toBeGreaterThan(SEEDS);
  },
  TIMEOUT_MS,
);
