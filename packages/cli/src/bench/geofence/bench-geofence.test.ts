import { expect, test, vi } from 'vitest';
import { benchGeofence } from './bench-geofence.ts';
import { EngineVariant } from './engine-variant.ts';

const SMALL = { persons: 150, rounds: 1, sharedZones: 100, say: () => undefined };

test('the engine and both reference designs give the same verdicts', { timeout: 60_000 }, () => {
  const result = benchGeofence(SMALL);
  expect(result.compared.reports).toBe(150 * 12);
  expect(result.ok).toBe(true);
});

test('an engine that misses the first uploads fails the run', { timeout: 60_000 }, () => {
  let calls = 0;
  const original = Object.getOwnPropertyDescriptor(EngineVariant.prototype, 'run') as { value: EngineVariant['run'] };
  // The lookups beside the engine are missed with them.
  const missing = vi.spyOn(EngineVariant.prototype, 'run').mockImplementation(function (this: EngineVariant, ...args) {
    original.value.call(this, calls++ === 0 ? [] : args[0], args[1]);
  });
  try {
    expect(benchGeofence(SMALL).ok).toBe(false);
  } finally {
    missing.mockRestore();
  }
});
