// Fixed seeds, on every change; `./vigie sim --seeds 1000` in CI and many more at night look for what these do not meet.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { SimOptions } from './faults.ts';
import { optionsOf, runOne } from './run.ts';
import { SCENARIO_NAMES } from './scenarios.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const TIMEOUT_MS = 120_000;

test(
  '[L4] [L8] [L9] [L11] [L14] [L15] [D1] twenty seeds of two sites under faults keep every promise',
  async () => {
    let faults = 0;
    let compared = 0;
    const partitions = new Set<number>();
    for (const seed of SEEDS) {
      const options = optionsOf(seed);
      const result = await runOne(options);
      expect(result.violations, `repeat: ./vigie sim --seed ${seed}`).toEqual([]);
      faults += options.faults.length;
      compared += result.liveCompared;
      partitions.add(options.partitions ?? 1);
    }
    // Seeds in which nothing happened would prove nothing.
    expect(faults).toBeGreaterThan(40);
    expect(compared).toBeGreaterThan(500);
    expect([...partitions]).toEqual(expect.arrayContaining([1, 4]));
  },
  TIMEOUT_MS,
);

test(
  'one seed decides everything: two runs leave the same trace, another seed another one',
  async () => {
    for (const seed of [2, 7, 17]) {
      const [a, b] = [await runOne(optionsOf(seed)), await runOne(optionsOf(seed))];
      expect(a.traceHash).toBe(b.traceHash);
      expect(a.traced).toBeGreaterThan(100);
      expect(a.events).toBe(b.events);
      expect((await runOne(optionsOf(seed + 1))).traceHash).not.toBe(a.traceHash);
    }
  },
  TIMEOUT_MS,
);

test(
  '[L10] [L11] ten seeds in which the keepers close every epoch after a few seconds keep every promise',
  async () => {
    for (const seed of SEEDS.slice(0, 10)) {
      const options = { ...optionsOf(seed), rotateBytes: 8_000 };
      expect((await runOne(options)).violations, `seed ${seed}`).toEqual([]);
    }
  },
  TIMEOUT_MS,
);

test(
  '[L1] every scenario keeps every promise on four partitions, too, and one seed still decides everything',
  async () => {
    for (const [index, scenario] of SCENARIO_NAMES.entries()) {
      const options = { ...optionsOf(index + 1, scenario), partitions: 4, devices: 5 };
      const result = await runOne(options);
      expect(result.violations, `${scenario}, seed ${index + 1}`).toEqual([]);
    }
    const options = { ...optionsOf(1), partitions: 4, devices: 5 };
    expect((await runOne(options)).traceHash).toBe((await runOne(options)).traceHash);
  },
  TIMEOUT_MS,
);

test(
  '[L8] [L9] [L17] ten seeds in which a site holds little of what waits to settle, and reads it again, keep every promise',
  async () => {
    for (const seed of SEEDS.slice(0, 10)) {
      const options = { ...optionsOf(seed), heldBytesMax: 60_000 };
      expect((await runOne(options)).violations, `seed ${seed}`).toEqual([]);
    }
  },
  TIMEOUT_MS,
);

const kept = fileURLToPath(new URL('../../../../test/seeds/', import.meta.url));
for (const file of readdirSync(kept).filter((name) => name.endsWith('.json'))) {
  const { found, options } = JSON.parse(readFileSync(`${kept}${file}`, 'utf8')) as {
    found: string;
    options: SimOptions;
  };
  test(
    `a run that failed once holds: ${found}`,
    async () => {
      expect((await runOne(options)).violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
}
