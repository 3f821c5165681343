// SHA-256 in hex, the native one, because a busy second has thousands of cases. Of a case's bytes it is what `Engine.caseDigest` gives.
import { createHash } from 'node:crypto';

export const digestBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Undefined: the case does not exist. */
export const caseDigest = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : digestBytes(bytes);
