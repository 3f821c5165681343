// L3: what a reader cannot read because it is newer, it does not pass over: another site may fold it.
import { fail } from '@vigie/model';
import { expect, test } from 'vitest';
import { Reader, genesis } from '../testing/origin-script.ts';
import type { OriginMessage } from '../types.ts';
import { Merge } from './merge.ts';

const newer = (message: OriginMessage): OriginMessage => ({ ...message, entry: fail('newer-format', 'major 2') });
const malformed = (message: OriginMessage): OriginMessage => ({ ...message, entry: fail('malformed-entry', 'poison') });

function readBy(what: (message: OriginMessage) => OriginMessage) {
  const { n, d } = genesis();
  const r = new Reader(new Merge({ self: 'noirmont' }));
  r.note(r.merge.catchUp());
  n.write(20);
  const strange = what(d.write(30, { seen: ['1-n', 2] }));
  const after = d.write(40, { seen: ['1-n', 2] });
  n.write(50);
  const later = d.write(60, { seen: ['1-n', 3] });
  r.take(...n.messages, ...d.messages.slice(0, 1), strange, after, later);
  return r;
}

test('[L3] an entry of a newer major ends what is taken of its epoch: nothing after it has a place, settled stands still', () => {
  const r = readBy(newer);
  expect(r.unsettled().filter((place) => place.includes('delemont'))).toEqual(['11 delemont.1-d:1']);
  expect(r.settled).toEqual([]);
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 1 });
  expect(r.merge.watermark('delemont')).toBe(11);
});

test('[L3] bytes that are no entry are passed over, and what follows them is taken', () => {
  const r = readBy(malformed);
  expect(r.merge.held()).toEqual({ epoch: '1-d', seq: 4 });
  expect(r.settled).toContain('40 delemont.1-d:3');
});

test('[L3] an entry of a kind that a newer minor brought has its place and settles', () => {
  const r = readBy((message) =>
    message.entry.ok
      ? { ...message, entry: { ok: true, value: { ...message.entry.value, kind: 'unknown' } } }
      : message,
  );
  expect(r.settled).toContain('30 delemont.1-d:2');
});
