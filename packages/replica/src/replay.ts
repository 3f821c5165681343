// A log folded again, offline, by the same code as a running site: what was known and what was true, and whether the digests that the
// sites recorded in their heartbeats come out again.
import { Engine, type CaseView, type Incident } from '@vigie/engine';
import { Merge, type OriginMessage } from '@vigie/log';
import type { EventType, HeartbeatData, SiteId } from '@vigie/model';
import { digestOf } from './digest-tree.ts';
import { Evaluator } from './evaluate.ts';
import { Fold, START_OF_LOG } from './fold.ts';
import type { KeyRing } from './types.ts';

/** Between two turns of the fold: enough to make bursts cheap, few enough to keep what is unsettled small. */
const MESSAGES_PER_TURN = 256;

export interface ReplayOptions {
  /** Whose view: what one site calls settled may be less than what the other does. */
  readonly site: SiteId;
  /** Only entries that this accepts are read, e.g. those known at a site at some time. */
  readonly reads?: (message: OriginMessage) => boolean;
  /** Digests every whole second, not one of many, so that every recorded one is compared. Slower. */
  readonly everySecond?: boolean;
}

export interface ReplayedIncident extends Incident {
  readonly measure: string;
  readonly caseId: string;
  readonly settled: boolean;
}

export interface ReplayedEvent {
  /** Log time of its entry, microseconds. */
  readonly t: number;
  readonly measure: string;
  readonly incidentId: string;
  readonly type: EventType;
}

export interface ReplayResult {
  /** Of settled state at its end. */
  readonly digest: string;
  /** Of everything with a place, settled or not. */
  readonly liveDigest: string;
  readonly settledT: number;
  readonly liveT: number;
  readonly entries: number;
  readonly cases: readonly CaseView[];
  /** By log time of raising, then id. */
  readonly incidents: readonly ReplayedIncident[];
  /** Digests that heartbeats carry, of seconds that this replay has reached and digested; `newest`: the last that was recorded. */
  readonly recorded: {
    readonly compared: number;
    readonly different: readonly number[];
    readonly newest: number | undefined;
  };
  /** Every event that sites have published of incidents, in merged order as far as it was read. */
  readonly published: readonly ReplayedEvent[];
  readonly malformed: readonly string[];
  /** Measures that were erased: their cases are gone, and what was published of them stays. */
  readonly erased: readonly string[];
  /** Measures whose key is not held: settled state ends before their first entry. */
  readonly missingKeys: readonly string[];
}

/** Messages of both origins, each epoch in its order, in whatever interleaving. */
export async function replayLog(
  source: AsyncIterable<OriginMessage> | Iterable<OriginMessage>,
  keys: Pick<KeyRing, 'open'>,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const merge = new Merge({ self: options.site });
  const live = new Engine();
  const malformed: string[] = [];
  const missingKeys = new Set<string>();
  const own = new Map<number, string>();
  const recorded = new Map<number, Set<string>>();
  const published = new Map<string, ReplayedEvent>();
  const fold: Fold = new Fold({
    merge,
    live,
    scratch: new Engine(),
    evaluator: new Evaluator(keys),
    start: START_OF_LOG,
    hooks: {
      evaluated: ({ placed: { t } }, measure) => {
        const item = fold.context.evaluator.item;
        if (item?.kind !== 'event') return;
        const { incidentId, type } = item.event;
        published.set(`${incidentId} ${type}`, { t, measure, incidentId, type });
      },
      malformed: (place, detail) => void malformed.push(`${place}: ${detail}`),
      zone: () => {},
      passedOver: () => {},
      keyMissing: (measure) => void missingKeys.add(measure),
      settled: () => {},
      promoted: () => {},
      settledView: () => {},
      replaced: () => {},
      digest: (second, value) => void own.set(second, value),
    },
  });
  fold.settled.everySecond = options.everySecond === true;
  fold.beginPast();
  let entries = 0;
  const turn = (refoldItemsMax?: number): void => {
    fold.turn(refoldItemsMax);
    live.takeChanged();
    live.takeMoved();
  };
  merge.beginReading();
  fold.take(merge.catchUp());
  for await (const message of source) {
    if (options.reads?.(message) === false) continue;
    entries++;
    noteRecorded(message, recorded);
    fold.take(merge.receive(message));
    if (entries % MESSAGES_PER_TURN === 0) turn();
  }
  fold.take(merge.endReading());
  turn(Number.POSITIVE_INFINITY);
  fold.endPast();
  turn(Number.POSITIVE_INFINITY);
  const { settled } = fold;
  const digest = settled.digestAt(settled.place);
  return {
    digest,
    liveDigest: digestOf(live),
    settledT: settled.place.t,
    liveT: fold.live.end.t,
    entries,
    cases: [...live.measures()].sort().map((measure) => live.view(measure) as CaseView),
    incidents: incidentsOf(fold, live),
    recorded: compare(own, recorded),
    published: [...published.values()],
    malformed,
    erased: [...fold.context.erased.measures()].sort(),
    missingKeys: [...missingKeys].sort(),
  };
}

function noteRecorded(message: OriginMessage, recorded: Map<number, Set<string>>): void {
  if (!message.entry.ok || message.entry.value.kind !== 'heartbeat') return;
  const digest = (message.entry.value.data as HeartbeatData | undefined)?.digest;
  if (digest === undefined) return;
  const values = recorded.get(digest.second) ?? new Set();
  values.add(digest.value);
  recorded.set(digest.second, values);
}

function compare(
  own: ReadonlyMap<number, string>,
  recorded: ReadonlyMap<number, ReadonlySet<string>>,
): ReplayResult['recorded'] {
  const different: number[] = [];
  let compared = 0;
  let newest: number | undefined;
  for (const second of recorded.keys()) newest = Math.max(newest ?? second, second);
  for (const [second, value] of own) {
    const values = recorded.get(second);
    if (values === undefined) continue;
    compared++;
    if (values.size !== 1 || !values.has(value)) different.push(second);
  }
  return { compared, different: different.sort((a, b) => a - b), newest };
}

function incidentsOf(fold: Fold, live: Engine): ReplayedIncident[] {
  const incidents: ReplayedIncident[] = [];
  const scratch = new Engine();
  for (const measure of live.measures()) {
    const view = live.view(measure) as CaseView;
    const tail = fold.context.tails.get(measure);
    let settled: ReadonlySet<string> | undefined;
    if (tail !== undefined) {
      if (tail.base !== undefined) scratch.loadCase(measure, tail.base);
      settled = new Set(scratch.view(measure)?.incidents.map((incident) => incident.incidentId));
      scratch.dropCase(measure);
    }
    for (const incident of view.incidents)
      incidents.push({
        ...incident,
        measure,
        caseId: view.recorded.caseId,
        settled: settled?.has(incident.incidentId) ?? true,
      });
  }
  return incidents.sort((a, b) => a.raisedAt - b.raisedAt || (a.incidentId < b.incidentId ? -1 : 1));
}
