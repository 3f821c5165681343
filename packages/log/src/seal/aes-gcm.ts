// AES-256-GCM with a random 96-bit nonce: nonce, ciphertext, tag. The measure's id is authenticated with it, so that an item
// cannot be passed off as another measure's. A nonce is never used twice with one key: random, and far below 2^32 uses a key.
import { type KeyObject, createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

const OPENING = { authTagLength: TAG_BYTES };

/** Random bytes are drawn for many nonces at once: a call costs more than the bytes. */
const pool = Buffer.alloc(NONCE_BYTES * 1024);
let used = pool.length;

export function sealBytes(key: KeyObject, context: Uint8Array, plain: Uint8Array): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const sealed = Buffer.allocUnsafeSlow(plain.length + SEAL_BYTES);
  pool.copy(sealed, 0, used, used + NONCE_BYTES);
  pool.fill(0, used, used + NONCE_BYTES);
  used += NONCE_BYTES;
  const cipher = createCipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES)).setAAD(context);
  sealed.set(cipher.update(plain), NONCE_BYTES);
  cipher.final();
  sealed.set(cipher.getAuthTag(), NONCE_BYTES + plain.length);
  return sealed;
}

/** Undefined: not sealed with this key and context, or altered since. */
export function openBytes(key: KeyObject, context: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < SEAL_BYTES) return undefined;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), OPENING)
    .setAAD(context)
    .setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
  try {
    decipher.final();
  } catch {
    return undefined; // the tag does not fit: said by the value
  }
  return plain;
}
