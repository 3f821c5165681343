import { expect, test } from 'vitest';
import { watchMemory } from './memory-watch.ts';
import { OperatingIncidents } from './operating-incidents.ts';

test('[L17] what waits to settle is an incident once it takes half of the memory, and none after it has settled', () => {
  const incidents = new OperatingIncidents(
    () => 0,
    () => undefined,
  );
  const limitBytes = 4_000_000_000;
  const half = limitBytes / 2;
  const told = [half, half + 1, half].map((heldBytes) => {
    watchMemory({ heldBytes, limitBytes }, incidents);
    return incidents.open().map(({ kind, detail }) => `${kind}: ${detail.slice(0, 50)}`);
  });
  expect(told).toEqual([[], ['memory: what waits until both sites can settle it takes ab'], []]);
});
