import type { ApiPorts } from '../ports.ts';
import { type Principal, sha256 } from '../tokens.ts';

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** People and machines of the tokens file, and devices of running measures. */
export function authenticate(ports: ApiPorts, header: string | undefined): Principal | undefined {
  const token = BEARER.exec(header ?? '')?.[1];
  if (token === undefined) return undefined;
  const hash = sha256(token);
  const known = ports.tokens.find(hash, ports.nowMs());
  if (known !== undefined) return known;
  const device = ports.replica.deviceByTokenHash(hash.toString('hex'));
  return device === undefined ? undefined : { subject: device.deviceId, role: 'device', authority: null };
}
