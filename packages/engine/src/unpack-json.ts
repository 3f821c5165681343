// JSON as it was before pack-json.ts packed it.
import { type Json, assert, utf8Decode } from '@vigie/model';
import {
  ARRAY,
  DEGREES,
  DOUBLE,
  E7,
  FALSE,
  FIRST_KNOWN,
  HEX,
  HEX_OF,
  IN_PAIRS,
  KNOWN,
  LIST,
  NULL,
  OBJECT,
  OF_DEGREES,
  TEXT,
  TRUE,
  WHOLE,
} from './packed-json-layout.ts';
import { PackedReader } from './packed-reader.ts';

export const unpackJson = (bytes: Uint8Array): Json => valueOf(new PackedReader(bytes), undefined);

type Keys = ReadonlySet<string> | undefined;

/** Of an object at the top: without the properties of these names below each of its own, because the rest is there sooner. */
export function unpackJsonWithout(bytes: Uint8Array, below: { readonly [key: string]: Keys }): Json {
  const r = new PackedReader(bytes);
  const object: { [key: string]: Json } = {};
  assert(r.byte() === OBJECT, 'an object lies at the top');
  for (let left = r.count(); left > 0; left--) {
    const key = valueOf(r, undefined) as string;
    object[key] = valueOf(r, below[key]);
  }
  return object;
}

function valueOf(r: PackedReader, without: Keys): Json {
  const tag = r.byte();
  if (tag >= FIRST_KNOWN) return KNOWN[tag - FIRST_KNOWN] as string;
  if (tag >= LIST) return listOf(r, tag);
  switch (tag) {
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case WHOLE:
      return r.signed();
    case DEGREES:
      return r.signed() / E7;
    case DOUBLE:
      return r.double();
    case TEXT:
      return utf8Decode(r.take(r.count()));
    case HEX:
      return hexOf(r);
    case ARRAY:
      return Array.from({ length: r.count() }, () => valueOf(r, without));
    default:
      return objectOf(r, without);
  }
}

function hexOf(r: PackedReader): string {
  let text = '';
  for (let left = r.count(); left > 0; left--) text += HEX_OF[r.byte()] as string;
  return text;
}

function objectOf(r: PackedReader, without: Keys): Json {
  const object: { [key: string]: Json } = {};
  for (let left = r.count(); left > 0; left--) {
    const key = valueOf(r, without) as string;
    if (without?.has(key) === true) r.skip();
    // As JSON.parse does: a key of this name is a property like any other.
    else if (key === '__proto__')
      Object.defineProperty(object, key, {
        value: valueOf(r, without),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else object[key] = valueOf(r, without);
  }
  return object;
}

function listOf(r: PackedReader, tag: number): Json {
  const values = r.wholeOf(tag);
  if (((tag - LIST) & 3 & OF_DEGREES) !== 0)
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / E7;
  if (((tag - LIST) & 3 & IN_PAIRS) === 0) return values;
  const pairs = Array<Json>(values.length / 2);
  for (let i = 0; i < pairs.length; i++) pairs[i] = [values[2 * i] as number, values[2 * i + 1] as number];
  return pairs;
}
