// An event on its way to people, and whom it concerns.
import { type EventType, HARM, type IncidentKind, type Lane, type SiteId } from '@vigie/model';
import type { Receiver } from './receivers.ts';

export interface Alarm {
  /** `<incidentId>/<step>`, the same at both sites and at every try: receivers know a repetition by it. */
  readonly id: string;
  readonly incidentId: string;
  readonly step: string;
  readonly type: EventType;
  /** Of `escalated`: 1 to 4. */
  readonly level: number;
  readonly kind: IncidentKind;
  readonly ruleId: string;
  readonly lane: Lane;
  readonly measure: string;
  readonly authority: string;
  /** The site whose entry the event is: it delivers at once. */
  readonly site: SiteId;
  /** Of a person's step: the subject of the token. */
  readonly by?: string;
  /** Log time of the event, ms. */
  readonly atMs: number;
}

/** @param reached the highest level that the incident has been escalated to */
export function concerns(receiver: Receiver, alarm: Alarm, reached: number): boolean {
  const { authorities, levels, follow, kinds, id, channel } = receiver;
  if (authorities !== '*' && !(authorities as readonly string[]).includes(alarm.authority)) return false;
  if (!(kinds === undefined ? channel === 'webhook' || HARM[alarm.kind] !== undefined : kinds.includes(alarm.kind)))
    return false;
  // Who cannot be reached is not told so, at least not in this way.
  if (alarm.ruleId === `dispatch/${id}`) return false;
  if (alarm.type === 'early') return levels.includes(0) && alarm.lane !== 'retrospective';
  if (alarm.type === 'escalated') return levels.includes(alarm.level);
  if (!(follow as readonly EventType[]).includes(alarm.type)) return false;
  return alarm.lane !== 'retrospective' && levels.some((level) => level <= reached);
}
