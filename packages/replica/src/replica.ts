// One site's engine over the merged log of one partition. Reads both origins, folds live and settled, publishes and sees to what this site owes: the
// door to what it knows. What is behind it, parts.ts puts together.
import type { CaseView, Engine } from '@vigie/engine';
import type { Merge, MergeChange, SiteLog } from '@vigie/log';
import {
  type SharedZoneData,
  type SiteId,
  type VectorPosition,
  inPartition,
  ofPartition,
  otherSite,
} from '@vigie/model';
import type { RuleSwitches } from './rule-switches.ts';
import type { RulesInForce } from './rules-in-force.ts';
import type { DispatchMark } from './dispatch-marks.ts';
import type { Erasure } from './erasure.ts';
import { type Parts, makeParts } from './parts.ts';
import type { Silences } from './silences.ts';
import type { SharedZoneLog } from './shared-zones-in-force.ts';
import { Snapshots } from './snapshots.ts';
import { Faults, replicaStatus } from './status.ts';
import { refusal } from './take-snapshot.ts';
import { systemTiming } from './timing.ts';
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

/** Cases of a snapshot loaded between two turns. */
const CASES_PER_SLICE = 500;

export class Replica {
  readonly #site: SiteId;
  readonly #log: SiteLog;
  readonly #partition: number;
  readonly #p: Parts;

  /** Resumes from the newest usable snapshot and reads on from there. Resolves once it follows the log; catching up goes on. */
  static async open(o: ReplicaOptions): Promise<Replica> {
    const timing = o.timing ?? systemTiming();
    const faults = new Faults(o.onFault);
    const snapshots =
      o.snapshots === undefined
        ? undefined
        : new Snapshots({ store: o.snapshots, timing, everyMs: o.snapshotEveryMs, onFault: (f) => faults.say(f) });
    const snapshot = await snapshots?.newest((found) => refusal(found, o.site));
    const parts = makeParts(o, { timing, faults, snapshots, snapshot });
    for (const [i, { measure, row, digest, bytes }] of (snapshot?.cases ?? []).entries()) {
      parts.cases.beginWith(measure, row, parts.fold.begin(measure, bytes, digest), parts.duties);
      // The line to the log server is answered meanwhile.
      if (i % CASES_PER_SLICE === CASES_PER_SLICE - 1) await new Promise<void>((resolve) => timing.soon(resolve));
    }
    parts.fold.context.live.takeChanged(); // looked at already
    const replica = new Replica(o, parts);
    await replica.#p.intake.follow();
    return replica;
  }

  private constructor({ site, log, partition = 0 }: ReplicaOptions, parts: Parts) {
    this.#site = site;
    this.#log = log;
    this.#partition = partition;
    this.#p = parts;
  }

  get #engine(): Engine {
    return this.#p.fold.context.live;
  }

  deviceByTokenHash(hash: string): DirectoryEntry | undefined {
    return this.#p.cases.directory.device(hash);
  }
  measureOfCase(caseId: string): string | undefined {
    return this.#p.cases.directory.measureOf(caseId);
  }
  measureOfIncident(incidentId: string): string | undefined {
    return this.#p.cases.directory.measureOfIncident(incidentId);
  }
  measures(): Iterable<string> {
    return this.#engine.measures();
  }
  /** D5: measures with a device whose latest report came by that site. */
  measuresBoundTo(site: SiteId): Iterable<string> {
    return this.#p.cases.directory.measuresBoundTo(site);
  }
  /** Log time of the newest entry of an origin that live has, also of those that only its site has told (L13); -1: there is none. */
  newestLiveT(site: SiteId): number {
    return this.#p.fold.context.clocks[site].lastT;
  }
  /** Who is silent in live state. */
  get silences(): Silences {
    return this.#p.cases.silences;
  }
  /** Devices of measures that have not ended. */
  get devicesRunning(): number {
    return this.#p.cases.directory.devicesRunning;
  }
  /** The case as live has it, without what of it may still change. */
  liveView(measure: string): CaseView | undefined {
    return this.#engine.view(measure);
  }
  /** True when live has the case, so that what is appended here from now on sorts after it (L4). */
  hasCase(measure: string): boolean {
    return this.#engine.has(measure);
  }
  /** True while live and settled have the same of the case: nothing that is known of it may still change place, or lose it. */
  isSettled(measure: string): boolean {
    return !this.#p.cases.isAhead(measure);
  }
  knowsReport(measure: string, deviceId: string, boot: number, seq: number): boolean {
    return this.#engine.hasReport(measure, deviceId, boot, seq);
  }
  caseView(measure: string): ReplicaCaseView | undefined {
    return this.#p.cases.view(measure);
  }
  /** True once an `erased` entry of the measure has a place: its rows go, its items are passed over, its key is not asked for. */
  erased(measure: string): boolean {
    return this.#p.cases.erased(measure);
  }
  /** Erased measures whose `erased` entry has settled, with what the sites have said of their keys. */
  erasures(): readonly (readonly [measure: string, erasure: Erasure])[] {
    return this.#p.fold.context.erased.settled();
  }
  /** Cases whose view, live or settled, has changed since they were last taken; at most `max`. */
  takeDirty(max: number): readonly string[] {
    return this.#p.cases.takeDirty(max);
  }

  /** Appends a decision and waits until it is settled, at most `timeoutMs` (L16). */
  decide(draft: DecisionDraft, timeoutMs: number): Promise<DecisionAnswer> {
    return this.#p.appends.decide(draft, timeoutMs);
  }
  /** Appends a revision of a shared zone and waits until it is settled, at most `timeoutMs` (L16). */
  decideZone(entryId: string, data: SharedZoneData, timeoutMs: number): Promise<DecisionAnswer> {
    return this.#p.appends.decidePlain({ entryId, kind: 'shared_zone', data }, timeoutMs);
  }
  /** Shared zones as received: what an order that is written now may name. */
  get sharedZones(): Pick<SharedZoneLog, 'newest' | 'all' | 'size'> {
    return this.#p.fold.context.clocks.zones;
  }
  decisionStatus(entryId: string): DecisionStatus | undefined {
    return this.#p.decisions.status(entryId);
  }

  events(after: VectorPosition | undefined, limit: number): EventPageOfRing {
    return this.#p.ring.page(after, limit, this.received());
  }
  onEvent(listener: (event: PublishedEvent) => void): () => void {
    return this.#p.ring.listen(listener);
  }
  /** Attempts and receipts of either site, as they are read (D3). */
  onDispatch(listener: (site: SiteId, mark: DispatchMark) => void): () => void {
    return this.#p.dispatchMarks.listen(listener);
  }
  /** Puts attempts or receipts into the log; true once all are stored. Never throws. */
  sayDispatch(kind: DispatchMark['kind'], marks: readonly DispatchMark[]): Promise<boolean> {
    return this.#p.appends.say(kind, marks);
  }
  /** Every change of the merged order, as it happens: the keeper lives on it. */
  onChange(listener: (change: MergeChange) => void): () => void {
    return this.#p.intake.onChange(listener);
  }

  /** The merged order that this replica folds, for whoever keeps the log: admits and heartbeats rest on it. */
  get merge(): Merge {
    return this.#p.merge;
  }
  received(): VectorPosition {
    return inPartition(this.#p.received.at, this.#partition);
  }
  /** Of what was received, what lies on the own disk: less what only the other site has told (L13). */
  receivedOnDisk(): VectorPosition {
    const after = this.#p.merge.directAfter;
    const { at } = this.#p.received;
    return inPartition(after === undefined ? at : { ...at, [otherSite(this.#site)]: after }, this.#partition);
  }
  whenReceived(position: VectorPosition, timeoutMs: number): Promise<boolean> {
    return this.#p.received.reaches(ofPartition(position, this.#partition), !this.#p.fold.hasWork, timeoutMs);
  }
  /** True once everything that the log held when this replica opened has been applied. */
  get caughtUp(): boolean {
    return this.#p.turns.caughtUp;
  }
  /** Resolves once this site knows what people were told before it started: from then on it tells them itself. */
  whenSpeaking(): Promise<void> {
    return this.#p.speaks;
  }
  /** True while something that was received has not been applied: a case may become known with it. */
  get hasWork(): boolean {
    return this.#p.fold.hasWork;
  }
  /** Entries that live holds and settled state has not come to. */
  /** More waits to settle than is held: what came behind something of its case is not in live yet. */
  get isSpilled(): boolean {
    return this.#p.fold.isSpilled;
  }
  /** Bytes of what waits to settle that are held, about. */
  get heldBytes(): number {
    return this.#p.merge.heldBytes;
  }
  get unsettledEntries(): number {
    return this.#p.fold.live.unsettledEntries;
  }
  /** The digest that a heartbeat carries: of the newest whole second that settled state has reached. */
  lastDigest(): { readonly second: number; readonly value: string } | undefined {
    const state = this.#p.digests.state;
    return state === undefined ? undefined : { second: state.second, value: state.value };
  }
  /** The digests of the last whole seconds, by second. */
  digests(): ReadonlyMap<number, string> {
    return this.#p.digests.recent;
  }
  /** Digest of settled state at its end. */
  digestNow(): string {
    this.#p.turns.turn(Number.POSITIVE_INFINITY);
    return this.#p.fold.settled.digestAt(this.#p.fold.settled.place);
  }
  /** Versions of the rules (docs/decisions/0020): the newest switch that has a place, and what the programs of the sites say they know. */
  get rules(): Pick<RulesInForce, 'newest' | 'knownBy' | 'knownByBoth'> {
    return this.#p.fold.context.clocks.rules;
  }
  /** Rules that are switched off, and what is asked for, as live has it. */
  get switched(): Pick<RuleSwitches, 'off' | 'asked' | 'count'> {
    return this.#p.fold.context.clocks.switched;
  }
  /** Items given to an engine so far: live, refolds and bases. */
  get evaluations(): number {
    return this.#p.fold.context.evaluator.count;
  }

  status(): ReplicaStatus {
    return replicaStatus({
      site: this.#site,
      nowUs: this.#p.timing.nowUs(),
      log: this.#log,
      merge: this.#p.merge,
      fold: this.#p.fold,
      digest: this.#p.digests.state,
      directory: this.#p.cases.directory,
      newestReportT: this.#p.notes.newestReportT,
      faults: this.#p.faults,
      dutiesWaiting: this.#p.duties.waiting,
      keysWaiting: this.#p.keyWaits.size,
    });
  }

  /** How far the newest usable snapshot reaches in each origin: what lies before is needed for nothing but proofs and replays. */
  get snapshotThrough(): VectorPosition | undefined {
    return this.#p.snapshots?.through;
  }
  /** Writes a snapshot now, if settled state is at a place where one can be taken; true if so. */
  snapshotNow(): Promise<boolean> {
    return this.#p.turns.snapshotNow();
  }
  /** Writes a snapshot now and removes all others; true once no snapshot holds what was erased before. Without a store there is none. */
  async rewriteSnapshots(): Promise<boolean> {
    const { snapshots, turns } = this.#p;
    if (snapshots === undefined) return true;
    if (!(await turns.snapshotNow())) return false;
    await snapshots.keepNewest();
    return true;
  }

  async close(): Promise<void> {
    this.#p.turns.close();
    this.#p.appends.close();
    this.#p.intake.stop();
    this.#p.firstWord.close();
    this.#p.duties.close();
    this.#p.keyWaits.close();
    this.#p.decisions.close();
    this.#p.received.close();
    await this.#p.snapshots?.idle();
  }
}
