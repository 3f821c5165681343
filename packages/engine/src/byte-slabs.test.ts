import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSlabs } from './byte-slabs.ts';

test('what is kept is what comes out, through any row of keeping and giving up, small pieces and ones larger than a slab', () => {
  const act = fc.tuple(
    fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 300 }) },
      { weight: 5, arbitrary: fc.integer({ min: 3_900, max: 9_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 4_100_000, max: 4_300_000 }) },
    ),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const slabs = new ByteSlabs();
      const kept: [number, Uint8Array][] = [];
      for (const [n, [length, drops]] of acts.entries()) {
        const bytes = new Uint8Array(length).fill(n + 1);
        kept.push([slabs.keep(bytes), bytes]);
        if (drops) slabs.drop((kept.splice(length % kept.length, 1)[0] as [number, Uint8Array])[0]);
        // Compared as native bytes: each piece may be megabytes.
        for (const [place, is] of kept) expect(Buffer.compare(slabs.at(place), is)).toBe(0);
      }
    }),
    { numRuns: 60 },
  );
});
