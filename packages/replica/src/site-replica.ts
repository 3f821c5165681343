// All that a site knows: the replicas of its partitions behind one door (L1). A case lives in one of them; what is of the whole site is
// true once it is true of all, and positions name every partition.
import type { CaseView } from '@vigie/engine';
import {
  type SharedZoneData,
  type SiteId,
  type VectorPosition,
  assert,
  laterOf,
  must,
  otherSite,
  partitionOf,
  partitionOfCase,
} from '@vigie/model';
import type { DispatchMark } from './dispatch-marks.ts';
import { joinStatus } from './join-status.ts';
import type { Replica } from './replica.ts';
import type { Silences } from './silences.ts';
import type {
  DecisionAnswer,
  DecisionDraft,
  DecisionStatus,
  DirectoryEntry,
  EventPageOfRing,
  PublishedEvent,
  ReplicaCaseView,
  ReplicaStatus,
} from './types.ts';

/** An epoch of one partition's log, as this site reads it. */
export interface SiteEpoch {
  readonly partition: number;
  readonly site: SiteId;
  readonly epoch: string;
  /** Where an admit or a founding has ended it. */
  readonly lastSeq: number | undefined;
}

export class SiteReplica {
  readonly #all: readonly Replica[];

  /** @param replicas of partitions 0, 1, ... */
  constructor(replicas: readonly Replica[]) {
    assert(replicas.length > 0, () => 'a site has a partition');
    this.#all = replicas;
  }

  get partitions(): number {
    return this.#all.length;
  }
  get #firstOne(): Replica {
    return must(this.#all[0], 'a site has a partition');
  }
  #of(measure: string): Replica {
    return must(this.#all[partitionOf(measure, this.#all.length)], 'a partition for every measure');
  }

  deviceByTokenHash(hash: string): DirectoryEntry | undefined {
    return this.#first((one) => one.deviceByTokenHash(hash));
  }
  measureOfCase(caseId: string): string | undefined {
    return this.#all[partitionOfCase(caseId, this.#all.length)]?.measureOfCase(caseId);
  }
  measureOfIncident(incidentId: string): string | undefined {
    return this.#first((one) => one.measureOfIncident(incidentId));
  }
  *measures(): Iterable<string> {
    for (const one of this.#all) yield* one.measures();
  }
  *measuresBoundTo(site: SiteId): Iterable<string> {
    for (const one of this.#all) yield* one.measuresBoundTo(site);
  }
  /** Of the partition of which least was heard. */
  newestLiveT(site: SiteId): number {
    return Math.min(...this.#all.map((one) => one.newestLiveT(site)));
  }
  /** Of each partition. */
  get silences(): readonly Silences[] {
    return this.#all.map((one) => one.silences);
  }
  get devicesRunning(): number {
    return this.#all.reduce((sum, one) => sum + one.devicesRunning, 0);
  }
  liveView(measure: string): CaseView | undefined {
    return this.#of(measure).liveView(measure);
  }
  hasCase(measure: string): boolean {
    return this.#of(measure).hasCase(measure);
  }
  knowsReport(measure: string, deviceId: string, boot: number, seq: number): boolean {
    return this.#of(measure).knowsReport(measure, deviceId, boot, seq);
  }
  caseView(measure: string): ReplicaCaseView | undefined {
    return this.#of(measure).caseView(measure);
  }
  erased(measure: string): boolean {
    return this.#of(measure).erased(measure);
  }
  takeDirty(max: number): readonly string[] {
    const taken: string[] = [];
    for (const one of this.#all) if (taken.length < max) taken.push(...one.takeDirty(max - taken.length));
    return taken;
  }

  decide(draft: DecisionDraft, timeoutMs: number): Promise<DecisionAnswer> {
    return this.#of(draft.measure).decide(draft, timeoutMs);
  }
  /**
   * The first partition decides which of two revisions stands, and what has settled there is written to the others, under the same entry id:
   * so all come to the same revisions. Until then they go by the one before.
   */
  async decideZone(entryId: string, data: SharedZoneData, timeoutMs: number): Promise<DecisionAnswer> {
    const answer = await this.#firstOne.decideZone(entryId, data, timeoutMs);
    if (answer.kind !== 'decided' || !answer.settled || answer.outcome.kind === 'refused') return answer;
    const others = this.#all.slice(1).map((one) => one.decideZone(entryId, data, timeoutMs));
    const open = (await Promise.all(others)).some((one) => one.kind !== 'decided' || !one.settled);
    return open ? { kind: 'pending', entryId } : answer;
  }
  /** Of zones as they have settled in the first partition: writes what another lacks. True once all are stored. */
  async spreadZones(): Promise<boolean> {
    const { settledT } = this.#firstOne.status();
    let stored = true;
    for (const { entryId, data, revision, t } of this.#firstOne.sharedZones.all())
      for (const one of this.#all.slice(1)) {
        const there = one.sharedZones.newest(data.zoneId)?.revision ?? 0;
        if (t > settledT || there !== revision - 1) continue;
        stored = (await one.decideZone(entryId, data, 0)).kind !== 'not-stored' && stored;
      }
    return stored;
  }
  /** As the first partition has them. */
  get sharedZones(): Replica['sharedZones'] {
    return this.#firstOne.sharedZones;
  }
  /** An order in any partition may name it. */
  hasSharedZone(zoneId: string): boolean {
    return this.#all.every((one) => one.sharedZones.newest(zoneId) !== undefined);
  }
  decisionStatus(entryId: string): DecisionStatus | undefined {
    return this.#first((one) => one.decisionStatus(entryId));
  }

  /** Partition after partition, because events that share a cursor stand together: the order between cases is nobody's concern (D1). */
  events(after: VectorPosition | undefined, limit: number): EventPageOfRing {
    const events: PublishedEvent[] = [];
    let next = after ?? {};
    let truncated = false;
    for (const one of this.#all) {
      const page = one.events(after, Math.max(0, limit - events.length));
      events.push(...page.events);
      next = laterOf(next, page.next);
      truncated ||= page.truncated;
    }
    return { events, next, truncated };
  }
  onEvent(listener: (event: PublishedEvent) => void): () => void {
    return endAll(this.#all.map((one) => one.onEvent(listener)));
  }
  onDispatch(listener: (site: SiteId, mark: DispatchMark) => void): () => void {
    return endAll(this.#all.map((one) => one.onDispatch(listener)));
  }
  /** True once all are stored. */
  async sayDispatch(kind: DispatchMark['kind'], marks: readonly DispatchMark[]): Promise<boolean> {
    const said = this.#all.map((one, partition) => {
      const own = marks.filter(({ measure }) => partitionOf(measure, this.#all.length) === partition);
      return own.length === 0 ? Promise.resolve(true) : one.sayDispatch(kind, own);
    });
    return (await Promise.all(said)).every(Boolean);
  }
  async whenSpeaking(): Promise<void> {
    await Promise.all(this.#all.map((one) => one.whenSpeaking()));
  }

  received(): VectorPosition {
    return this.#all.reduce((position, one) => laterOf(position, one.received()), {});
  }
  receivedOnDisk(): VectorPosition {
    return this.#all.reduce((position, one) => laterOf(position, one.receivedOnDisk()), {});
  }
  async whenReceived(position: VectorPosition, timeoutMs: number): Promise<boolean> {
    return (await Promise.all(this.#all.map((one) => one.whenReceived(position, timeoutMs)))).every(Boolean);
  }
  /** True once everything that the logs held when this site began has been applied. */
  get caughtUp(): boolean {
    return this.#all.every((one) => one.caughtUp);
  }
  get hasWork(): boolean {
    return this.#all.some((one) => one.hasWork);
  }
  /** L12: everything that the other site held lies here and has been read. */
  get holdsAll(): boolean {
    return this.#all.every(({ merge }) => merge.caughtUp);
  }
  /** The site has left, or was retired, in every partition. */
  hasLeft(site: SiteId): boolean {
    return this.#all.every(({ merge }) => merge.hasLeft(site));
  }
  /** The newest log time read from any origin. */
  get newestT(): number {
    return Math.max(...this.#all.map(({ merge }) => merge.newestT));
  }
  /** Log time (us) from which on what this site settles may lie on its disk only; undefined: the other site is a part of it. */
  get aloneSince(): number | undefined {
    const since = this.#all.flatMap(({ merge }) => merge.awaySince(otherSite(merge.self)) ?? []);
    return since.length === 0 ? undefined : Math.min(...since);
  }
  /** Bytes of what waits to settle that are held, about. */
  get heldBytes(): number {
    let sum = 0;
    for (const one of this.#all) sum += one.heldBytes;
    return sum;
  }
  get unsettledEntries(): number {
    let sum = 0;
    for (const one of this.#all) sum += one.unsettledEntries;
    return sum;
  }
  epochs(): SiteEpoch[] {
    return this.#all.flatMap(({ merge }, partition) =>
      merge.epochs().map(({ site, epoch, lastSeq }) => ({ partition, site, epoch, lastSeq })),
    );
  }
  /** The version of the rules that every partition has switched to. */
  get rulesInForce(): number {
    return Math.min(...this.#all.map(({ rules }) => rules.newest));
  }
  status(): ReplicaStatus {
    return joinStatus(this.#all);
  }

  #first<T>(ask: (one: Replica) => T | undefined): T | undefined {
    for (const one of this.#all) {
      const answer = ask(one);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

const endAll = (ends: readonly (() => void)[]) => (): void => {
  for (const end of ends) end();
};
