// Who a bearer token is. The file holds only SHA-256 sums, so that it gives nobody access; sums are compared in constant time.
import { createHash, timingSafeEqual } from 'node:crypto';
import { CANTONS, type Canton, type Result, fail, ok, parseRfc3339 } from '@vigie/model';
import type { Authority } from '@vigie/projections';

const ROLES = ['operator', 'sre', 'auditor', 'canton'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** Written into the log with what this token does: `operator`, `canton-JU`, or a name given in the file. */
  readonly subject: string;
  readonly role: Role | 'device';
  /** What it may see; null for a device, which sees nothing. */
  readonly authority: Authority | null;
  /** Milliseconds since the Unix epoch; from then on the token is none. Absent: it does not expire by itself. */
  readonly expiresMs?: number | undefined;
}

interface Known {
  readonly hash: Buffer;
  readonly principal: Principal;
}

const TOKENS_MAX = 10_000;

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

export class TokenTable {
  readonly #known: readonly Known[];

  constructor(known: readonly Known[]) {
    this.#known = known;
  }

  /** Walks the whole table whatever it finds. */
  find(hash: Buffer, nowMs: number): Principal | undefined {
    let found: Principal | undefined;
    for (const known of this.#known) if (timingSafeEqual(known.hash, hash)) found = known.principal;
    return found !== undefined && expiryOf(found) > nowMs ? found : undefined;
  }

  /** Whose tokens are good beyond that moment. */
  outliving(ms: number): readonly string[] {
    return this.#known.filter(({ principal }) => expiryOf(principal) > ms).map(({ principal }) => principal.subject);
  }
}

/** `{"tokens":[{"sha256":HEX,"role":"operator"|"sre"|"auditor"|"canton","canton"?:"JU","subject"?,"expires"?:RFC 3339}]}` */
export function readTokens(text: string): Result<TokenTable> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    return fail('invalid-input', 'the tokens file is not JSON', { cause });
  }
  const tokens = (file as { tokens?: unknown } | null)?.tokens;
  if (!Array.isArray(tokens) || tokens.length > TOKENS_MAX)
    return fail('invalid-input', `the tokens file must hold a list "tokens" of at most ${TOKENS_MAX}`);
  const known: Known[] = [];
  for (const [i, token] of tokens.entries()) {
    const { sha256: sum, role, canton, subject, expires } = (token ?? {}) as Record<string, unknown>;
    const bad = (reason: string) => fail('invalid-input', `tokens[${i}] of the tokens file ${reason}`);
    if (typeof sum !== 'string' || !/^[0-9a-f]{64}$/.test(sum)) return bad('has no sha256 of 64 hex digits');
    if (!(ROLES as readonly unknown[]).includes(role)) return bad(`has a role other than ${ROLES.join(', ')}`);
    if (role === 'canton' && !(CANTONS as readonly unknown[]).includes(canton)) return bad('names no canton');
    if (subject !== undefined && typeof subject !== 'string') return bad('has a subject that is not text');
    const expiresMs = timeOf(expires);
    if (expires !== undefined && expiresMs === undefined) return bad('has an "expires" that is no RFC 3339 date-time');
    const authority: Authority = role === 'canton' ? (canton as Canton) : '*';
    const name = subject ?? (role === 'canton' ? `canton-${String(canton)}` : String(role));
    const principal = { subject: name, role: role as Role, authority, expiresMs };
    known.push({ hash: Buffer.from(sum, 'hex'), principal });
  }
  return ok(new TokenTable(known));
}

const expiryOf = ({ expiresMs }: Principal): number => expiresMs ?? Number.POSITIVE_INFINITY;
const timeOf = (text: unknown): number | undefined => (typeof text === 'string' ? parseRfc3339(text) : undefined);
