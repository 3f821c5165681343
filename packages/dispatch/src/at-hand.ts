// From what a fold knows of cases and what is published of them to what there is to tell: alarms, and how far each has come.
import {
  type EventType,
  type IncidentKind,
  type IncidentPlace,
  type Lane,
  type LogTimeUs,
  type ReceiptOutcome,
  type SiteId,
  logTimeMs,
} from '@vigie/model';
import type { Alarm } from './alarm.ts';
import type { KnownIncident } from './outbox.ts';

/** An incident of the fold, as far as telling people of it goes. */
export interface IncidentAtHand {
  readonly incidentId: string;
  readonly ruleId: string;
  readonly kind: IncidentKind;
  readonly lane: Lane;
  readonly status: string;
  readonly certainty: string;
  readonly raisedAt: LogTimeUs;
  /** Steps of its events that have been applied to it. */
  readonly published: readonly string[];
  readonly escalation?: { readonly level: number };
  readonly deliveries?: readonly {
    readonly step: string;
    readonly receiver: string;
    readonly turn: number;
    readonly site: SiteId;
    readonly attemptAt: LogTimeUs;
    readonly outcome?: ReceiptOutcome;
  }[];
  readonly place?: IncidentPlace;
}
export interface CaseAtHand {
  readonly measure: string;
  readonly recorded: { readonly authority: string };
  readonly incidents: readonly IncidentAtHand[];
}
/** An event as it is published. */
export interface EventAtHand {
  readonly id: string;
  readonly measure: string;
  readonly authority: string;
  readonly position: { readonly site: SiteId };
  readonly timeUs: number;
  readonly data: Pick<Alarm, 'incidentId' | 'step' | 'type' | 'kind' | 'ruleId' | 'lane' | 'by'> & {
    readonly level?: number;
    readonly place?: IncidentPlace;
  };
}

export const alarmOf = (
  { id, data, measure, authority, position, timeUs }: EventAtHand,
  incident: Pick<IncidentAtHand, 'place'> | undefined,
): Alarm => ({
  id,
  incidentId: data.incidentId,
  step: data.step,
  type: data.type,
  level: data.level ?? 0,
  kind: data.kind,
  ruleId: data.ruleId,
  lane: data.lane,
  measure,
  authority,
  ...cantonOf(data.place ?? incident?.place),
  site: position.site,
  ...(data.by === undefined ? {} : { by: data.by }),
  atMs: timeUs / 1000,
});

const cantonOf = (place: IncidentPlace | undefined): Pick<Alarm, 'canton'> =>
  place === undefined || place.canton === null ? {} : { canton: place.canton };

const isUnanswered = ({ status, certainty }: IncidentAtHand): boolean => status === 'raised' && certainty === 'raised';

export const knownIncident = (incident: IncidentAtHand): KnownIncident => ({
  reached: incident.escalation?.level ?? 0,
  isUnanswered: isUnanswered(incident),
  deliveries: (incident.deliveries ?? []).map(({ attemptAt, ...delivery }) => ({
    ...delivery,
    attemptAtMs: logTimeMs(attemptAt),
  })),
});

/**
 * What may not have reached everybody when a process, or both, ended: begun and without receipt, or never begun and still unanswered.
 * @param owner the site that the case's latest report came by
 */
export function* openAlarms(view: CaseAtHand, owner: SiteId, sinceMs: number): Generator<Alarm> {
  for (const incident of view.incidents) {
    if (logTimeMs(incident.raisedAt) < sinceMs) continue;
    for (const step of incident.published) {
      const begun = incident.deliveries?.some((d) => d.step === step) === true;
      if (!begun && !(isUnanswered(incident) && /^(early|escalated\b)/.test(step))) continue;
      const [type = '', level = '0'] = step.split('.');
      yield {
        id: `${incident.incidentId}/${step}`,
        incidentId: incident.incidentId,
        step,
        type: type as EventType,
        level: type === 'escalated' ? Number(level) : 0,
        kind: incident.kind,
        ruleId: incident.ruleId,
        lane: incident.lane,
        measure: view.measure,
        authority: view.recorded.authority,
        ...cantonOf(incident.place),
        site: owner,
        atMs: logTimeMs(incident.raisedAt),
      };
    }
  }
}
