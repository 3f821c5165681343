import { expect, test, vi } from 'vitest';
import { benchGeofence } from './bench-geofence.ts';
import { EngineVariant } from './engine-variant.ts';

const SMALL = { persons: 150, rounds: 1, sharedZones: 100, say: () => undefined };

test('the engine and both reference designs give the same verdicts, from open uploads and from sealed entries', {
  timeout: 60_000,
}, async () => {
  const result = await benchGeofence(SMALL);
  expect(result.compared.reports).toBe(150 * 72);
  expect(result.ok).toBe(true);
  expect(result.ratios.sealedToOpen).toBeGreaterThan(0);
});

test.for(['run', 'runEntries'] as const)(
  'an engine that misses its first %s fails the run',
  {
    timeout: 60_000,
  },
  async (name) => {
    let calls = 0;
    const original = EngineVariant.prototype[name] as (this: EngineVariant, ...taken: unknown[]) => void;
    // The lookups beside the engine are missed with them.
    const missing = vi.spyOn(EngineVariant.prototype, name).mockImplementation(function (
      this: EngineVariant,
      ...taken: unknown[]
    ) {
      original.call(this, ...(calls++ === 0 ? [[], taken[1]] : taken));
    });
    try {
      expect((await benchGeofence(SMALL)).ok).toBe(false);
    } finally {
      missing.mockRestore();
    }
  },
);
