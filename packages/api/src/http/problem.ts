// Answers that are not success: problem documents (RFC 9457). This is the only place that turns a kind into an HTTP number.
import { ERROR_KINDS, type ErrorKind, type FieldError, type WorldError } from '@vigie/model';
import type { Holder, Problem } from '../contract.ts';

const STATUS = {
  'invalid-input': 422,
  'not-found': 404,
  unauthenticated: 401,
  forbidden: 403,
  'mode-passive': 403,
  'measure-ended': 409,
  'revision-stale': 412,
  'step-forbidden': 409,
  'already-exists': 409,
  'idempotency-mismatch': 422,
  'position-unreachable': 503,
  'position-voided': 410,
  overloaded: 503,
  starting: 503,
  'site-left': 503,
  'membership-refused': 409,
  'switch-refused': 409,
  'log-unreachable': 503,
  'store-unavailable': 503,
  'disk-full': 507,
  'key-missing': 503,
  'malformed-entry': 500,
  'newer-format': 503,
  internal: 500,
} as const satisfies Record<ErrorKind, number>;

/** Seconds until it is worth asking again. */
const RETRY_AFTER_S = 2;

export const problemType = (kind: ErrorKind): string => `urn:vigie:problem:${kind}`;

export interface ProblemMore {
  readonly detail?: string | undefined;
  readonly fields?: readonly FieldError[] | undefined;
  readonly heldBy?: Holder | undefined;
  readonly resumeFrom?: string | undefined;
  /** Base URL of the site that answers instead. */
  readonly ask?: string | undefined;
  /** Where another number says it better than the kind's own: 400 for what cannot be parsed, 413 for what is too large. */
  readonly status?: 400 | 405 | 406 | 413 | 428 | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export function problem(kind: ErrorKind, more: ProblemMore = {}): Response {
  const status = more.status ?? STATUS[kind];
  const body: Problem = {
    type: problemType(kind),
    title: ERROR_KINDS[kind].sentence,
    status,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
    ...(more.fields === undefined ? {} : { fields: more.fields }),
    ...(more.heldBy === undefined ? {} : { heldBy: more.heldBy }),
    ...(more.resumeFrom === undefined ? {} : { resumeFrom: more.resumeFrom }),
    ...(more.ask === undefined ? {} : { ask: more.ask }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(status === 503 || status === 507 ? { 'Retry-After': String(RETRY_AFTER_S) } : {}),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...more.headers,
    },
  });
}

/** The detail of a world error is for people who run the site unless it says what was wrong with the input. */
export const problemOf = (error: WorldError, headers?: Readonly<Record<string, string>>): Response =>
  problem(error.kind, {
    ...(error.kind === 'invalid-input' ? { detail: error.detail } : {}),
    fields: error.fields,
    headers,
  });

export const badQuery = (fields: readonly FieldError[]): Response => problem('invalid-input', { status: 400, fields });
