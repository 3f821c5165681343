// What waits to settle and is not held: the order goes on behind it, and settles as if it had been held.
import type { SiteId } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OriginScript, foundOf, genesis } from '../testing/origin-script.ts';
import type { OriginMessage } from '../types.ts';
import { Merge } from './merge.ts';
import type { MergeChange } from './placed.ts';

class Site {
  readonly merge: Merge;
  readonly settled: string[] = [];

  constructor(self: SiteId) {
    this.merge = new Merge({ self });
    this.note(this.merge.catchUp());
  }
  note({ settled }: MergeChange): void {
    for (const { t, site, epoch, seq } of settled) this.settled.push(`${t} ${site}.${epoch}:${seq}`);
  }
  take(...messages: readonly OriginMessage[]): void {
    for (const message of messages) this.note(this.merge.receive(message));
  }
  /** Gives what is wanted, in windows of that many, as long as anything is. */
  readAgain(all: readonly OriginMessage[], most = Number.POSITIVE_INFINITY): void {
    for (let wanted = this.merge.wanted; wanted !== undefined; wanted = this.merge.wanted) {
      const { site, epoch, from, limit } = wanted;
      const count = Math.min(limit, most);
      const again = all.filter((m) => m.site === site && m.epoch === epoch && m.seq >= from && m.seq < from + count);
      this.note(this.merge.takeAgain(again));
    }
  }
  get places(): unknown {
    const { merge } = this;
    return [merge.held(), merge.received(), merge.watermark('noirmont'), merge.watermark('delemont'), merge.newestT];
  }
}

/** Entries of both sites, one in five not readable, and a second epoch of Delémont's that is admitted late. */
function origins(script: readonly { site: boolean; dt: number; bad: boolean }[]): OriginMessage[] {
  const { n, d } = genesis();
  const d2 = new OriginScript('delemont', '2-d');
  let t = 20;
  const write = (of: OriginScript, bad: boolean, seen: readonly [string, number]): void => {
    const message = of.write(t, { seen });
    if (bad)
      of.messages[message.seq - 1] = {
        ...message,
        entry: { ok: false, error: { kind: 'malformed-entry', detail: '' } },
      };
  };
  script.forEach(({ site, dt, bad }, i) => {
    t += dt;
    if (site) write(n, bad, ['1-d', d.last]);
    else write(i * 2 < script.length ? d : d2, bad, ['1-n', n.last]);
  });
  n.admit(t + 5, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': d.last } }], { seen: ['1-d', d.last] });
  d2.write(t + 6, { seen: ['1-n', n.last] });
  n.write(t + 7, { seen: ['2-d', d2.last] });
  d2.write(t + 8, { seen: ['1-n', n.last] });
  return [...n.messages, ...d.messages, ...d2.messages];
}
const step = fc.record({ site: fc.boolean(), dt: fc.integer({ min: 0, max: 5 }), bad: fc.nat(4).map((n) => n === 0) });

test('[L4] [L8] [L11] parked at any moments and read again in any windows, everything has the places and settles as if it were held', () => {
  let reread = 0;
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      (script, parks, most, atOnce) => {
        const all = origins(script);
        for (const self of ['noirmont', 'delemont'] as const) {
          const [held, parked] = [new Site(self), new Site(self)];
          all.forEach((message, i) => {
            held.take(message);
            parked.take(message);
            if (parks[i % parks.length] === true) parked.merge.park();
            expect(parked.places).toEqual(held.places);
            if (atOnce) parked.readAgain(all, most);
          });
          if (parked.merge.wanted !== undefined) reread++;
          parked.readAgain(all, most);
          expect(parked.settled).toEqual(held.settled);
          expect(parked.places).toEqual(held.places);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(reread).toBeGreaterThan(100);
});

test('[L8] nothing that is settled is held, and what was parked takes no memory however long it is', () => {
  const { n, d } = genesis();
  const site = new Site('noirmont');
  site.take(...n.messages, ...d.messages);
  for (let t = 100; t < 5_100; t++) {
    site.take(n.write(t));
    if (t % 100 === 0) site.merge.park();
    expect(site.merge.heldBytes).toBeLessThan(110 * 1_000);
  }
  site.merge.park();
  // The admit, which changes the structure, is held.
  expect(site.merge.heldBytes).toBeLessThan(5_000);
  expect(site.merge.watermark('noirmont')).toBe(5_099);
  site.take(d.write(6_000, { seen: ['1-n', n.last] }));
  site.readAgain([...n.messages, ...d.messages]);
  expect(site.settled).toHaveLength(2 + 5_000);
  expect([site.merge.isParked, site.merge.heldBytes]).toEqual([false, expect.any(Number)]);
  expect(site.merge.heldBytes).toBeLessThan(5_000);
});

test('[L8] [L11] an end inside of what is parked: nothing settles before the entry there was read, then what lies up to it does', () => {
  const { n, d } = genesis();
  for (let t = 20; t < 30; t++) d.write(t, { seen: ['1-n', 1] });
  n.write(40, { kind: 'found', data: foundOf('noirmont', { 'delemont.1-d': 5 }) });
  n.write(50);
  const [held, parked] = [new Site('delemont'), new Site('delemont')];
  held.take(...d.messages, ...n.messages);
  parked.take(...n.messages.slice(0, 1), ...d.messages);
  parked.merge.park();
  const before = parked.settled.length;
  parked.take(...n.messages.slice(1));
  expect(parked.settled).toHaveLength(before);
  expect(parked.merge.wanted).toEqual({ site: 'delemont', epoch: '1-d', from: 5, limit: 1 });
  parked.readAgain([...n.messages, ...d.messages]);
  expect(parked.settled).toEqual(held.settled);
  expect(parked.settled.at(-1)).toBe('50 noirmont.1-n:3');
  expect(parked.settled.some((place) => place.includes('1-d:6'))).toBe(false);
});
