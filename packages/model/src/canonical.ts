// Canonical JSON: keys sorted by code unit, no white space, only finite numbers. Equal values give equal bytes, so hashes
// of them can be compared across sites and versions (in the spirit of RFC 8785).
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { assert } from './errors.ts';
import { byCodeUnit, utf8Encode } from './text.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'canonical JSON takes finite numbers only');
    // As JSON writes it; -0 is 0.
    return `${value}`;
  }
  if (value === null || typeof value === 'boolean') return `${value}`;
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) text += text === '' ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const object = value as { readonly [key: string]: Json | undefined };
  for (const key of sortedKeys(object)) {
    const item = object[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(item)}`;
  }
  return `{${text}}`;
}

/** Few, and often in order already: by insertion. */
function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object);
  if (keys.length > KEYS_FEW) return keys.sort(byCodeUnit);
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let j = i - 1;
    for (; j >= 0 && (keys[j] as string) > key; j--) keys[j + 1] = keys[j] as string;
    keys[j + 1] = key;
  }
  return keys;
}
const KEYS_FEW = 32;

/** Keys are few and come again and again; beyond this many they are quoted each time. */
const QUOTED_MAX = 1_024;
const quotedKeys = new Map<string, string>();
function quoted(key: string): string {
  const known = quotedKeys.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(key);
  if (quotedKeys.size < QUOTED_MAX) quotedKeys.set(key, text);
  return text;
}

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));
export const sha256Bytes = (bytes: Uint8Array): Uint8Array => sha256(bytes);

/** A derived id: the first 128 bits of SHA-256 over the length-prefixed parts, in hex. The same parts give the same id everywhere. */
export function derivedId(...parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${part.length}:${part}`;
  return bytesToHex(sha256(utf8Encode(text)).subarray(0, 16));
}
