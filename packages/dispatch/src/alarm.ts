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
  /** In whose territory the person is; absent: not known, or abroad. */
  readonly canton?: string;
  /** The site whose entry the event is: it delivers at once. */
  readonly site: SiteId;
  /** Of a person's step: the subject of the token. */
  readonly by?: string;
  /** Log time of the event, ms. */
  readonly atMs: number;
}

/**
 * @param reached the highest level that the incident has been escalated to
 * @param isTold the receiver was told something of this incident: what follows is for it too, wherever the person is by now
 */
export function concerns(receiver: Receiver, alarm: Alarm, reached: number, isTold: boolean): boolean {
  const { authorities, cantons, levels, follow, kinds, id, channel } = receiver;
  if (authorities !== '*' && !(authorities as readonly string[]).includes(alarm.authority)) return false;
  const isCall = alarm.type === 'early' || alarm.type === 'escalated';
  const isThere = cantons === undefined || (cantons as readonly string[]).includes(alarm.canton ?? alarm.authority);
  if (!isThere && (isCall || !isTold)) return false;
  if (!(kinds === undefined ? channel === 'webhook' || HARM[alarm.kind] !== undefined : kinds.includes(alarm.kind)))
    return false;
  // Who cannot be reached is not told so, at least not in this way.
  if (alarm.ruleId === `dispatch/${id}`) return false;
  if (alarm.type === 'early') return levels.includes(0) && alarm.lane !== 'retrospective';
  if (alarm.type === 'escalated') return levels.includes(alarm.level);
  if (!(follow as readonly EventType[]).includes(alarm.type)) return false;
  return alarm.lane !== 'retrospective' && levels.some((level) => level <= reached);
}
