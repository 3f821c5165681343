// Dispatch of one process of a site: packages/dispatch between the replica and receivers that are simulated.
import { type Alarm, Dispatch, type Sent, alarmOf, knownIncident, openAlarms } from '@vigie/dispatch';
import type { Incident } from '@vigie/engine';
import type { SiteLog } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { type Replica, ownerOf } from '@vigie/replica';
import type { Break } from './breaks.ts';
import type { Life } from './life.ts';
import { RECEIVERS, type Receivers } from './receivers.ts';

export interface TellingOptions {
  readonly site: SiteId;
  /** Which of the site's lives. */
  readonly number: number;
  readonly life: Life;
  readonly log: Pick<SiteLog, 'peer'>;
  readonly replica: Replica;
  readonly receivers: Receivers;
  readonly breaks: Break | undefined;
}

const isSilence = ({ kind, type }: Alarm): boolean => kind === 'silence' && type === 'early';

export function openTelling({ site, number, life, log, replica, receivers, breaks }: TellingOptions): Dispatch {
  const incidentOf = (measure: string, incidentId: string): Incident | undefined =>
    replica
      .caseView(measure)
      ?.incidents.find((one) => one.incidentId === incidentId || one.aliases.includes(incidentId));
  const post = (receiver: string, told: readonly { readonly alarm: Alarm }[]): Promise<Sent> =>
    life.promise((resolve) => {
      if (breaks === 'claims-delivered') return resolve({ taken: true });
      const alarms = told.map(({ alarm }) => alarm);
      receivers.post(site, number, receiver, alarms, resolve);
      if (breaks === 'sends-again') life.after(500, () => receivers.post(site, number, receiver, alarms, () => {}));
    });
  const dispatch = new Dispatch({
    site,
    time: life,
    receivers: RECEIVERS,
    joined: () => log.peer().joined,
    incident: (measure, incidentId) => {
      const incident = incidentOf(measure, incidentId);
      return incident === undefined ? undefined : knownIncident(incident);
    },
    message: (alarm) => {
      const incident = incidentOf(alarm.measure, alarm.incidentId);
      if (incident === undefined) return undefined;
      const sentence = { fr: '', de: '', it: '', en: '' };
      return { event: {}, caseId: alarm.measure, openedAtMs: incident.openedAtMs, sentence, url: '' };
    },
    append: (kind, marks) => replica.sayDispatch(kind, marks),
    note: () => {},
    // Silences come by the hundred here: all that come within the moment are told together.
    many: { mayBe: isSilence, isOne: isSilence },
    channels: { send: (to, told) => post(to.id, [told]), sendMany: (to, told) => post(to.id, told) },
  });
  /** Who goes by nobody but itself begins at once. */
  const mine = (alarm: Alarm): Alarm => (breaks === 'begins-at-both' ? { ...alarm, site } : alarm);
  void replica.whenSpeaking().then(() => {
    replica.onEvent((event) => dispatch.take(mine(alarmOf(event, incidentOf(event.measure, event.data.incidentId)))));
    replica.onDispatch((from, mark) => dispatch.read(from, mark));
    for (const measure of replica.measures()) {
      const view = replica.caseView(measure);
      if (view !== undefined) for (const alarm of openAlarms(view, ownerOf(view), 0)) dispatch.resume(alarm);
    }
  });
  return dispatch;
}
