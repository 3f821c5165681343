// Canonical JSON: keys sorted by code unit, no white space, only finite numbers. Equal values give equal bytes, so hashes
// of them can be compared across sites and versions (in the spirit of RFC 8785).
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { assert } from './errors.ts';
import { byCodeUnit, utf8Encode } from './text.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'canonical JSON takes finite numbers only');
    return JSON.stringify(Object.is(value, -0) ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item as Json)).join(',')}]`;
  const object = value as { readonly [key: string]: Json | undefined };
  const parts: string[] = [];
  for (const key of Object.keys(object).sort(byCodeUnit)) {
    const item = object[key];
    if (item !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(item)}`);
  }
  return `{${parts.join(',')}}`;
}

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));
export const sha256Bytes = (bytes: Uint8Array): Uint8Array => sha256(bytes);

/** A derived id: the first 128 bits of SHA-256 over the length-prefixed parts, in hex. The same parts give the same id everywhere. */
export function derivedId(...parts: readonly string[]): string {
  return sha256Hex(utf8Encode(parts.map((part) => `${part.length}:${part}`).join(''))).slice(0, 32);
}
