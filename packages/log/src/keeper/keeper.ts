// The one configured process of a site that writes heartbeats and admits (L2, L6, L11): timers around `keeperDecide`.
import { type AdmitData, type EntryKind, type HeartbeatData, type OkData, type SiteId, otherSite } from '@vigie/model';
import { GENESIS } from '../merge/admit-data.ts';
import type { Merge } from '../merge/merge.ts';
import type { MergeChange } from '../merge/placed.ts';
import type { Time } from '../time.ts';
import type { AppendResult, EntryDraft, PeerState, RotationDoor, SiteLog, Survey } from '../types.ts';
import type { RotationRule } from './rotation.ts';
import {
  type KeeperAction,
  type KeeperView,
  NUDGED_EVERY_MS,
  QUIET_MS,
  closedEndsOf,
  hasReadDisk,
  keeperDecide,
} from './decide.ts';
import { endsOf, foundData } from './founding.ts';
import { rewrite, voided } from './rewrite.ts';

export interface KeeperOptions {
  readonly log: SiteLog;
  readonly merge: Merge;
  readonly time: Time;
  /** A fresh entry id, 32 hex digits. */
  readonly entryId: () => string;
  /** What heartbeats carry: digest of settled state, own tree. */
  readonly heartbeat?: () => HeartbeatData;
  /** When epochs are closed (L10), and what closes them; left out: they are closed by restarts of the log server alone. */
  readonly rotation?: { readonly rule: RotationRule; readonly door: RotationDoor };
  readonly onFailure?: (result: Exclude<AppendResult, { kind: 'stored' }>) => void;
  /** How many partitions the site's log has: admits and foundings record it. */
  readonly partitions?: number;
  /** What the other site says of leaving, in all partitions together; left out: as the own log hears it. */
  readonly leaving?: () => Pick<PeerState, 'leaving' | 'staysForUs'>;
}

/** Entries whose answer somebody waits for: the other site orders them at once. */
const NUDGES: ReadonlySet<EntryKind> = new Set([
  'case',
  'order',
  'stop',
  'step',
  'case_rule',
  'event',
  'admit',
  'ok',
  'leave',
  'found',
  'erased',
]);
/** Between two looks at the other disk while something waits there. */
const SURVEY_EVERY_MS = 100;
const TICK_MS_MIN = 5;
/** A rotation that did not go through is tried again after this. */
const ROTATE_EVERY_MS = 1000;
/** A log server that is away makes every heartbeat fail; once in a while is enough to say so. */
const TELL_EVERY_MS = 10_000;
/** Between two looks for what was voided. */
const REWRITE_EVERY_MS = 1000;

/** What a site is in the cluster. `retired`: the other has founded a generation without it, and it is not back yet. */
export type Membership = 'member' | 'leaving' | 'left' | 'retired';

export type FoundAnswer =
  | { readonly kind: 'founded'; readonly generation: string }
  /** `heard`: the other site lives. `reading`: part of the own disk is not read yet. `retired`: this site is the lost one. */
  | { readonly kind: 'refused'; readonly reason: 'heard' | 'reading' | 'retired' | 'left' }
  | { readonly kind: 'not-stored'; readonly result: Exclude<AppendResult, { kind: 'stored' }> };

export type YieldAnswer =
  | { readonly kind: 'yielded'; readonly to: string }
  | { readonly kind: 'refused'; readonly reason: 'no-rival' }
  | Extract<FoundAnswer, { kind: 'not-stored' }>;

type ControlDraft =
  | { readonly kind: 'admit'; readonly data: AdmitData }
  | { readonly kind: 'ok'; readonly data: OkData };

export class Keeper {
  readonly #o: KeeperOptions;
  #lastEntryUs: number;
  #lastHeartbeatUs: number;
  #nudged = false;
  #survey: Survey | undefined;
  #surveyedUs = Number.NEGATIVE_INFINITY;
  /** What was appended and not yet read back: nothing is decided twice. */
  #unread: { epoch: string; seq: number } | undefined;
  #rotatedUs = Number.NEGATIVE_INFINITY;
  #toldUs = Number.NEGATIVE_INFINITY;
  #busy = false;
  #wish: KeeperView['wish'];
  #lookedForVoidedUs = Number.NEGATIVE_INFINITY;
  #rewriting = false;
  /** A founding or an admit may be stored or not; an entry appended later tells, once it is read. */
  #unsure: { later: { readonly epoch: string; readonly seq: number } | undefined } | undefined;
  #stopped = false;
  #cancel: (() => void) | undefined;

  constructor(o: KeeperOptions) {
    this.#o = o;
    this.#lastEntryUs = o.time.nowUs();
    this.#lastHeartbeatUs = this.#lastEntryUs;
    this.#schedule(0);
  }

  /** The reader tells every change of the merged order. */
  changed(change: MergeChange): void {
    const { site } = this.#o.log;
    for (const { site: from, entry, epoch, seq } of change.placed) {
      if (from === site) {
        this.#lastEntryUs = this.#o.time.nowUs();
        this.#nudged = false;
        if (this.#unread?.epoch === epoch && this.#unread.seq <= seq) this.#unread = undefined;
      } else if (from === otherSite(site) && NUDGES.has(entry.kind)) this.#nudged = true;
    }
    if (this.#nudged) this.#schedule(0);
  }

  get membership(): Membership {
    const { log, merge } = this.#o;
    if (log.left) return 'left';
    if (merge.isRetired(log.site)) return 'retired';
    return this.#wish?.kind === 'leave' ? 'leaving' : 'member';
  }
  /** Leave (planned maintenance): as soon as both sites stand so that it can, see `membership`. */
  drain(by: string): void {
    if (this.#o.log.left) return;
    this.#wish = { kind: 'leave', by };
    this.#o.log.sayLeaving(true);
    this.#schedule(0);
  }
  /** The site returns, or does not leave after all. */
  undrain(): void {
    const { log, time } = this.#o;
    this.#wish = log.left ? { kind: 'return', sinceUs: time.nowUs() } : undefined;
    if (!log.left) log.sayLeaving(false);
    this.#schedule(0);
  }

  /** Undefined: this site may found a generation without the other. */
  whyNotFound(): Extract<FoundAnswer, { kind: 'founded' | 'refused' }> | undefined {
    const { log, merge } = this.#o;
    if (merge.isRetired(otherSite(log.site))) return { kind: 'founded', generation: merge.generation };
    if (merge.isRetired(log.site)) return { kind: 'refused', reason: 'retired' };
    if (log.left) return { kind: 'refused', reason: 'left' };
    if (log.peer().reachable) return { kind: 'refused', reason: 'heard' };
    return hasReadDisk(this.#foundView(), log.extents()) ? undefined : { kind: 'refused', reason: 'reading' };
  }
  #foundView() {
    const { log, merge } = this.#o;
    return { self: log.site, epoch: log.epoch, epochs: merge.epochs(), generation: merge.generation };
  }

  /**
   * Founds a generation without the other site, which `by` has confirmed to be fenced (Found).
   * @param random of its name, the same in every partition
   */
  async found(by: string, random: string = this.#o.entryId().slice(0, 8)): Promise<FoundAnswer> {
    const { merge } = this.#o;
    const whyNot = this.whyNotFound();
    if (whyNot !== undefined) return whyNot;
    const data = { ...foundData(this.#foundView(), random, by), ...this.#several };
    const other = otherSite(merge.self);
    merge.holdAt(endsOf(data, other));
    const result = await this.#append({ kind: 'found', data });
    if (result.kind === 'stored') return { kind: 'founded', generation: data.generation };
    if (result.kind === 'refused') merge.holdAt(undefined);
    else this.#unsure = { later: undefined };
    return { kind: 'not-stored', result };
  }

  /** Both sites have founded a generation: `by` has chosen the other's. What was settled here by the own one has to be read anew. */
  async yield(by: string): Promise<YieldAnswer> {
    const { merge } = this.#o;
    const { generation, rival } = merge;
    if (rival === undefined) return { kind: 'refused', reason: 'no-rival' };
    const result = await this.#append({ kind: 'found', data: { yields: generation, to: rival, by } });
    return result.kind === 'stored' ? { kind: 'yielded', to: rival } : { kind: 'not-stored', result };
  }

  #peer(): PeerState {
    const peer = this.#o.log.peer();
    const { leaving, staysForUs } = this.#o.leaving?.() ?? peer;
    return { ...peer, leaving, staysForUs };
  }
  get #several(): Pick<AdmitData, 'partitions'> {
    const { partitions = 1 } = this.#o;
    return partitions === 1 ? {} : { partitions };
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #schedule(afterMs: number): void {
    this.#cancel?.();
    if (this.#stopped) return;
    this.#cancel = this.#o.time.after(afterMs, () => this.#tick());
  }

  #tick(): void {
    if (this.#stopped) return;
    if (!this.#busy) {
      this.#busy = true;
      void this.#round().finally(() => {
        this.#busy = false;
      });
    }
    const now = this.#o.time.nowUs();
    const quietLeftMs = QUIET_MS - (now - this.#lastEntryUs) / 1000;
    const nudgeMs = this.#nudged ? NUDGED_EVERY_MS - (now - this.#lastHeartbeatUs) / 1000 : quietLeftMs;
    this.#schedule(Math.max(TICK_MS_MIN, Math.min(quietLeftMs, nudgeMs, SURVEY_EVERY_MS)));
  }

  async #round(): Promise<void> {
    const { log, merge, time } = this.#o;
    const perSite = (of: (site: SiteId) => boolean) => ({ noirmont: of('noirmont'), delemont: of('delemont') });
    for (const action of keeperDecide(
      {
        self: log.site,
        generation: merge.generation,
        epoch: log.epoch,
        caughtUp: merge.caughtUp,
        peer: this.#peer(),
        epochs: merge.epochs(),
        survey: this.#survey,
        extents: log.extents(),
        away: perSite((site) => merge.hasLeft(site)),
        retired: perSite((site) => merge.isRetired(site)),
        rival: merge.rival !== undefined,
        left: log.left,
        wish: this.#wish,
        lastEntryUs: this.#lastEntryUs,
        lastHeartbeatUs: this.#lastHeartbeatUs,
        nudged: this.#nudged,
        ...(this.#o.rotation === undefined
          ? {}
          : { rotation: this.#o.rotation.rule, running: this.#o.rotation.door.running() }),
      },
      time.nowUs(),
    ))
      await this.#do(action);
    this.#judgeUnsure();
    this.#rewriteVoided();
  }

  #judgeUnsure(): void {
    const { log, merge } = this.#o;
    const later = this.#unsure?.later;
    if (later === undefined || !this.#hasRead(later.epoch, later.seq)) return;
    if (!hasReadDisk({ self: log.site, epoch: log.epoch, epochs: merge.epochs() }, log.extents())) return;
    this.#unsure = undefined;
    merge.holdAt(undefined);
    merge.closeAt(undefined);
  }

  /** Once this site is a member again after a founding: entries that lost their place by it are written anew. Not waited for. */
  #rewriteVoided(): void {
    const { log, merge, time } = this.#o;
    const now = time.nowUs();
    if (this.#rewriting || (now - this.#lookedForVoidedUs) / 1000 < REWRITE_EVERY_MS) return;
    if (
      merge.generation === GENESIS ||
      this.membership !== 'member' ||
      !merge.caughtUp ||
      !merge.isAdmitted(log.site, log.epoch)
    )
      return;
    this.#lookedForVoidedUs = now;
    const [first] = voided(log, merge);
    if (first === undefined) return;
    this.#rewriting = true;
    void rewrite(log, first).then((failed) => {
      this.#rewriting = false;
      if (failed !== undefined) this.#tellFailure(failed);
    });
  }

  async #do(action: KeeperAction): Promise<void> {
    const { log, time } = this.#o;
    switch (action.kind) {
      case 'heartbeat':
        this.#lastHeartbeatUs = time.nowUs();
        this.#lastEntryUs = time.nowUs();
        this.#nudged = false;
        await this.#append({ kind: 'heartbeat', data: this.#o.heartbeat?.() ?? {} });
        return;
      case 'survey':
        if ((time.nowUs() - this.#surveyedUs) / 1000 < SURVEY_EVERY_MS) return;
        this.#surveyedUs = time.nowUs();
        // Not waited for: heartbeats go on while the other log server takes its time.
        void log.survey().then((survey) => {
          this.#survey = survey;
          this.#schedule(0);
        });
        return;
      case 'rotate':
        if ((time.nowUs() - this.#rotatedUs) / 1000 < ROTATE_EVERY_MS) return;
        this.#rotatedUs = time.nowUs();
        await this.#o.rotation?.door.rotate();
        return;
      case 'admit':
        this.#survey = undefined; // every admit rests on a fresh look
        await this.#control({ kind: 'admit', data: { ...action.data, ...this.#several } });
        return;
      case 'ok':
        await this.#control({ kind: 'ok', data: { admitEntryId: action.admitEntryId } });
        return;
      case 'leave': {
        const data = { by: action.by };
        const result = await log.leave({ kind: 'leave', data, entryId: this.#o.entryId(), items: [] });
        if (result.kind === 'stored') this.#wish = undefined;
        else this.#tellFailure(result);
        return;
      }
      case 'stay':
        this.undrain();
        return;
      case 'reopen':
        this.#wish = undefined;
        log.sayLeaving(false);
        await log.reopen();
        return;
    }
  }

  async #control(draft: ControlDraft): Promise<void> {
    if (this.#unread !== undefined && this.#unread.epoch === this.#o.log.epoch) return;
    if (draft.kind === 'admit') {
      // One that may lie in the log has given ends already, and they are final.
      if (this.#unsure !== undefined) return;
      this.#o.merge.closeAt(closedEndsOf(draft.data, otherSite(this.#o.log.site)));
    }
    // Until its sequence is known: whatever comes back of this epoch is not past it.
    this.#unread = { epoch: this.#o.log.epoch, seq: Number.MAX_SAFE_INTEGER };
    const result = await this.#append(draft);
    if (draft.kind === 'admit' && result.kind === 'refused') this.#o.merge.closeAt(undefined);
    if (draft.kind === 'admit' && result.kind === 'unknown') this.#unsure = { later: undefined };
    this.#unread = result.kind === 'stored' && !this.#hasRead(result.epoch, result.seq) ? result : undefined;
  }
  #hasRead(epoch: string, seq: number): boolean {
    const { log, merge } = this.#o;
    return merge.epochs().some((info) => info.site === log.site && info.epoch === epoch && info.received >= seq);
  }
  async #append(draft: Pick<EntryDraft, 'kind' | 'data'>): Promise<AppendResult> {
    const unsure = this.#unsure;
    const result = await this.#o.log.append({ ...draft, entryId: this.#o.entryId(), items: [] });
    if (result.kind !== 'stored') this.#tellFailure(result);
    else if (unsure !== undefined) unsure.later ??= result;
    return result;
  }
  #tellFailure(result: Exclude<AppendResult, { kind: 'stored' }>): void {
    const now = this.#o.time.nowUs();
    if ((now - this.#toldUs) / 1000 < TELL_EVERY_MS) return;
    this.#toldUs = now;
    this.#o.onFailure?.(result);
  }
}
