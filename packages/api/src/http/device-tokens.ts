// Tokens of a new case's devices. With an Idempotency-Key they follow from the request, so that a client who lost the answer gets
// the same tokens again, at either site, although only their sums are kept.
import { createHmac, randomBytes } from 'node:crypto';
import type { NewCase } from '@vigie/model';
import { sha256 } from '../tokens.ts';

export interface DeviceTokens {
  readonly tokens: Readonly<Record<string, string>>;
  readonly hashes: ReadonlyMap<string, string>;
}

/** @param secret the same at both sites */
export function makeDeviceTokens(
  input: NewCase,
  key: string | undefined,
  subject: string,
  secret: string,
): DeviceTokens {
  const tokens: Record<string, string> = {};
  const hashes = new Map<string, string>();
  for (const { deviceId } of input.devices) {
    const token =
      key === undefined
        ? randomBytes(32).toString('base64url')
        : createHmac('sha256', secret)
            .update(JSON.stringify(['device-token', subject, key, input.authority, input.caseId, deviceId]))
            .digest('base64url');
    tokens[deviceId] = token;
    hashes.set(deviceId, sha256(token).toString('hex'));
  }
  return { tokens, hashes };
}
