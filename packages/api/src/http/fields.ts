// Zod's issues as problem fields: `rules[2].zone.coordinates[0]`, and the vertex where there is one.
import type { FieldError } from '@vigie/model';
import type { core } from 'zod';

/** More than this helps nobody, and a hostile body could make millions. */
const FIELD_ERRORS_MAX = 20;

export function fieldErrors(issues: readonly core.$ZodIssue[]): FieldError[] {
  return issues.slice(0, FIELD_ERRORS_MAX).map((issue) => {
    const deepest = deepestOf(issue);
    const vertex = vertexOf(deepest.path);
    return {
      field: fieldPath(deepest.path) || 'body',
      reason: deepest.message,
      ...(vertex === undefined ? {} : { vertex }),
    };
  });
}

/** Of a union the alternative that got furthest says best what is wrong. */
function deepestOf(issue: core.$ZodIssue): { path: readonly PropertyKey[]; message: string } {
  let best = { path: issue.path as readonly PropertyKey[], message: issue.message };
  if (issue.code !== 'invalid_union') return best;
  for (const alternative of issue.errors)
    for (const inner of alternative) {
      const deep = deepestOf({ ...inner, path: [...issue.path, ...inner.path] });
      if (deep.path.length > best.path.length) best = deep;
    }
  return best;
}

function fieldPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`;
  return text;
}

/** `coordinates[ring][vertex]`, `coordinates[polygon][ring][vertex][axis]`, `line[vertex]`. */
function vertexOf(path: readonly PropertyKey[]): number | undefined {
  const at = path.findIndex((part) => part === 'coordinates' || part === 'line');
  if (at < 0) return undefined;
  const below = path.length - at - 1;
  const index = path[at + (path[at] === 'line' ? 1 : below >= 4 ? 3 : 2)];
  return typeof index === 'number' ? index : undefined;
}
