// World errors are values with a kind from this closed list; HTTP numbers appear only in `api`. Kinds are metric names:
// renaming one is a decision. A programmer error throws and stops the process.
export const ERROR_KINDS = {
  'invalid-input': { sentence: 'The input is not what this operation takes.', definite: true, level: 'info' },
  'not-found': { sentence: 'There is no such thing, or it is not yours to see.', definite: true, level: 'info' },
  unauthenticated: { sentence: 'No valid token was given.', definite: true, level: 'warn' },
  forbidden: { sentence: 'This token may not do that.', definite: true, level: 'warn' },
  'mode-passive': { sentence: 'A passive measure has no live position.', definite: true, level: 'info' },
  'measure-ended': { sentence: 'The measure has ended and is no longer monitored.', definite: true, level: 'info' },
  'revision-stale': {
    sentence: 'The order was changed by somebody else in the meantime.',
    definite: true,
    level: 'info',
  },
  'step-forbidden': {
    sentence: 'The incident is in a state that does not allow this step.',
    definite: true,
    level: 'info',
  },
  'already-exists': { sentence: 'There is one with this id already.', definite: true, level: 'info' },
  'idempotency-mismatch': {
    sentence: 'The Idempotency-Key was used before with another body.',
    definite: true,
    level: 'warn',
  },
  'position-unreachable': {
    sentence: 'The asked position lies at a site that cannot be reached now.',
    definite: true,
    level: 'warn',
  },
  'position-voided': {
    sentence: 'The cursor points into a branch of the log that was voided.',
    definite: true,
    level: 'warn',
  },
  internal: { sentence: 'The site has made a mistake; it is in its log.', definite: false, level: 'error' },
  overloaded: { sentence: 'A named bound is reached; try again later.', definite: true, level: 'warn' },
  starting: {
    sentence: 'This site is starting and still reads its log; the other site answers.',
    definite: true,
    level: 'info',
  },
  'site-left': {
    sentence: 'This site was taken out of service for maintenance; the other site answers.',
    definite: true,
    level: 'info',
  },
  'membership-refused': {
    sentence: 'As the two sites stand to each other now, this cannot be done.',
    definite: true,
    level: 'warn',
  },
  'switch-refused': {
    sentence: 'This switch of a rule cannot be asked for or approved as things stand.',
    definite: true,
    level: 'warn',
  },
  'log-unreachable': {
    sentence: 'The log server did not answer; the entry may or may not be stored.',
    definite: false,
    level: 'error',
  },
  'store-unavailable': {
    sentence: 'The database is not reachable; reads wait, detection goes on.',
    definite: false,
    level: 'error',
  },
  'disk-full': { sentence: 'The disk that holds the log is full; nothing was stored.', definite: true, level: 'error' },
  'key-missing': { sentence: 'The key of a measure is not held here.', definite: false, level: 'error' },
  'newer-format': {
    sentence: 'The log was written in a newer format: this program must be upgraded before it can go on.',
    definite: true,
    level: 'error',
  },
  'malformed-entry': { sentence: 'An entry of the log cannot be read.', definite: true, level: 'error' },
} as const satisfies Record<string, { sentence: string; definite: boolean; level: 'info' | 'warn' | 'error' }>;

export type ErrorKind = keyof typeof ERROR_KINDS;

/** A problem with one field of an input. `field` is a path like `rules[2].zone.coordinates`; `vertex` counts from 0. */
export interface FieldError {
  readonly field: string;
  readonly reason: string;
  readonly vertex?: number;
  /** From a closed list, for pages in other languages: of zones, geo's `ZoneProblemCode`. */
  readonly code?: string;
  /** Of the rule in which the field lies, as it was written. */
  readonly ruleId?: string;
}

export interface WorldError {
  readonly kind: ErrorKind;
  readonly detail: string;
  readonly fields?: readonly FieldError[];
  readonly cause?: unknown;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WorldError };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (
  kind: ErrorKind,
  detail: string,
  more: { fields?: readonly FieldError[]; cause?: unknown } = {},
): { readonly ok: false; readonly error: WorldError } => ({ ok: false, error: { kind, detail, ...more } });

/** Programmer errors: the process stops, because going on would make the state untrue. */
export function assert(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${typeof message === 'string' ? message : message()}`);
}

export function must<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new Error(`assertion failed: ${message}`);
  return value;
}

export function unreachable(value: never): never {
  throw new Error(`assertion failed: unreachable value ${JSON.stringify(value)}`);
}
