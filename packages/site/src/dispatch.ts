// Dispatch as one part of a site: what the replica knows of incidents goes in, attempts and receipts go back into its log.
import { announcedEvent } from '@vigie/api';
import type { Incident } from '@vigie/engine';
import { sentence } from '@vigie/engine/reason';
import { type Alarm, Dispatch, type Message, alarmOf, knownIncident, openAlarms, readReceivers } from '@vigie/dispatch';
import type { Time } from '@vigie/log';
import type { Reason, SiteId } from '@vigie/model';
import { type SiteReplica, mayHurt, ownerOf } from '@vigie/replica';
import type { Note } from './operating-log.ts';

/** What was raised longer ago is not taken up at a start: it waits in the queue. */
const RESUME_MS = 24 * 3_600_000;
/** Cases looked at in one turn of the event loop, at a start: each costs some tens of microseconds. */
const CASES_PER_TURN = 200;

export interface SiteDispatchOptions {
  readonly site: SiteId;
  readonly receiversFile: string | undefined;
  readonly production: boolean;
  readonly publicUrl: string;
  /** The sites are one: each alarm is told once. */
  readonly joined: () => boolean;
  readonly replica: SiteReplica;
  /** A silence that is one of a mass silence. */
  readonly wasOneOfMany: (incidentId: string) => boolean;
  readonly time: Time;
  readonly note: Note;
}

/** Throws when the file of receivers is not what it should be: a site that tells nobody must not look like one that does. */
export async function openDispatch(o: SiteDispatchOptions): Promise<Dispatch> {
  const { site, joined, replica, time, note } = o;
  const receivers = o.receiversFile === undefined ? [] : await receiversOf(o.receiversFile, o.production);
  if (receivers.length === 0)
    note('warn', 'no receivers are configured: nobody is told of alarms but by console and event stream');
  const incidentOf = (measure: string, incidentId: string): Incident | undefined =>
    replica
      .caseView(measure)
      ?.incidents.find((one) => one.incidentId === incidentId || one.aliases.includes(incidentId));
  const dispatch = new Dispatch({
    site,
    time,
    receivers,
    joined,
    incident: (measure, incidentId) => {
      const incident = incidentOf(measure, incidentId);
      return incident === undefined ? undefined : knownIncident(incident);
    },
    message: (alarm) => {
      const caseId = replica.caseView(alarm.measure)?.recorded.caseId;
      const incident = incidentOf(alarm.measure, alarm.incidentId);
      if (caseId === undefined || incident === undefined) return undefined;
      return {
        event: eventOf(replica, alarm),
        caseId,
        openedAtMs: incident.openedAtMs,
        sentence: sentencesOf(incident.reason),
        url: o.publicUrl,
      };
    },
    many: {
      mayBe: ({ kind, lane, measure }) => {
        if (kind !== 'silence' || lane !== 'live') return false;
        const view = replica.caseView(measure);
        return view !== undefined && !mayHurt(view);
      },
      isOne: ({ incidentId }) => o.wasOneOfMany(incidentId),
    },
    append: (kind, marks) => replica.sayDispatch(kind, marks),
    note: (detail) => note('warn', `dispatch: ${detail}`),
  });
  void replica.whenSpeaking().then(() => {
    if (receivers.length === 0) return;
    replica.onEvent((event) => dispatch.take(alarmOf(event, incidentOf(event.measure, event.data.incidentId))));
    replica.onDispatch((from, mark) => dispatch.read(from, mark));
    void resume(replica, dispatch, time.nowUs() / 1000 - RESUME_MS);
  });
  return dispatch;
}

async function receiversOf(file: string, production: boolean) {
  const receivers = await readReceivers(file, production);
  if (!receivers.ok) throw new Error(receivers.error.detail);
  return receivers.value;
}

/** As the event stream gives it, but without coordinates: who needs those asks the API, which notes who read them. */
function eventOf(replica: SiteReplica, alarm: Alarm): object {
  const event = announcedEvent({ replica, sentence }, alarm.measure, 'fr', {
    site: alarm.site,
    incidentId: alarm.incidentId,
    step: alarm.step,
    type: alarm.type,
    tUs: alarm.atMs * 1000,
    by: alarm.by ?? null,
    note: null,
    code: null,
  });
  const { incident, step } = event.data;
  if (incident === null) return event;
  const fixes = incident.reason.fixes.map(({ lat: _lat, lon: _lon, ...fix }) => fix);
  return { ...event, data: { incident: { ...incident, reason: { ...incident.reason, fixes } }, step } };
}

const sentencesOf = (reason: Reason): Message['sentence'] => {
  // Where the fix lay to the border is for the console; a message that passes through other hands says what happened.
  const { fixes: _kept, ...said } = reason;
  const short = { ...said, fixes: [] };
  return {
    fr: sentence(short, 'fr'),
    de: sentence(short, 'de'),
    it: sentence(short, 'it'),
    en: sentence(short, 'en'),
  };
};

/** What was begun, or never begun, when this process, or both, ended. */
async function resume(replica: SiteReplica, dispatch: Dispatch, sinceMs: number): Promise<void> {
  let count = 0;
  for (const measure of replica.measures()) {
    if (++count % CASES_PER_TURN === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
    const view = replica.caseView(measure);
    if (view === undefined) continue;
    for (const alarm of openAlarms(view, ownerOf(view), sinceMs)) dispatch.resume(alarm);
  }
}
