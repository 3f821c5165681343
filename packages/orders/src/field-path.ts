// What zod found, as errors of ours: the path in the words of the input, `rules[2].zone.coordinates[0][17]`, and the vertex.
import type { FieldError } from '@vigie/model';
import type { z } from 'zod';

/** Problems beyond this are not listed. */
const FIELD_ERRORS_MAX = 50;

export function fieldErrors(error: z.ZodError, input: unknown): FieldError[] {
  const found: FieldError[] = [];
  for (const issue of error.issues) flatten(issue, issue.path, found);
  return found.slice(0, FIELD_ERRORS_MAX).map((e) => withoutInput(e, input));
}

interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** Of the alternatives of a union, the one that came furthest says what is wrong. */
function flatten(issue: Issue, path: readonly PropertyKey[], into: FieldError[]): void {
  const branches = issue.code === 'invalid_union' ? (issue.errors ?? []).filter((b) => b.length > 0) : [];
  if (branches.length > 0) {
    const deepest = (branch: readonly Issue[]): number => Math.max(...branch.map((i) => i.path.length));
    const best = branches.reduce((a, b) => (deepest(b) > deepest(a) ? b : a));
    for (const inner of best) flatten(inner, [...path, ...inner.path], into);
    return;
  }
  const last = path.at(-1);
  const inRing = path.includes('coordinates') || path.includes('line');
  const vertexAt = inRing ? vertexIndex(path) : undefined;
  into.push({
    field: formatPath(path),
    reason: issue.message.charAt(0).toLowerCase() + issue.message.slice(1),
    ...(vertexAt !== undefined ? { vertex: vertexAt } : typeof last === 'number' && inRing ? { vertex: last } : {}),
  });
}

/** In `coordinates[0][17][1]` the vertex is 17: the number before the component. */
function vertexIndex(path: readonly PropertyKey[]): number | undefined {
  const numbers = path.slice(path.findIndex((p) => p === 'coordinates' || p === 'line') + 1);
  const isLine = path.includes('line');
  const at = isLine ? numbers[0] : numbers.length >= 3 ? numbers[numbers.length - 2] : numbers[1];
  return typeof at === 'number' ? at : undefined;
}

export const formatPath = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('');

const withoutInput = (error: FieldError, input: unknown): FieldError =>
  error.field === '' && (typeof input !== 'object' || input === null)
    ? { ...error, reason: 'must be an object' }
    : error;
