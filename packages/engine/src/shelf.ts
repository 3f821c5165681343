// Shelving (IEC 62682): an incident that can wait is set aside for a limited time, with a reason, by one person and approved by another.
// While it lies there nobody is called for it; it stays visible, and it comes back by itself.
import { HARM, type IncidentStep, type LogTimeUs, SHELF_APPROVAL_MS_MAX, SHELF_MS_MAX, logTimeUs } from '@vigie/model';
import { climbAnew, isShelved } from './ladder.ts';
import type { IncidentRecord } from './incident-record.ts';

export interface Shelf {
  readonly untilUs: LogTimeUs;
  readonly askedBy: string;
  readonly askedAt: LogTimeUs;
  /** Absent: only asked for, the incident rings as before. */
  readonly approvedBy?: string;
}

/** Log time at which a shelf ends by itself; Infinity = none runs. */
export const shelfDueUs = ({ shelf }: IncidentRecord): number =>
  shelf?.approvedBy === undefined ? Number.POSITIVE_INFINITY : shelf.untilUs;

/** It is back, and whoever should be called is called from now on. */
export function endShelf(r: IncidentRecord, now: LogTimeUs): void {
  delete r.shelf;
  if (r.status === 'raised') climbAnew(r, now);
}

/** Takes a step of shelving; false: it is not allowed, and nothing has changed. */
export function stepShelf(r: IncidentRecord, s: IncidentStep, now: LogTimeUs): boolean {
  if (s.step === 'shelve') return ask(r, s, now);
  if (s.step === 'approve') return approve(r, s.by, now);
  if (s.step === 'unshelve') return takeBack(r, now);
  return true;
}

function takeBack(r: IncidentRecord, now: LogTimeUs): boolean {
  if (r.shelf === undefined) return false;
  if (isShelved(r)) endShelf(r, now);
  else delete r.shelf;
  return true;
}

function ask(r: IncidentRecord, { untilMs, by, note }: IncidentStep, now: LogTimeUs): boolean {
  if (untilMs === undefined || (note ?? '').trim() === '' || isShelved(r)) return false;
  // Where a person may be hurt nothing is set aside, by however many eyes.
  if (HARM[r.kind] === 'danger') return false;
  const untilUs = untilMs * 1000;
  if (untilUs <= now || untilUs > now + SHELF_MS_MAX * 1000) return false;
  r.shelf = { untilUs: logTimeUs(untilUs), askedBy: by, askedAt: now };
  return true;
}

function approve(r: IncidentRecord, by: string, now: LogTimeUs): boolean {
  const { shelf } = r;
  if (shelf === undefined || shelf.approvedBy !== undefined || shelf.askedBy === by) return false;
  if (now > shelf.askedAt + SHELF_APPROVAL_MS_MAX * 1000 || now >= shelf.untilUs) return false;
  r.shelf = { ...shelf, approvedBy: by };
  return true;
}
