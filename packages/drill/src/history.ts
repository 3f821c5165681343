// Everything that a drill saw and was told, as it happened. The judge reads this and nothing else, so that a recorded history can
// be judged again, and broken on purpose.
import type { SiteId } from '@vigie/model';
import type { Action } from './actions.ts';

/** Times are milliseconds since the Unix epoch on the clock of the drill, which never steps; `at` is the fix time. */
export interface ReportRecord {
  readonly kind: 'report';
  readonly device: string;
  readonly seq: number;
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
  /** The only site that the device may talk to; null = free to move. */
  readonly pinned: SiteId | null;
  firstAttemptMs: number | null;
  ackMs: number | null;
  via: SiteId | null;
  /** What the first answer said. */
  durable: 'both' | 'site' | null;
}
/** One upload that was answered 200. */
export interface AnswerRecord {
  readonly kind: 'answer';
  readonly site: SiteId;
  readonly sentMs: number;
  readonly atMs: number;
  readonly reports: number;
}
/** A breach that was injected: the first fix inside the forbidden circle. */
export interface BreachRecord {
  readonly kind: 'breach';
  readonly device: string;
  /** Fix time of the fix that opens it. */
  readonly at: number;
}
/** An event as a site's stream gave it. */
export interface EventRecord {
  readonly kind: 'event';
  readonly site: SiteId;
  readonly atMs: number;
  readonly id: string;
  readonly type: string;
  readonly incidentId: string;
  readonly caseId: string | null;
  readonly openedAt: number | null;
}
/** A webhook that came to the judge's own receiver. */
export interface CallRecord {
  readonly kind: 'call';
  readonly atMs: number;
  readonly id: string;
  readonly type: string;
  readonly incidentId: string;
  readonly caseId: string | null;
  readonly openedAt: number | null;
  /** The event's source: the site whose entry it is. */
  readonly from: string;
  /** By who knows the secret. */
  readonly signed: boolean;
}
export interface FaultRecord {
  readonly kind: 'fault';
  readonly role: 'break' | 'heal';
  readonly action: Action;
  readonly atMs: number;
  readonly doneMs: number;
  readonly message: string;
}
/** What a site said of itself; null = no answer. */
export interface LookRecord {
  readonly kind: 'look';
  readonly site: SiteId;
  readonly atMs: number;
  readonly joined: boolean | null;
  readonly digest: { readonly second: number; readonly value: string } | null;
  /** Kinds of the operating incidents that it has. */
  readonly incidents: readonly string[];
  /** It said that the other site is away and that it settles alone. */
  readonly alone: boolean;
  /** The log format that it writes; null of one that does not say. */
  readonly logFormat: string | null;
}
/** A track as a site gives it at the end: fix time, latitude, longitude. One device a case; the case has the device's name. */
export interface TrackRecord {
  readonly kind: 'track';
  readonly site: SiteId;
  readonly device: string;
  readonly points: readonly (readonly [at: number, lat: number, lon: number])[];
}
export interface IncidentRecord {
  readonly kind: 'incident';
  readonly site: SiteId;
  readonly incidentId: string;
  readonly caseId: string;
  readonly openedAt: number;
  readonly certainty: string;
  readonly provisional: boolean;
}
export interface RunRecord {
  readonly kind: 'run';
  readonly drill: string;
  readonly runtime: 'processes' | 'containers';
  /** Of the sites' log. Absent in histories from before there were several: one. */
  readonly partitions?: number;
  readonly seed: number;
  readonly loadFromMs: number;
  readonly loadToMs: number;
  /** The sites were told to call the judge. */
  readonly calls: boolean;
  /** Alarms that nobody acknowledges, and the seconds after which each level is to be told. */
  readonly staged?: { readonly devices: readonly string[]; readonly afterS: readonly number[] };
  /** Load average of the machine over a minute, before and at the end of the load. */
  readonly loadAverage: readonly [number, number];
}

export type HistoryRecord =
  | RunRecord
  | ReportRecord
  | AnswerRecord
  | BreachRecord
  | EventRecord
  | CallRecord
  | FaultRecord
  | LookRecord
  | TrackRecord
  | IncidentRecord;

export interface History {
  run: RunRecord;
  readonly reports: ReportRecord[];
  readonly answers: AnswerRecord[];
  readonly breaches: BreachRecord[];
  readonly events: EventRecord[];
  readonly calls: CallRecord[];
  readonly faults: FaultRecord[];
  readonly looks: LookRecord[];
  tracks: TrackRecord[];
  incidents: IncidentRecord[];
}

export const emptyHistory = (run: RunRecord): History => ({
  run,
  reports: [],
  answers: [],
  breaches: [],
  events: [],
  calls: [],
  faults: [],
  looks: [],
  tracks: [],
  incidents: [],
});

/** JSON lines, in the order of kinds; times tell the rest. */
export function* historyLines(history: History): Iterable<string> {
  const { run, faults, breaches, reports, answers, events, calls, looks, incidents, tracks } = history;
  for (const list of [[run], faults, breaches, reports, answers, events, calls, looks, incidents, tracks])
    for (const record of list) yield JSON.stringify(record);
}

export function readHistory(text: string): History {
  let history: History | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const record = JSON.parse(line) as HistoryRecord;
    if (record.kind === 'run') history = emptyHistory(record);
    else if (history === undefined) throw new Error('a history begins with its run');
    else add(history, record);
  }
  if (history === undefined) throw new Error('a history has a run');
  return history;
}

function add(history: History, record: Exclude<HistoryRecord, RunRecord>): void {
  switch (record.kind) {
    case 'report':
      return void history.reports.push(record);
    case 'answer':
      return void history.answers.push(record);
    case 'breach':
      return void history.breaches.push(record);
    case 'event':
      return void history.events.push(record);
    case 'call':
      return void history.calls.push(record);
    case 'fault':
      return void history.faults.push(record);
    case 'look':
      return void history.looks.push(record);
    case 'track':
      return void history.tracks.push(record);
    case 'incident':
      return void history.incidents.push(record);
    default:
      return unreachable(record);
  }
}

function unreachable(value: never): never {
  throw new Error(`no such record: ${JSON.stringify(value)}`);
}
