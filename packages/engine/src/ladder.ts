// Escalation: while nobody acknowledges an incident, the next level of people is told when its time has come. The times are those of
// the order in force at the raising, so they are part of the incident; a level's moment is log time, and a timer of the case.
import {
  type Escalation,
  ESCALATION_S_MAX,
  HARM,
  HARMS,
  type IncidentKind,
  LADDER,
  type Lane,
  type LogTimeUs,
  logTimeUs,
} from '@vigie/model';
import type { IncidentRecord } from './incident-record.ts';

export interface Ladder {
  /** Seconds after `fromUs` of each level. */
  readonly afterS: readonly number[];
  /** The raising, or the latest reopening. */
  readonly fromUs: LogTimeUs;
  /** 1; each reopening begins the next. */
  readonly climb: number;
  /** How many levels have been told in this climb. */
  readonly level: number;
}

/** Of an incident raised now; none where nobody is called. */
export function ladderAt(
  escalation: Escalation | undefined,
  kind: IncidentKind,
  lane: Lane,
  now: LogTimeUs,
): Ladder | undefined {
  const harm = HARM[kind];
  if (escalation === undefined || harm === undefined || lane !== 'live') return undefined;
  const afterS = escalation[harm];
  return afterS.length === 0 ? undefined : { afterS, fromUs: now, climb: 1, level: 0 };
}

/** Who is no longer near needs no patrol, but what was near a protected person must be looked at: up to the supervisor. */
const LEVELS_AFTER_CLOSE = LADDER.indexOf('police');

/** Set aside now, as far as timers know: when it ends, its timer takes it off. */
export const isShelved = (r: IncidentRecord): boolean => r.shelf?.approvedBy !== undefined;

/** Log time at which the next level is told; Infinity = none will be, as things stand. */
export function climbDueUs(r: IncidentRecord): number {
  const { ladder } = r;
  if (ladder === undefined || isShelved(r) || r.status !== 'raised' || r.certainty !== 'raised')
    return Number.POSITIVE_INFINITY;
  const afterS = ladder.afterS[ladder.level];
  const levels = r.closedAtMs < 0 ? ladder.afterS.length : HARM[r.kind] === 'danger' ? LEVELS_AFTER_CLOSE : 0;
  return afterS === undefined || ladder.level >= levels ? Number.POSITIVE_INFINITY : ladder.fromUs + afterS * 1_000_000;
}

/** Tells every level that is due; true if there was one. */
export function climb(r: IncidentRecord, now: LogTimeUs): boolean {
  let climbed = false;
  while (climbDueUs(r) <= now) {
    const ladder = r.ladder as Ladder;
    r.ladder = { ...ladder, level: ladder.level + 1 };
    climbed = true;
  }
  return climbed;
}

export function climbAnew(r: IncidentRecord, now: LogTimeUs): void {
  if (r.ladder !== undefined) r.ladder = { ...r.ladder, fromUs: now, climb: r.ladder.climb + 1, level: 0 };
}

export const nextClimbAt = (r: IncidentRecord): LogTimeUs | undefined => {
  const dueUs = climbDueUs(r);
  return dueUs === Number.POSITIVE_INFINITY ? undefined : logTimeUs(dueUs);
};

/** What the fold believes of a recorded order. */
export const isEscalation = (value: unknown): value is Escalation =>
  typeof value === 'object' &&
  value !== null &&
  HARMS.every((harm) => {
    const list: unknown = (value as Readonly<Record<string, unknown>>)[harm];
    return (
      Array.isArray(list) &&
      list.length <= LADDER.length &&
      list.every(
        (s: unknown, i) =>
          Number.isSafeInteger(s) &&
          (s as number) > ((i === 0 ? 0 : list[i - 1]) as number) &&
          (s as number) <= ESCALATION_S_MAX,
      )
    );
  });
