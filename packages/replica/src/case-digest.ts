// SHA-256 (hex) of a case's exact bytes, as `Engine.caseDigest` gives it; the native one, because a busy second has thousands.
import { createHash } from 'node:crypto';

export const caseDigest = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
