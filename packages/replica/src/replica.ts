// One site's engine over the merged log. Reads both origins, folds live and settled, publishes and sees to what this site owes.
import { randomUUID } from 'node:crypto';
import { Engine, type Outcome } from '@vigie/engine';
import {
  type EpochExtent,
  type LogSubscription,
  Merge,
  type MergeChange,
  type OriginMessage,
  type PlacedEntry,
  followLog,
} from '@vigie/log';
import type { VectorPosition } from '@vigie/model';
import type { TailItem } from './case-tail.ts';
import { Decisions } from './decisions.ts';
import { DigestWatch } from './digest-watch.ts';
import { Directory } from './directory.ts';
import { Duties, type OwedEvent } from './duties.ts';
import { erasedMeasure } from './erasure.ts';
import { EVENTS_PER_ENTRY_MAX, eventEntry, sealedItem } from './event-entry.ts';
import { EventRing } from './event-ring.ts';
import { Fold, type FoldStart, START_OF_LOG } from './fold.ts';
import type { FoldHooks } from './fold-context.ts';
import { KeyWaits } from './key-waits.ts';
import { Openable } from './openable.ts';
import { comparePlaces } from './place.ts';
import { Publisher } from './publisher.ts';
import { Delivered, Received } from './received.ts';
import { reloadItems } from './reload-items.ts';
import { type Snapshot, SNAPSHOT_VERSION } from './snapshot.ts';
import { Snapshots } from './snapshots.ts';
import { Faults, replicaStatus } from './status.ts';
import { type Timing, systemTiming } from './timing.ts';
import type {
  DecisionAnswer,
  DecisionDraft,
  DecisionStatus,
  DirectoryEntry,
  EventPageOfRing,
  PublishedEvent,
  ReplicaCaseView,
  ReplicaOptions,
  ReplicaStatus,
} from './types.ts';

/** The log did not give everything that was asked of it. */
const RELOAD_AGAIN_MS = 1_000;
const DECISION_KINDS: ReadonlySet<string> = new Set(['case', 'order', 'stop', 'step']);
const DIRECTORY_KINDS: ReadonlySet<string> = new Set(['case', 'order', 'stop']);

export class Replica {
  readonly #o: ReplicaOptions;
  readonly #timing: Timing;
  readonly #merge: Merge;
  readonly #engine: Engine;
  readonly #scratch: Engine;
  readonly #fold: Fold;
  readonly #directory = new Directory();
  readonly #erased = new Set<string>();
  readonly #directoryDirty = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #promoted = new Set<string>();
  readonly #decisions: Decisions;
  readonly #digests: DigestWatch;
  readonly #duties: Duties;
  readonly #ring: EventRing;
  readonly #publisher: Publisher;
  readonly #openable: Openable;
  readonly #keyWaits: KeyWaits;
  readonly #snapshots: Snapshots | undefined;
  readonly #received: Received;
  readonly #settledAt: Received;
  readonly #delivered: Delivered;
  readonly #faults: Faults;
  readonly #newestReportT = { noirmont: 0, delemont: 0 };
  readonly #changeListeners = new Set<(change: MergeChange) => void>();
  #subscription: LogSubscription | undefined;
  /** What there was in the log when this replica began to read; undefined until it follows. */
  #catchUpTo: readonly EpochExtent[] | undefined;
  #caughtUp = false;
  #reloading = false;
  #turnDue = false;
  #closed = false;

  /** Resumes from the newest usable snapshot and reads on from there. Resolves once it follows the log; catching up goes on. */
  static async open(o: ReplicaOptions): Promise<Replica> {
    const timing = o.timing ?? systemTiming();
    const faults = new Faults(o.onFault);
    const snapshots =
      o.snapshots === undefined
        ? undefined
        : new Snapshots({ store: o.snapshots, timing, everyMs: o.snapshotEveryMs, onFault: (f) => faults.say(f) });
    const snapshot = await snapshots?.newest((found) => refusal(found, o));
    const replica = new Replica(o, timing, faults, snapshots, snapshot);
    await replica.#follow();
    return replica;
  }

  private constructor(
    o: ReplicaOptions,
    timing: Timing,
    faults: Faults,
    snapshots: Snapshots | undefined,
    snapshot: Snapshot | undefined,
  ) {
    this.#o = o;
    this.#timing = timing;
    this.#faults = faults;
    this.#snapshots = snapshots;
    this.#merge = snapshot === undefined ? new Merge({ self: o.site }) : Merge.restore(snapshot.header.merge);
    this.#delivered = new Delivered(this.#merge.readFrom());
    this.#engine = new Engine();
    this.#scratch = new Engine();
    const at = snapshot?.header.received ?? {};
    this.#received = new Received(timing, at);
    this.#settledAt = new Received(timing, at);
    this.#ring = new EventRing({ lostThrough: snapshot?.header.received });
    const view = (measure: string) => this.#engine.view(measure);
    this.#publisher = new Publisher(this.#ring);
    this.#decisions = new Decisions(timing);
    this.#digests = new DigestWatch((second, own, other) => faults.say({ kind: 'digest-differs', second, own, other }));
    this.#duties = new Duties({
      site: o.site,
      timing,
      view,
      isAhead: (measure) => this.#fold.context.tails.get(measure) !== undefined,
      append: (events) => this.#appendEvents(events),
    });
    this.#keyWaits = new KeyWaits({
      keys: o.keys,
      timing,
      onKey: (measure) => this.#keyArrived(measure),
      onAlarm: (measure, sinceMs) => faults.say({ kind: 'key-missing', measure, sinceMs }),
    });
    this.#openable = new Openable({
      keys: o.keys,
      onMissing: (measure) => this.#keyWaits.add(measure),
      isErased: (measure) => this.erased(measure),
    });
    this.#fold = new Fold({
      merge: this.#merge,
      live: this.#engine,
      scratch: this.#scratch,
      keys: o.keys,
      hooks: this.#hooks(),
      start: snapshot === undefined ? START_OF_LOG : startOf(snapshot),
      ...(o.unsettledBytesMax === undefined ? {} : { bytesMax: o.unsettledBytesMax }),
    });
    this.#fold.settled.readsPast = true;
    for (const measure of this.#fold.context.erased.keys()) this.#erased.add(measure);
    for (const measure of this.#engine.measures()) {
      this.#directory.update(measure, this.#engine.view(measure));
      this.#dirty.add(measure);
    }
  }

  deviceByTokenHash(hash: string): DirectoryEntry | undefined {
    return this.#directory.device(hash);
  }
  measureOfCase(caseId: string): string | undefined {
    return this.#directory.measureOf(caseId);
  }
  measureOfIncident(incidentId: string): string | undefined {
    return this.#directory.measureOfIncident(incidentId);
  }
  measures(): Iterable<string> {
    return this.#engine.measures();
  }
  knowsReport(measure: string, deviceId: string, boot: number, seq: number): boolean {
    return this.#engine.hasReport(measure, deviceId, boot, seq);
  }

  caseView(measure: string): ReplicaCaseView | undefined {
    const view = this.#engine.view(measure);
    if (view === undefined) return undefined;
    const settled = this.#settledIncidents(measure);
    if (settled === undefined) return { ...view, provisional: NONE };
    const provisional = new Set<string>();
    for (const { incidentId } of view.incidents) if (!settled.has(incidentId)) provisional.add(incidentId);
    return { ...view, provisional };
  }

  /** True once an `erased` entry of the measure has a place: its rows go, its items are passed over, its key is not asked for. */
  erased(measure: string): boolean {
    return this.#erased.has(measure);
  }

  /** Cases whose view, live or settled, has changed since they were last taken; at most `max`. */
  takeDirty(max: number): readonly string[] {
    const taken: string[] = [];
    for (const measure of this.#dirty) {
      if (taken.length >= max) break;
      taken.push(measure);
    }
    for (const measure of taken) this.#dirty.delete(measure);
    return taken;
  }

  /** Appends a decision and waits until it is settled, at most `timeoutMs` (L16). */
  async decide(draft: DecisionDraft, timeoutMs: number): Promise<DecisionAnswer> {
    const entryId = draft.entryId ?? this.#entryId();
    const item = sealedItem(draft.measure, draft.payload, this.#o.keys, this.#sealing);
    if (!item.ok) {
      const result = { kind: 'refused', reason: 'stopped', detail: item.error.detail } as const;
      return { kind: 'not-stored', entryId, result };
    }
    const plain = this.#sealing ? {} : { plain: true };
    const result = await this.#o.log.append({ entryId, kind: draft.kind, items: [item.value], ...plain });
    if (result.kind !== 'stored') return { kind: 'not-stored', entryId, result };
    const status = await this.#decisions.settled(entryId, timeoutMs);
    return status === undefined ? { kind: 'pending', entryId } : { kind: 'decided', entryId, ...status };
  }
  decisionStatus(entryId: string): DecisionStatus | undefined {
    return this.#decisions.status(entryId);
  }

  events(after: VectorPosition | undefined, limit: number): EventPageOfRing {
    return this.#ring.page(after, limit, this.#received.at);
  }
  onEvent(listener: (event: PublishedEvent) => void): () => void {
    return this.#ring.listen(listener);
  }

  /** Every change of the merged order, as it happens: the keeper lives on it. */
  onChange(listener: (change: MergeChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  received(): VectorPosition {
    return this.#received.at;
  }
  whenReceived(position: VectorPosition, timeoutMs: number): Promise<boolean> {
    return this.#received.reaches(position, !this.#fold.hasWork, timeoutMs);
  }
  /** The merged order that this replica folds, for whoever keeps the log: admits and heartbeats rest on it. */
  get merge(): Merge {
    return this.#merge;
  }
  /** True once everything that the log held when this replica opened has been applied. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }
  /** The digest that a heartbeat carries: of the newest whole second that settled state has reached. */
  lastDigest(): { readonly second: number; readonly value: string } | undefined {
    const state = this.#digests.state;
    return state === undefined ? undefined : { second: state.second, value: state.value };
  }
  /** Digest of settled state at its end. */
  digestNow(): string {
    this.#turn(Number.POSITIVE_INFINITY);
    return this.#fold.settled.digestAt(this.#fold.settled.place);
  }
  /** Items given to an engine so far: live, refolds and bases. */
  get evaluations(): number {
    return this.#fold.context.evaluator.count;
  }

  status(): ReplicaStatus {
    return replicaStatus({
      site: this.#o.site,
      nowUs: this.#timing.nowUs(),
      log: this.#o.log,
      merge: this.#merge,
      fold: this.#fold,
      digest: this.#digests.state,
      directory: this.#directory,
      newestReportT: this.#newestReportT,
      faults: this.#faults,
      dutiesWaiting: this.#duties.waiting,
      keysWaiting: this.#keyWaits.size,
    });
  }

  /** Writes a snapshot now, if settled state is at a place where one can be taken; true if so. */
  async snapshotNow(): Promise<boolean> {
    if (this.#snapshots === undefined) return false;
    this.#turn(Number.POSITIVE_INFINITY);
    const snapshot = this.#takeSnapshot();
    if (snapshot === undefined) return false;
    await this.#snapshots.save(snapshot);
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscription?.stop();
    this.#duties.close();
    this.#keyWaits.close();
    this.#decisions.close();
    this.#received.close();
    await this.#snapshots?.idle();
  }

  #entryId(): string {
    return this.#o.entryId?.() ?? randomUUID();
  }
  get #sealing(): boolean {
    return this.#o.sealing ?? true;
  }

  async #follow(): Promise<void> {
    this.#subscription = await followLog({
      log: this.#o.log,
      merge: this.#merge,
      reportsHeld: false,
      onMessage: (message) => this.#deliver(message),
      onChange: (change) => this.#take(change),
    });
    this.#catchUpTo = this.#o.log.extents();
    this.#schedule();
  }

  #deliver(message: OriginMessage): void {
    this.#delivered.note(message.site, message.epoch, message.seq);
    if (message.site === this.#o.site) return;
    this.#openable.note(message);
    if (message.entry.ok && message.entry.value.kind === 'heartbeat') this.#digests.heard(message.entry.value.data);
  }

  #take(change: MergeChange): void {
    for (const placed of change.placed) {
      this.#received.note(placed);
      this.#publisher.arrived(placed);
      const erased = erasedMeasure(placed);
      if (erased === undefined) continue;
      this.#erased.add(erased);
      this.#openable.unblock(erased);
      this.#keyWaits.remove(erased);
    }
    this.#fold.take(change);
    for (const listener of this.#changeListeners) listener(change);
    this.#reportHeld();
    this.#schedule();
  }
  #reportHeld(): void {
    this.#o.log.reportHeld(this.#openable.limit(this.#merge.held()));
  }

  #schedule(): void {
    if (this.#turnDue || this.#closed) return;
    this.#turnDue = true;
    this.#timing.soon(() => {
      this.#turnDue = false;
      if (!this.#closed) this.#turn();
    });
  }

  #turn(refoldItemsMax?: number): void {
    const done = this.#fold.turn(refoldItemsMax);
    this.#afterTurn();
    if (!this.#caughtUp && done && this.#catchUpTo !== undefined && this.#delivered.covers(this.#catchUpTo)) {
      this.#caughtUp = true;
      this.#fold.settled.readsPast = false;
      this.#duties.enable();
    }
    if (this.#fold.settled.needsBytes) this.#reload();
    if (!done) this.#schedule();
    else if (this.#snapshots?.isDue === true) {
      const snapshot = this.#takeSnapshot();
      if (snapshot !== undefined) void this.#snapshots.save(snapshot);
    }
  }

  /** Settled state has come to entries whose bytes were given up: they are read from the log again, a window at a time. */
  #reload(): void {
    if (this.#reloading) return;
    this.#reloading = true;
    void reloadItems(this.#o.log, this.#fold.live).then((whole) => {
      this.#reloading = false;
      if (whole) this.#schedule();
      else this.#timing.after(RELOAD_AGAIN_MS, () => this.#schedule());
    });
  }

  #afterTurn(): void {
    for (const measure of this.#directoryDirty) this.#directory.update(measure, this.#engine.view(measure));
    this.#directoryDirty.clear();
    for (const measure of this.#engine.takeChanged()) {
      this.#dirty.add(measure);
      const view = this.#engine.view(measure);
      if (view === undefined) {
        this.#directory.update(measure, undefined);
        continue;
      }
      this.#directory.noteIncidents(view);
      this.#duties.live(view);
    }
    for (const measure of this.#engine.takeMoved()) this.#dirty.add(measure);
    for (const measure of this.#promoted) {
      this.#dirty.add(measure);
      const view = this.#engine.view(measure);
      if (view !== undefined) this.#duties.settled(view, this.#fold.context.tails.get(measure) !== undefined);
    }
    this.#promoted.clear();
    this.#publisher.flush(this.#received.at, (placed) => this.#isSettled(placed));
    this.#duties.flush();
    this.#received.wake();
  }

  #hooks(): FoldHooks {
    return {
      evaluated: (item, measure, before, engine) => this.#evaluated(item, measure, before, engine),
      malformed: (place, detail) => this.#faults.say({ kind: 'malformed-item', place, detail }),
      keyMissing: (measure) => this.#keyWaits.add(measure),
      settled: (placed, items) => this.#settled(placed, items),
      promoted: (measure) => void this.#promoted.add(measure),
      settledView: (measure, view) => {
        this.#dirty.add(measure);
        if (view !== undefined) this.#duties.settled(view, true);
      },
      digest: (second, value) => this.#digests.own(second, value),
    };
  }

  #evaluated(item: TailItem, measure: string, before: Outcome | undefined, engine: Engine): void {
    const { placed, kind, outcome } = item;
    const opened = this.#fold.context.evaluator.item;
    if (opened?.kind === 'reports') {
      if (outcome?.kind === 'applied') this.#directory.heard(opened.batch.deviceId, placed.site);
      if (placed.t > this.#newestReportT[placed.site]) this.#newestReportT[placed.site] = placed.t;
    } else if (opened?.kind === 'event') {
      this.#duties.landed(`${opened.event.incidentId}/${opened.event.step}`);
      this.#publisher.event(item, engine.view(measure), opened.event);
    } else if (opened?.kind === 'step' && outcome?.kind === 'applied' && before?.kind !== 'applied')
      this.#publisher.step(item, engine.view(measure), opened.step);
    if (DIRECTORY_KINDS.has(kind)) this.#directoryDirty.add(measure);
    if (DECISION_KINDS.has(kind) && outcome !== undefined) this.#decisions.note(placed.entry.entryId, outcome, false);
  }

  #settled(placed: PlacedEntry, items: readonly TailItem[]): void {
    this.#settledAt.note(placed);
    if (!DECISION_KINDS.has(placed.entry.kind)) return;
    for (const { outcome } of items)
      if (outcome !== undefined) this.#decisions.note(placed.entry.entryId, outcome, true);
  }

  #isSettled(placed: PlacedEntry): boolean {
    const { place } = this.#fold.settled;
    return placed.t < place.t || (placed.t === place.t && placed.site === place.site);
  }

  #keyArrived(measure: string): void {
    this.#openable.unblock(measure);
    this.#fold.context.keyArrived(measure);
    this.#reportHeld();
    this.#schedule();
  }

  /** Ids of the incidents that settled state has of a case; undefined: all that live has. */
  #settledIncidents(measure: string): ReadonlySet<string> | undefined {
    const tail = this.#fold.context.tails.get(measure);
    if (tail === undefined) return undefined;
    const known = tail.settledIncidents;
    if (known !== undefined && known.base === tail.base && known.count === tail.settledCount) return known.ids;
    const incidents = this.#fold.context.settledView(tail)?.incidents ?? [];
    const ids = new Set(incidents.map((incident) => incident.incidentId));
    tail.settledIncidents = { base: tail.base, count: tail.settledCount, ids };
    return ids;
  }

  async #appendEvents(events: readonly OwedEvent[]): Promise<boolean> {
    let stored = true;
    for (let i = 0; i < events.length; i += EVENTS_PER_ENTRY_MAX) {
      const part = events.slice(i, i + EVENTS_PER_ENTRY_MAX);
      const draft = eventEntry(this.#entryId(), part, this.#o.keys, this.#sealing);
      const result = draft.ok ? await this.#o.log.append(draft.value) : undefined;
      if (result?.kind === 'stored') continue;
      stored = false;
      const detail = result?.detail ?? (draft.ok ? '' : draft.error.detail);
      if (!this.#closed) this.#faults.say({ kind: 'append-failed', detail });
    }
    return stored;
  }

  /** Only where fold and merge stand at the same place, so that reading on from there misses nothing. */
  #takeSnapshot(): Snapshot | undefined {
    const { settled, context } = this.#fold;
    if (this.#fold.hasWork || settled.waitingCount > 0 || settled.place.t === 0) return undefined;
    const digest = settled.digestAt(settled.place);
    const cases: (readonly [string, Uint8Array])[] = [];
    for (const measure of this.#engine.measures()) {
      const tail = context.tails.get(measure);
      const bytes = tail === undefined ? this.#engine.saveCase(measure) : tail.base;
      if (bytes !== undefined) cases.push([measure, bytes]);
    }
    for (const tail of context.tails.all())
      if (tail.base !== undefined && !this.#engine.has(tail.measure)) cases.push([tail.measure, tail.base]);
    const header = {
      version: SNAPSHOT_VERSION,
      v8: process.versions.v8,
      place: settled.place,
      clocks: context.clocks.stateAt(settled.place),
      merge: this.#merge.snapshot(),
      received: this.#settledAt.at,
      erased: [...context.erased]
        .filter(([, place]) => comparePlaces(place, settled.place) <= 0)
        .map(([measure, { t, site }]) => [measure, { t, site }] as const),
      digest,
    };
    return { header, cases };
  }
}

const NONE: ReadonlySet<string> = new Set();

const startOf = (snapshot: Snapshot): FoldStart => ({
  place: snapshot.header.place,
  clocks: snapshot.header.clocks,
  cases: snapshot.cases,
  erased: snapshot.header.erased,
});

/** Why a snapshot cannot be used here; undefined: it can. */
function refusal(snapshot: Snapshot, o: ReplicaOptions): string | undefined {
  if (snapshot.header.merge.self !== o.site) return `is of ${snapshot.header.merge.self}`;
  return undefined;
}
