import { expect, test } from 'vitest';
import { DiskWatch } from './disk-watch.ts';

async function watched(free: readonly (number | Error)[]): Promise<readonly [boolean, number | undefined][]> {
  const looks = [...free];
  const watch = await DiskWatch.open({
    dir: '/x',
    reserveBytes: 100,
    look: async () => {
      const next = looks.shift() ?? 0;
      if (next instanceof Error) throw next;
      return next;
    },
  });
  watch.stop();
  const seen: [boolean, number | undefined][] = [[watch.full, watch.freeBytes]];
  while (looks.length > 0) {
    await watch.look();
    seen.push([watch.full, watch.freeBytes]);
  }
  return seen;
}

test('a disk is full below the reserve, and has room again only well above it', async () => {
  expect(await watched([100, 99, 0, 120, 149, 150, 120])).toEqual([
    [false, 100],
    [true, 99],
    [true, 0],
    [true, 120],
    [true, 149],
    [false, 150],
    [false, 120],
  ]);
});

test('a disk that cannot be looked at holds nothing back', async () => {
  expect(await watched([10, new Error('no such folder')])).toEqual([
    [true, 10],
    [false, undefined],
  ]);
});

test('a real folder has a number of free bytes', async () => {
  const watch = await DiskWatch.open({ dir: import.meta.dirname, reserveBytes: 0 });
  watch.stop();
  expect(watch.freeBytes).toBeGreaterThan(0);
});
