import { expect, test } from 'vitest';
import { benchGeofence } from './bench-geofence.ts';
import { EngineVariant } from './engine-variant.ts';

const SMALL = { persons: 150, rounds: 1, sharedZones: 100, say: () => undefined };

test('the engine and both reference designs give the same verdicts', { timeout: 60_000 }, () => {
  const result = benchGeofence(SMALL);
  expect(result.compared.reports).toBe(150 * 12);
  expect(result.ok).toBe(true);
});

test('an engine that misses the first uploads fails the run', { timeout: 60_000 }, () => {
  const { run } = EngineVariant.prototype;
  let calls = 0;
  EngineVariant.prototype.run = function (uploads, first) {
    // The lookups beside the engine are missed with them.
    run.call(this, calls++ === 0 ? [] : uploads, first);
  };
  try {
    expect(benchGeofence(SMALL).ok).toBe(false);
  } finally {
    EngineVariant.prototype.run = run;
  }
});
