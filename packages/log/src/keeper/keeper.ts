// The one configured process of a site that writes heartbeats and admits (L2, L6, L11): timers around `keeperDecide`.
import { type EntryKind, type HeartbeatData, otherSite } from '@vigie/model';
import type { Merge } from '../merge/merge.ts';
import type { MergeChange } from '../merge/placed.ts';
import type { Time } from '../time.ts';
import type { AppendResult, EntryDraft, RotationDoor, SiteLog, Survey } from '../types.ts';
import type { RotationRule } from './rotation.ts';
import { type KeeperAction, NUDGED_EVERY_MS, QUIET_MS, keeperDecide } from './decide.ts';

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
}

/** Entries whose answer somebody waits for: the other site orders them at once. */
const NUDGES: ReadonlySet<EntryKind> = new Set([
  'case',
  'order',
  'stop',
  'step',
  'event',
  'admit',
  'ok',
  'leave',
  'erased',
]);
/** Between two looks at the other disk while something waits there. */
const SURVEY_EVERY_MS = 100;
const TICK_MS_MIN = 5;
/** A rotation that did not go through is tried again after this. */
const ROTATE_EVERY_MS = 1000;
/** A log server that is away makes every heartbeat fail; once in a while is enough to say so. */
const TELL_EVERY_MS = 10_000;

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
    for (const action of keeperDecide(
      {
        self: log.site,
        generation: merge.generation,
        epoch: log.epoch,
        caughtUp: merge.caughtUp,
        peer: log.peer(),
        epochs: merge.epochs(),
        survey: this.#survey,
        lastEntryUs: this.#lastEntryUs,
        lastHeartbeatUs: this.#lastHeartbeatUs,
        nudged: this.#nudged,
        peerLeft: merge.hasLeft(otherSite(log.site)),
        ...(this.#o.rotation === undefined
          ? {}
          : { rotation: this.#o.rotation.rule, running: this.#o.rotation.door.running() }),
      },
      time.nowUs(),
    ))
      await this.#do(action);
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
        await this.#control({ kind: 'admit', data: action.data });
        return;
      case 'ok':
        await this.#control({ kind: 'ok', data: { admitEntryId: action.admitEntryId } });
        return;
    }
  }

  async #control(draft: Pick<EntryDraft, 'kind' | 'data'>): Promise<void> {
    if (this.#unread !== undefined && this.#unread.epoch === this.#o.log.epoch) return;
    // Until its sequence is known: whatever comes back of this epoch is not past it.
    this.#unread = { epoch: this.#o.log.epoch, seq: Number.MAX_SAFE_INTEGER };
    const result = await this.#append(draft);
    this.#unread = result.kind === 'stored' && !this.#hasRead(result.epoch, result.seq) ? result : undefined;
  }
  #hasRead(epoch: string, seq: number): boolean {
    const { log, merge } = this.#o;
    return merge.epochs().some((info) => info.site === log.site && info.epoch === epoch && info.received >= seq);
  }
  async #append(draft: Pick<EntryDraft, 'kind' | 'data'>): Promise<AppendResult> {
    const result = await this.#o.log.append({ ...draft, entryId: this.#o.entryId(), items: [] });
    if (result.kind !== 'stored') this.#tellFailure(result);
    return result;
  }
  #tellFailure(result: Exclude<AppendResult, { kind: 'stored' }>): void {
    const now = this.#o.time.nowUs();
    if ((now - this.#toldUs) / 1000 < TELL_EVERY_MS) return;
    this.#toldUs = now;
    this.#o.onFailure?.(result);
  }
}
