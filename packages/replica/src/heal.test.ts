// What a heal costs one site, counted: a minute in which both sites took reports of the same cases, then the other's past in pieces.
import { SITES, type SiteId } from '@vigie/model';
import { expect, test } from 'vitest';
import { digestOf } from './digest-tree.ts';
import { CATCH_UP_DIGEST_SECONDS } from './settled-fold.ts';
import { INSIDE, OUTSIDE, caseDraft, measureOf, reportsDraft } from './testing/court.ts';
import { OneFold } from './testing/one-fold.ts';
import { PlainFold, ScriptedOrigins } from './testing/scripted-origins.ts';
import { TestKeys } from './testing/two-sites.ts';

const CASES = 12;
const SECONDS = 60;
/** A whole number of the seconds that are digested while catching up. */
const START_US = 1_800_000_000_000_000;
const START_S = START_US / 1_000_000;

class CountingKeys extends TestKeys {
  opened = 0;
  override open(measure: string, bytes: Uint8Array) {
    this.opened++;
    return super.open(measure, bytes);
  }
}
const keys = new TestKeys();
const said = (n: number, t: number, seq: number, where: object) =>
  reportsDraft(keys, [[n, [{ atMs: t / 1000, seq, ...where }]]]);

/** Every case reports once a second to one site, and every second case to both. */
function apart() {
  const origins = new ScriptedOrigins();
  let t = START_US;
  for (let n = 1; n <= CASES; n++) origins.write('noirmont', t + n, caseDraft(keys, n), null);
  const beat = (site: SiteId): void => {
    t += 1_000;
    origins.write(
      site,
      t,
      { kind: 'heartbeat', items: [] },
      origins.end(site === 'noirmont' ? 'delemont' : 'noirmont'),
    );
  };
  for (const site of ['delemont', 'noirmont', 'delemont'] as const) beat(site);
  const before = { noirmont: origins.messages.noirmont.length, delemont: origins.messages.delemont.length };
  const seen = { noirmont: origins.end('delemont'), delemont: origins.end('noirmont') };
  for (let s = 1; s <= SECONDS; s++)
    for (let n = 1; n <= CASES; n++) {
      const at = START_US + s * 1_000_000 + n * 10_000;
      const where = (s + n) % 10 < 2 ? INSIDE : OUTSIDE;
      const home: SiteId = n % 2 === 0 ? 'noirmont' : 'delemont';
      for (const site of SITES)
        if (site === home || n % 4 < 2)
          origins.write(site, at + (site === home ? 0 : 5_000), said(n, at, s, where), seen[site]);
    }
  return { origins, before, items: origins.messages.noirmont.length + origins.messages.delemont.length };
}

/** Noirmont with its own minute, and a way to give it the other's in pieces. */
function noirmontApart() {
  const { origins, before, items } = apart();
  const counting = new CountingKeys();
  const one = new OneFold('noirmont', undefined, counting);
  for (const site of SITES) for (const message of origins.messages[site].slice(0, before[site])) one.take(message);
  for (const message of origins.messages.noirmont.slice(before.noirmont)) {
    one.take(message);
    one.fold.turn();
  }
  const past = origins.messages.delemont.slice(before.delemont);
  const heal = (from: number, to: number): void => {
    for (let i = from; i < to; i += 3) {
      for (const message of past.slice(i, Math.min(i + 3, to))) one.take(message);
      const seq = Math.min(before.noirmont + i + 3, origins.messages.noirmont.length);
      one.fold.take(one.merge.peerSeen({ epoch: '1-n', seq: seq as never }));
      one.fold.turn(undefined, one.fold.bringsPast);
    }
  };
  return { one, origins, counting, items, past, heal };
}

test('[L9] [L8] at a heal an item is evaluated once when it comes and once more in its place, and unsealed once', () => {
  const { one, origins, counting, items, past, heal } = noirmontApart();
  heal(0, past.length / 2);
  expect(one.fold.hasStale).toBe(true);
  heal(past.length / 2, past.length);
  while (!one.fold.turn());
  expect(digestOf(one.engine)).toBe(new PlainFold(keys).run(one.placed()).digest());
  let t = START_US + (SECONDS + 1) * 1_000_000;
  for (const site of ['delemont', 'noirmont', 'delemont', 'noirmont'] as const) {
    t += 1_000_000;
    origins.write(
      site,
      t,
      { kind: 'heartbeat', items: [] },
      origins.end(site === 'noirmont' ? 'delemont' : 'noirmont'),
    );
    one.take(origins.messages[site].at(-1) as never);
    while (!one.fold.turn());
  }
  expect(one.fold.settled.waitingCount).toBe(0);
  expect(one.fold.context.tails.size).toBe(0);
  expect(one.fold.context.opened.size).toBe(0);
  expect(one.settled.length).toBeGreaterThan(CASES * SECONDS);
  expect(one.fold.context.evaluator.count).toBeLessThan(2.2 * items);
  expect(counting.opened).toBeLessThan(1.1 * items);
  const caughtUp = [...one.digests.keys()].filter((second) => second > START_S && second < START_S + SECONDS - 1);
  expect(caughtUp.length).toBeGreaterThan(2);
  for (const second of caughtUp) expect(second % CATCH_UP_DIGEST_SECONDS).toBe(0);
  for (const [second, value] of one.digests) {
    const plain = new PlainFold(keys).run(one.settled.filter((entry) => entry.t < second * 1e6));
    expect(value).toBe(plain.digestAt({ t: second * 1e6 - 1, site: 'delemont' }));
  }
});

test('[L9] in the middle of a heal a breach is raised in the turn in which it comes, and with what the other site had written of it', () => {
  const { one, origins, past, heal } = noirmontApart();
  heal(0, past.length / 2);
  const stale = [...one.fold.context.tails.stale].map(({ measure }) => measure);
  // A case of both sites, and one that only this site hears: nobody's past overtakes that.
  for (const n of [4, 2]) {
    expect(stale.includes(measureOf(n))).toBe(n === 4);
    const before = one.engine.view(measureOf(n))?.incidents.length ?? 0;
    const t = START_US + (SECONDS + 2) * 1_000_000 + n;
    origins.write('noirmont', t, said(n, t, 1_000, OUTSIDE), null);
    origins.write('noirmont', t + 100_000, said(n, t + 100_000, 1_001, INSIDE), null);
    for (const message of origins.messages.noirmont.slice(-2)) one.take(message);
    one.fold.turn(undefined, true);
    expect(one.engine.view(measureOf(n))?.incidents.length).toBe(before + 1);
  }
  // Other cases still wait for more of the past.
  expect(one.fold.hasStale).toBe(true);
});
