// A published event as a CloudEvent. Its id and step are the entry's, the same at both sites; the incident is as it is now here.
import type { SiteId } from '@vigie/model';
import type { EventRecord, IncidentRecord } from '@vigie/projections';
import type { PublishedEvent } from '@vigie/replica';
import type { Language, VigieEvent } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import { findLive, incidentView, liveRecord, stepView } from './incident.ts';
import { instantUs } from './time.ts';

type EventPorts = Pick<ApiPorts, 'sentence' | 'replica'>;

interface Said {
  readonly site: SiteId;
  readonly incidentId: string;
  readonly step: string;
  readonly type: string;
  readonly tUs: number;
  readonly by: string | null;
  readonly note: string | null;
  readonly code: string | null;
}

/** From memory, as it is published. */
export function publishedEvent(ports: EventPorts, event: PublishedEvent, language: Language): VigieEvent {
  const { data } = event;
  return announcedEvent(ports, event.measure, language, {
    site: event.position.site,
    incidentId: data.incidentId,
    step: data.step,
    type: data.type,
    tUs: event.timeUs,
    by: data.by ?? null,
    note: data.note ?? null,
    code: data.code ?? null,
  });
}

/** What was said of an incident, with the incident as live has it now. */
export function announcedEvent(ports: EventPorts, measure: string, language: Language, said: Said): VigieEvent {
  const view = ports.replica.caseView(measure);
  const incident = view === undefined ? undefined : findLive(view, said.incidentId);
  const record = view === undefined || incident === undefined ? null : liveRecord(view, incident, said);
  return cloudEvent(ports, record, language, said);
}

/** From rows. */
export function storedEvent(ports: EventPorts, event: EventRecord, language: Language): VigieEvent {
  return cloudEvent(ports, event.incident, language, event);
}

function cloudEvent(ports: EventPorts, record: IncidentRecord | null, language: Language, said: Said): VigieEvent {
  return {
    specversion: '1.0',
    id: `${said.incidentId}/${said.step}`,
    source: `/sites/${said.site}`,
    type: `vigie.incident.${said.type}`,
    subject: said.incidentId,
    time: instantUs(said.tUs),
    datacontenttype: 'application/json',
    data: {
      incident: record === null ? null : incidentView(ports, record, language),
      step: stepView(ports, said),
    },
  };
}
