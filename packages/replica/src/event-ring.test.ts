import { type SiteId, type VectorPosition, laterOf, seqOf } from '@vigie/model';
import { expect, test } from 'vitest';
import { EventRing } from './event-ring.ts';
import type { PublishedEvent } from './types.ts';

const at = (noirmont: number, delemont: number): VectorPosition => ({
  noirmont: { epoch: '1-n', seq: seqOf(noirmont) },
  delemont: { epoch: '1-d', seq: seqOf(delemont) },
});
const event = (id: string, site: SiteId, seq: number, vector: VectorPosition): PublishedEvent =>
  ({
    id,
    position: { site, epoch: site === 'noirmont' ? '1-n' : '1-d', seq: seqOf(seq), index: 0 },
    vector,
  }) as PublishedEvent;
const ids = (events: readonly PublishedEvent[]): string[] => events.map((one) => one.id);

test('[L18] a cursor shows what it does not cover, page by page, with nothing twice and nothing left out', () => {
  const ring = new EventRing({ lostThrough: undefined });
  const told: string[] = [];
  const stop = ring.listen((one) => told.push(one.id));
  for (let i = 1; i <= 7; i++) ring.publish(event(`e${i}`, i % 2 === 0 ? 'noirmont' : 'delemont', i, at(i, i)));
  stop();
  ring.publish(event('e8', 'noirmont', 8, at(8, 8)));
  expect(told).toEqual(['e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7']);
  const pages: string[][] = [];
  let after: VectorPosition | undefined;
  for (let page = ring.page(after, 3, at(9, 9)); page.events.length > 0; page = ring.page(after, 3, at(9, 9))) {
    pages.push(ids(page.events));
    after = page.next;
  }
  expect(pages).toEqual([
    ['e1', 'e2', 'e3'],
    ['e4', 'e5', 'e6'],
    ['e7', 'e8'],
  ]);
  expect(after).toEqual(at(9, 9));
});

test('[L18] a cursor of the other site, further along one origin and not along the other, misses nothing', () => {
  const ring = new EventRing({ lostThrough: undefined });
  ring.publish(event('n5', 'noirmont', 5, at(5, 1)));
  ring.publish(event('d3', 'delemont', 3, at(5, 3)));
  ring.publish(event('n6', 'noirmont', 6, at(6, 3)));
  expect(ids(ring.page(at(5, 9), 10, at(6, 3)).events)).toEqual(['n6']);
  expect(ids(ring.page(at(4, 3), 10, at(6, 3)).events)).toEqual(['n5', 'n6']);
});

test('events that share a cursor are never parted by a page', () => {
  const ring = new EventRing({ lostThrough: undefined });
  const shared = at(5, 5);
  for (const id of ['a', 'b', 'c']) ring.publish(event(id, 'noirmont', 5, shared));
  ring.publish(event('d', 'noirmont', 6, at(6, 5)));
  expect(ids(ring.page(undefined, 1, at(6, 5)).events)).toEqual(['a', 'b', 'c']);
});

test('[D1] the same id is published once', () => {
  const ring = new EventRing({ lostThrough: undefined });
  ring.publish(event('a', 'noirmont', 1, at(1, 1)));
  ring.publish(event('a', 'delemont', 2, at(1, 2)));
  expect(ids(ring.page(undefined, 10, at(2, 2)).events)).toEqual(['a']);
});

test('a full ring says who has missed something', () => {
  const ring = new EventRing({ lostThrough: undefined, max: 3 });
  for (let i = 1; i <= 10; i++) ring.publish(event(`e${i}`, 'noirmont', i, at(i, 1)));
  expect(ring.page(undefined, 10, at(10, 1))).toMatchObject({ truncated: true });
  expect(ring.page(at(6, 1), 10, at(10, 1)).truncated).toBe(true);
  const page = ring.page(at(7, 1), 10, at(10, 1));
  expect([ids(page.events), page.truncated]).toEqual([['e8', 'e9', 'e10'], false]);
});

test('an event published late, whose entry cursors cover already, is still new to them', () => {
  const ring = new EventRing({ lostThrough: undefined });
  ring.publish(event('late', 'noirmont', 2, at(9, 4)), true);
  expect(ids(ring.page(at(8, 4), 10, at(9, 4)).events)).toEqual(['late']);
  expect(ids(ring.page(at(9, 4), 10, at(9, 4)).events)).toEqual([]);
});

test('[L18] of two positions the later is taken origin by origin, by epoch and sequence', () => {
  const a: VectorPosition = { noirmont: { epoch: '2-a', seq: seqOf(1) }, delemont: { epoch: '1-d', seq: seqOf(4) } };
  const b: VectorPosition = { noirmont: { epoch: '1-b', seq: seqOf(9) }, delemont: { epoch: '1-d', seq: seqOf(5) } };
  expect(laterOf(a, b)).toEqual({ noirmont: a.noirmont, delemont: b.delemont });
  expect(laterOf({}, b)).toEqual(b);
});

test('[L18] events published while the log was being read, newest epoch first, come in small pages without a gap once it is read', () => {
  const ring = new EventRing({ lostThrough: undefined });
  const published = (id: string, epoch: string, seq: number, timeUs: number): void => {
    const position = { site: 'noirmont' as const, epoch, seq: seqOf(seq), index: 0 };
    // The cursor of that time: the newest epoch is there already.
    const vector: VectorPosition = { noirmont: { epoch: '5-e', seq: seqOf(9) } };
    ring.publish({ ...event(id, 'noirmont', seq, vector), position, timeUs } as PublishedEvent);
  };
  published('newest', '5-e', 9, 500);
  published('old', '1-a', 7, 100);
  published('older', '1-a', 3, 90);
  published('middle', '3-c', 2, 300);
  ring.order();
  const seen: string[] = [];
  const received: VectorPosition = { noirmont: { epoch: '5-e', seq: seqOf(12) } };
  let after: VectorPosition | undefined;
  for (let page = ring.page(after, 1, received); page.events.length > 0; page = ring.page(after, 1, received)) {
    seen.push(...ids(page.events));
    after = page.next;
  }
  expect(seen).toEqual(['older', 'old', 'middle', 'newest']);
  expect(after).toEqual(received);
});
