// SHA-256 in hex, the native one, because a busy second has thousands of cases. What heartbeats carry and courts compare is made of it;
// `Engine.digest` is the quick one, for within one version of the engine.
import { createHash } from 'node:crypto';

export const digestBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Undefined: the case does not exist. */
export const caseDigest = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : digestBytes(bytes);
