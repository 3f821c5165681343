// Answers that are not 200: problem documents (RFC 9457) whose `type` ends with a kind of the model's closed list.
import type { ServerResponse } from 'node:http';
import { ERROR_KINDS, type ErrorKind, type FieldError } from '@vigie/model';
import { RETRY_AFTER_S } from './limits.ts';

const STATUS = {
  'invalid-input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  overloaded: 503,
  starting: 503,
  'log-unreachable': 503,
  'key-missing': 503,
  'disk-full': 507,
} as const satisfies Partial<Record<ErrorKind, number>>;
export type IngestProblemKind = keyof typeof STATUS;

export interface ProblemMore {
  readonly detail?: string;
  readonly fields?: readonly FieldError[];
  /** Where another number says it better than the kind's own. */
  readonly status?: 405 | 413 | 415 | 422 | 400;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendProblem(res: ServerResponse, kind: IngestProblemKind, more: ProblemMore = {}): void {
  if (res.headersSent || res.destroyed) return;
  const status = more.status ?? STATUS[kind];
  const body = JSON.stringify({
    type: `urn:vigie:problem:${kind}`,
    title: ERROR_KINDS[kind].sentence,
    status,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
    ...(more.fields === undefined ? {} : { fields: more.fields }),
  });
  res.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...(status === 503 || status === 507 ? { 'retry-after': String(RETRY_AFTER_S) } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...more.headers,
  });
  res.end(body);
}
