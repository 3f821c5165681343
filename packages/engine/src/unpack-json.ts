// JSON as it was before pack-json.ts packed it.
import { type Json, utf8Decode } from '@vigie/model';
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
  OF_DEGREES,
  TEXT,
  TRUE,
  WHOLE,
} from './packed-json-layout.ts';
import { PackedReader } from './packed-reader.ts';

export const unpackJson = (bytes: Uint8Array): Json => valueOf(new PackedReader(bytes));

function valueOf(r: PackedReader): Json {
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
      return Array.from({ length: r.count() }, () => valueOf(r));
    default:
      return objectOf(r);
  }
}

function hexOf(r: PackedReader): string {
  let text = '';
  for (let left = r.count(); left > 0; left--) text += HEX_OF[r.byte()] as string;
  return text;
}

function objectOf(r: PackedReader): Json {
  const object: { [key: string]: Json } = {};
  for (let left = r.count(); left > 0; left--) {
    const key = valueOf(r) as string;
    // As JSON.parse does: a key of this name is a property like any other.
    if (key === '__proto__')
      Object.defineProperty(object, key, { value: valueOf(r), enumerable: true, writable: true, configurable: true });
    else object[key] = valueOf(r);
  }
  return object;
}

function listOf(r: PackedReader, tag: number): Json {
  const values = r.wholeOf(tag);
  if (((tag - LIST) & 3 & OF_DEGREES) !== 0)
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / E7;
  if (((tag - LIST) & 3 & IN_PAIRS) === 0) return values;
  return Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i] as number, values[2 * i + 1] as number]);
}
