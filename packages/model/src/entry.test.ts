import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from './canonical.ts';
import {
  CASE_KINDS,
  ENTRY_MINOR,
  ENTRY_VERSION,
  type Entry,
  PLAIN_KINDS,
  decodeEntry,
  encodeEntry,
  parseStreamName,
  streamName,
} from './entry.ts';
import { DEVICE_EVENTS } from './report.ts';
import { covers, formatPosition, parsePosition } from './position.ts';
import { utf8Encode } from './text.ts';
import { logTimeUs, seqOf } from './units.ts';

const entry: Entry = {
  v: ENTRY_VERSION,
  entryId: 'e1',
  t: logTimeUs(1_795_350_000_000_001),
  kind: 'reports',
  seen: { epoch: '3-k7f2', seq: seqOf(1841) },
  items: [
    { measure: '000102030405060708090a0b0c0d0e0f', bytes: Uint8Array.of(1, 2, 3) },
    { measure: 'ffffffffffffffffffffffffffffffff', bytes: new Uint8Array(0) },
  ],
};

test('[L3] an entry reads back as it was written', () => {
  expect(decodeEntry(encodeEntry(entry))).toEqual({ ok: true, value: entry });
});

test('[L3] malformed bytes are a value, whatever they are', () => {
  const bytes = encodeEntry(entry);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const other = bytes.slice();
      other[at] = (other[at] as number) ^ flip;
      decodeEntry(other);
      expect(decodeEntry(bytes.subarray(0, at)).ok).toBe(false);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => !decodeEntry(any).ok));
});

/** The bytes of an entry with another header, as another version may write them. */
function withHeader(change: object): Uint8Array {
  return encodeEntry({ ...entry, ...change });
}

test('[L3] a newer minor is read: header fields that are not known are left aside, a kind that is not known keeps its place', () => {
  const newer = decodeEntry(withHeader({ minor: ENTRY_MINOR + 1, colour: 'blue' }));
  expect(newer).toMatchObject({ ok: true, value: { ...entry, minor: ENTRY_MINOR + 1 } });
  const unknown = decodeEntry(withHeader({ minor: ENTRY_MINOR + 1, kind: 'sunrise' }));
  expect(unknown).toMatchObject({ ok: true, value: { ...entry, kind: 'unknown', minor: ENTRY_MINOR + 1 } });
});

test('[L3] a kind that the own minor or an older one does not have is no entry', () => {
  for (const change of [{ kind: 'sunrise' }, { kind: 'sunrise', minor: ENTRY_MINOR }, { kind: 'unknown' }])
    expect(decodeEntry(withHeader(change))).toMatchObject({ ok: false, error: { kind: 'malformed-entry' } });
});

test('[L3] a newer major is told from bytes that are no entry, by its mark or by its header', () => {
  const mark = encodeEntry(entry).slice();
  mark[3] = ENTRY_VERSION + 1;
  for (const bytes of [mark, mark.subarray(0, 12), withHeader({ v: ENTRY_VERSION + 1 })])
    expect(decodeEntry(bytes)).toMatchObject({ ok: false, error: { kind: 'newer-format' } });
  const other = encodeEntry(entry).slice();
  other[0] = 0x57;
  expect(decodeEntry(other)).toMatchObject({ ok: false, error: { kind: 'malformed-entry' } });
});

// Old logs are read for ever: another kind needs a new ENTRY_MINOR; any other change a new ENTRY_VERSION, and the old decoder kept beside
// the new one.
test('the wire is frozen: kinds, device events and the bytes of an entry', () => {
  const fingerprint = sha256Hex(
    utf8Encode(
      canonicalJson({
        kinds: [...CASE_KINDS, ...PLAIN_KINDS],
        events: [...DEVICE_EVENTS],
        bytes: sha256Hex(encodeEntry(entry)),
      }),
    ),
  ).slice(0, 16);
  expect([ENTRY_VERSION, ENTRY_MINOR, fingerprint]).toEqual([1, 3, '257ac5f104f5c4e5']);
});

test('[L10] the name of a stream carries site, epoch and partition', () => {
  expect(streamName('delemont', '12-q09x', 0)).toBe('LOG_delemont_12-q09x_00');
  expect(parseStreamName('LOG_delemont_12-q09x_00')).toEqual({ site: 'delemont', epoch: '12-q09x', partition: 0 });
  expect(parseStreamName('LOG_bern_1-a_00')).toBeUndefined();
});

test('[L18] a position reads back as it was written, and covers what lies before it', () => {
  const text = 'noirmont.3-k7f2:1841,delemont.2-q09x:977';
  const position = parsePosition(text);
  expect(position.ok && formatPosition(position.value)).toBe(text);
  const at = (t: string) => {
    const p = parsePosition(t);
    if (!p.ok) throw new Error(p.error.detail);
    return p.value;
  };
  expect(covers(at(text), at('noirmont.3-k7f2:1841'))).toBe(true);
  expect(covers(at(text), at('noirmont.3-k7f2:1842'))).toBe(false);
  expect(covers(at(text), at('noirmont.2-zzzz:9999,delemont.2-q09x:1'))).toBe(true);
  expect(covers(at('noirmont.3-k7f2:5'), at('delemont.1-a:1'))).toBe(false);
  for (const bad of ['noirmont', 'noirmont.3:1', 'bern.1-a:1', 'noirmont.1-a:1,noirmont.1-a:2', 'x'.repeat(3000)])
    expect(parsePosition(bad).ok).toBe(false);
});

test('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: 1, a: [true, null, { d: 'x', c: undefined }] })).toBe('{"a":[true,null,{"d":"x"}],"b":1}');
  expect(() => canonicalJson({ a: Number.NaN })).toThrow('finite');
});
