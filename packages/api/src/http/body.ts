// Reads a request's body within its bound, and says where it stops being JSON.
import { type Result, fail, ok } from '@vigie/model';
import { jsonErrorOffset, placeOf } from './json-place.ts';
import { problem } from './problem.ts';

/** A court order with zones of 10,000 vertices is about half of this. */
const BODY_BYTES_MAX = 2_000_000;
/** Deeper than any order; beyond it a schema would be walked for nothing. */
const DEPTH_MAX = 64;

export type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly response: Response };

export async function readBytes(request: Request, bytesMax: number): Promise<Result<Uint8Array>> {
  const tooLarge = fail('invalid-input', `the body is larger than ${bytesMax} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) return tooLarge;
  if (request.body === null) return ok(new Uint8Array(0));
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body) {
    size += part.byteLength;
    if (size > bytesMax) return tooLarge;
    parts.push(part);
  }
  return ok(Buffer.concat(parts));
}

/** An empty body reads as undefined. */
export async function readJson(request: Request, bytesMax = BODY_BYTES_MAX): Promise<Body> {
  const no = (reason: string, status: 400 | 413): Body => ({
    ok: false,
    response: problem('invalid-input', { status, fields: [{ field: 'body', reason }] }),
  });
  const bytes = await readBytes(request, bytesMax);
  if (!bytes.ok) return no(`is larger than ${bytesMax} bytes`, 413);
  if (bytes.value.length === 0) return { ok: true, value: undefined };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.value);
  } catch {
    return no('is not UTF-8', 400);
  }
  try {
    const value: unknown = JSON.parse(text);
    return depth(value) > DEPTH_MAX ? no(`is nested deeper than ${DEPTH_MAX} levels`, 400) : { ok: true, value };
  } catch {
    return no(`is not JSON: ${placeOf(text, jsonErrorOffset(text))}`, 400);
  }
}

/** Stops counting past the bound, so that a deep body cannot exhaust the stack. */
function depth(value: unknown, level = 1): number {
  if (typeof value !== 'object' || value === null || level > DEPTH_MAX) return level;
  let deepest = level;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depth(inner, level + 1));
  return deepest;
}
