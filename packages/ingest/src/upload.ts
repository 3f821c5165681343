// One upload's bytes into checked reports and refusals. Pure but for its arguments; one bad report never costs a good one.
import { isUtf8 } from 'node:buffer';
import { type FieldError, type Report, UPLOAD_REPORTS_MAX, checkReport } from '@vigie/model';
import { elementSpans, firstErrorOffset } from './json-scan.ts';

export interface RefusedReport extends FieldError {
  readonly index: number;
}

export type Upload =
  | {
      readonly kind: 'read';
      readonly deviceId: string;
      readonly reports: readonly Report[];
      readonly refused: readonly RefusedReport[];
    }
  | { readonly kind: 'not_json'; readonly offset: number; readonly reason: string }
  | { readonly kind: 'wrong_shape'; readonly field: string; readonly reason: string }
  | { readonly kind: 'foreign_device' }
  | { readonly kind: 'too_many'; readonly count: number };

const NO_REFUSALS: readonly RefusedReport[] = [];

/**
 * @param deviceId the device that the token names
 * @param nowMs the site's clock, for the bound on fix times ahead
 */
export function readUpload(bytes: Uint8Array, deviceId: string, nowMs: number): Upload {
  let body: unknown;
  if (!isUtf8(bytes)) return { kind: 'not_json', offset: firstBadUtf8(bytes), reason: 'is not UTF-8' };
  try {
    body = JSON.parse(textOf(bytes));
  } catch {
    return { kind: 'not_json', offset: firstErrorOffset(bytes) ?? bytes.length, reason: 'is not JSON' };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { kind: 'wrong_shape', field: 'body', reason: 'must be an object {"deviceId","reports"}' };
  const { deviceId: named, reports: inputs } = body as { deviceId?: unknown; reports?: unknown };
  if (typeof named !== 'string') return { kind: 'wrong_shape', field: 'deviceId', reason: 'must be a string' };
  if (named !== deviceId) return { kind: 'foreign_device' };
  if (!Array.isArray(inputs)) return { kind: 'wrong_shape', field: 'reports', reason: 'must be a list' };
  if (inputs.length > UPLOAD_REPORTS_MAX) return { kind: 'too_many', count: inputs.length };

  const reports: Report[] = [];
  let refused: RefusedReport[] | undefined;
  for (let index = 0; index < inputs.length; index++) {
    const verdict = checkReport(inputs[index], deviceId, nowMs);
    if (verdict.ok) reports.push(verdict.report);
    else (refused ??= []).push({ index, field: verdict.error.field, reason: verdict.error.reason });
  }
  return { kind: 'read', deviceId, reports, refused: refused ?? NO_REFUSALS };
}

/**
 * The raw bytes of each refused report, as the device sent them. Should the scanner ever find fewer reports than JSON.parse did,
 * the whole upload is kept once instead: a site must not fall over what a device wrote.
 */
export function rawOfRefused(bytes: Uint8Array, refused: readonly RefusedReport[]): readonly Uint8Array[] {
  const spans = elementSpans(bytes, 'reports');
  return refused.map(({ index }, i) => {
    const span = spans[index];
    if (span === undefined) return i === 0 ? bytes : NOTHING;
    return bytes.subarray(span.start, span.end);
  });
}

const NOTHING = new Uint8Array(0);

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** Length of the longest prefix that is UTF-8, by halving; a prefix may end inside a character of up to 4 bytes. */
function firstBadUtf8(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 8) {
    const middle = (good + bad) >>> 1;
    if ([0, 1, 2, 3].some((back) => isUtf8(bytes.subarray(0, middle - back)))) good = middle - 3;
    else bad = middle;
  }
  while (bad > 0 && !isUtf8(bytes.subarray(0, bad))) bad--;
  return bad;
}
