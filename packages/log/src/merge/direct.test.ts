// L13, the other site's entries told by itself while no copy brings them: what Merge makes of them.
import { fail, seqOf } from '@vigie/model';
import { expect, test } from 'vitest';
import { OriginScript, Reader, foundOf, genesis } from '../testing/origin-script.ts';
import type { OriginMessage } from '../types.ts';
import { Merge } from './merge.ts';

/** Noirmont, which has received everything so far of both. */
function joined() {
  const { n, d } = genesis();
  n.write(50);
  d.write(60, { seen: ['1-n', 2] });
  n.write(70, { seen: ['1-d', 2] });
  const r = new Reader(new Merge({ self: 'noirmont' }));
  r.note(r.merge.catchUp());
  r.take(...n.messages, ...d.messages);
  return { n, d, r };
}
const tell = (r: Reader, ...messages: readonly OriginMessage[]) =>
  messages.map((m) => r.note(r.merge.receiveDirect(m)));

test('[L13] entries that only the other site has told are live, behind everything that was received', () => {
  const { d, r } = joined();
  expect(r.merge.directFrom).toEqual({ epoch: '1-d', seq: 3 });
  const before = r.settled.length;
  tell(r, d.write(65), d.write(90, { seen: ['1-n', 3] }));
  expect(r.unsettled()).toEqual(['65 delemont.1-d:3', '70 noirmont.1-n:3', '90 delemont.1-d:4']);
  expect(r.merge.newestT).toBe(90);
  expect(r.merge.directFrom?.seq).toBe(5);
  expect(r.merge.directCount).toBe(2);
  expect(r.settled).toHaveLength(before);
});

test('[L13] [L7] [L8] what was told is in no `seen`, no position, no watermark, and settles nothing', () => {
  const { n, d, r } = joined();
  const settled = r.settled.length;
  tell(r, d.write(90, { seen: ['1-n', 3] }), d.write(95, { seen: ['1-n', 3] }));
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 2 });
  expect(r.merge.received()['delemont']).toEqual({ epoch: '1-d', seq: 2 });
  expect(r.merge.watermark('delemont')).toBe(60);
  expect(r.merge.seenByPeer()).toEqual({ epoch: '1-n', seq: 2 });
  // The other site holds ours by plain message; what would order it was only told.
  r.note(r.merge.peerSeen({ epoch: '1-n', seq: seqOf(3) }));
  r.take(n.write(100));
  expect(r.settled).toHaveLength(settled);
});

test('[L13] the copy that brings what was told makes it the received entry, in its place and without a second one', () => {
  const { d, r } = joined();
  tell(r, d.write(90, { seen: ['1-n', 3] }), d.write(95, { seen: ['1-n', 3] }));
  const before = r.merge.unsettled();
  const changes = r.take(...d.messages.slice(2));
  expect(changes.flatMap(({ placed }) => placed)).toEqual([]);
  expect(r.moves).toBe(1); // of genesis
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 4 });
  expect(r.merge.directCount).toBe(0);
  expect(r.settled.slice(-2)).toEqual(['60 delemont.1-d:2', '70 noirmont.1-n:3']);
  expect(r.merge.unsettled()).toEqual(before.slice(1));
});

test('[L13] a copy that brings another entry than was told takes its place, and what followed has none', () => {
  const { d, r } = joined();
  const told = new OriginScript('delemont', '1-d');
  told.messages.push(...d.messages);
  tell(r, told.write(80), told.write(85), told.write(88));
  const another = { ...d.write(82), bytes: new Uint8Array([1]) };
  const [change] = r.take(another);
  expect(change?.moved).toBe(true);
  expect(r.unsettled()).toEqual(['70 noirmont.1-n:3', '82 delemont.1-d:3']);
  expect(r.merge.directFrom?.seq).toBe(4);
});

test('[L13] [L11] what changes the order waits for the copy, and so does everything behind it', () => {
  for (const kind of ['admit', 'leave', 'found', 'erased', 'rule_switched'] as const) {
    const { d, r } = joined();
    tell(r, d.write(80), d.write(81, { kind }), d.write(82));
    expect(r.merge.directCount, kind).toBe(1);
    expect(r.merge.directFrom, kind).toBe(undefined);
    if (kind === 'leave' || kind === 'found') continue;
    r.take(...d.messages.slice(2, 4));
    expect(r.merge.directFrom?.seq, kind).toBe(5);
  }
});

test('[L13] bytes that are no entry keep their sequence; of a newer format nothing more is taken', () => {
  const { d, r } = joined();
  const poison = { ...d.write(80), entry: fail('malformed-entry', 'poison') };
  tell(r, poison, d.write(85));
  expect(r.unsettled()).toEqual(['70 noirmont.1-n:3', '85 delemont.1-d:4']);
  r.take(poison, d.messages[3] as OriginMessage);
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 4 });
  const newer = { ...d.write(90), entry: fail('newer-format', 'major 2') };
  tell(r, newer);
  expect(r.merge.directFrom).toBe(undefined);
});

test('[L13] an epoch that waits, an end that is known and a site that has left give nothing to ask for', () => {
  const { n, d, r } = joined();
  tell(r, d.write(80));
  // Noirmont's own admit of the next epoch of Delémont says where this one ends: before what was told.
  const admit = n.admit(100, [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 2 } }]);
  const [change] = r.take(admit);
  expect(change?.moved).toBe(true);
  expect(r.unsettled()).not.toContain('80 delemont.1-d:3');
  expect(r.merge.directFrom).toEqual({ epoch: '2-d', seq: 1 });
  const left = joined();
  left.d.write(80, { kind: 'leave', seen: ['1-n', 3] });
  left.r.take(...left.d.messages.slice(2));
  expect(left.r.merge.directFrom).toBe(undefined);
});

test('[L13] a founding voids what was told and not received', () => {
  const { n, d, r } = joined();
  tell(r, d.write(80));
  const data = foundOf('noirmont', { 'delemont.1-d': 2 });
  r.take(n.write(110, { kind: 'found', data }));
  expect(r.unsettled()).not.toContain('80 delemont.1-d:3');
  expect(r.merge.directFrom).toBe(undefined);
});

test('[L13] while the past is read nothing is asked for', () => {
  const { r } = joined();
  r.merge.beginReading();
  expect(r.merge.directFrom).toBe(undefined);
  r.note(r.merge.endReading());
  expect(r.merge.directFrom).toEqual({ epoch: '1-d', seq: 3 });
});
