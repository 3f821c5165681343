// An incident as clients see it, from a row or from the live fold: one shape, one text, wherever it is shown.
import { HARM, type Reason, type ReasonFix, type SiteId } from '@vigie/model';
import { type IncidentRecord, type StepRecord, incidentFacts } from '@vigie/projections';
import type {
  Certainty,
  DeliveryView,
  IncidentDetail,
  IncidentView,
  Language,
  ReasonView,
  StepView,
} from '../contract.ts';
import type { ApiPorts, ReplicaPort } from '../ports.ts';
import { sentencesOf } from './language.ts';
import { instantMs, instantUs } from './time.ts';

export type LiveCase = NonNullable<ReturnType<ReplicaPort['caseView']>>;
export type LiveIncident = LiveCase['incidents'][number];

type ViewPorts = Pick<ApiPorts, 'sentence' | 'replica'>;

export function incidentView(ports: ViewPorts, record: IncidentRecord, language: Language): IncidentView {
  const { settledT } = ports.replica.status();
  const provisional = record.provisional || (record.newestStepUs ?? 0) > settledT;
  const { heldBy } = record;
  const live = liveOf(ports, record);
  const aloneSince = aloneSinceUs(ports);
  const isAlone = !provisional && Math.max(live?.raisedAt ?? 0, record.newestStepUs ?? 0) >= aloneSince;
  return {
    incidentId: record.incidentId,
    aliases: record.aliases,
    caseId: record.caseId,
    authority: record.authority,
    ruleId: record.ruleId,
    kind: record.kind,
    status: record.status,
    certainty: certaintyOf(record.standing, record.provisional),
    lane: record.lane,
    priority: record.priority,
    openedAt: instantMs(record.openedAtMs),
    closedAt: record.closedAtMs === null ? null : instantMs(record.closedAtMs),
    provisional,
    ...(isAlone ? { alone: true } : {}),
    step: record.step,
    signals: record.signals,
    // A shelf ends with resolving.
    shelf: record.status === 'resolved' ? null : shelfView(live?.shelf),
    ...(live?.place === undefined ? {} : { place: live.place }),
    mayShelve: HARM[record.kind] !== 'danger',
    heldBy: heldBy === null ? null : { subject: heldBy.subject, site: heldBy.site, at: instantUs(heldBy.tUs) },
    reason: reasonView(ports, record.reason, language),
  };
}

const liveOf = (ports: ViewPorts, { measure, incidentId }: IncidentRecord): LiveIncident | undefined => {
  const live = ports.replica.caseView(measure);
  return live === undefined ? undefined : findLive(live, incidentId);
};

/** Log time from which on what this site settles lies on its disk only; infinite while the other site is a part of it. */
const aloneSinceUs = ({ replica }: Pick<ApiPorts, 'replica'>): number => replica.aloneSince ?? Number.POSITIVE_INFINITY;

const shelfView = (shelf: LiveIncident['shelf']): IncidentView['shelf'] =>
  shelf === undefined
    ? null
    : { until: instantUs(shelf.untilUs), askedBy: shelf.askedBy, approvedBy: shelf.approvedBy ?? null };

export function incidentDetail(
  ports: ViewPorts,
  record: IncidentRecord,
  steps: readonly StepRecord[],
  language: Language,
): IncidentDetail {
  const { escalation, deliveries } = liveOf(ports, record) ?? {};
  return {
    ...incidentView(ports, record, language),
    steps: steps.map((step) => stepView(ports, step)),
    escalation:
      escalation === undefined
        ? null
        : { level: escalation.level, nextAt: escalation.nextAt === undefined ? null : instantUs(escalation.nextAt) },
    deliveries: (deliveries ?? []).map(deliveryView),
  };
}

const deliveryView = (delivery: NonNullable<LiveIncident['deliveries']>[number]): DeliveryView => {
  const { step, receiver, channel, site, turn, attemptAt, outcome = 'under_way', outcomeAt } = delivery;
  return {
    step,
    receiver,
    channel,
    site,
    turn,
    at: instantUs(attemptAt),
    outcome,
    outcomeAt: outcomeAt === undefined ? null : instantUs(outcomeAt),
  };
};

export function stepView(ports: Pick<ApiPorts, 'replica'>, step: StepRecord): StepView {
  const settled = step.tUs <= ports.replica.status().settledT;
  return {
    step: step.step,
    kind: step.type,
    at: instantUs(step.tUs),
    site: step.site,
    by: step.by,
    ...(step.note === null ? {} : { note: step.note }),
    ...(step.code === null ? {} : { code: step.code }),
    settled,
    ...(settled && step.tUs >= aloneSinceUs(ports) ? { alone: true } : {}),
  };
}

/** An entry just read: the fold does not keep at which site it was written. */
export interface Said {
  readonly tUs: number;
  readonly site: SiteId;
}

export function liveRecord(view: LiveCase, incident: LiveIncident, said?: Said): IncidentRecord {
  const held = incident.history.findLast((done) => done.step === 'acknowledge' && done.by === incident.heldBy);
  return {
    ...incidentFacts(view, incident),
    aliases: incident.aliases,
    reason: incident.reason,
    heldBy:
      incident.heldBy === undefined
        ? null
        : {
            subject: incident.heldBy,
            tUs: held?.t ?? 0,
            site: held !== undefined && held.t === said?.tUs ? said.site : null,
          },
    step: incident.published.length + incident.history.length,
    newestStepUs: incident.history.at(-1)?.t ?? null,
  };
}

/** By its id or one that it once had (D2). */
export const findLive = (view: LiveCase, incidentId: string): LiveIncident | undefined =>
  view.incidents.find((one) => one.incidentId === incidentId) ??
  view.incidents.find((one) => one.aliases.includes(incidentId));

function certaintyOf(standing: IncidentRecord['standing'], provisional: boolean): Certainty {
  if (standing === 'withdrawn' || standing === 'refuted') return standing;
  return provisional ? 'early' : 'confirmed';
}

function reasonView(ports: Pick<ApiPorts, 'sentence'>, reason: Reason, language: Language): ReasonView {
  const sentence = sentencesOf(ports, reason);
  return {
    ruleId: reason.rule,
    ruleVersion: String(reason.version),
    code: reason.code,
    values: reason.values,
    sentence,
    text: sentence[language],
    fixes: reason.fixes.map(fixView),
  };
}

const fixView = (fix: ReasonFix): ReasonView['fixes'][number] => ({
  deviceId: fix.deviceId,
  at: instantMs(fix.atMs),
  ...(fix.latE7 === undefined || fix.lonE7 === undefined ? {} : { lat: fix.latE7 / 1e7, lon: fix.lonE7 / 1e7 }),
  accuracyM: (fix.accuracyMm ?? 0) / 1000,
  ...(fix.distanceMm === undefined ? {} : { distanceM: fix.distanceMm / 1000 }),
});
