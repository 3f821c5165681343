// Group commit (L3): items that wait while appends are in flight travel together in the next entry. No timer: whatever came in
// during one turn of the event loop goes out at its end, unless APPENDS_IN_FLIGHT_MAX entries are on their way already.
//
// After a crash of ingest a report may be in the log and unacknowledged (a repeat follows); it is never acknowledged and not
// in the log.
import { randomUUID } from 'node:crypto';
import type { AppendResult, EntryDraft } from '@vigie/log';
import { ITEM_OVERHEAD_BYTES, type Item, seqOf } from '@vigie/model';
import { draftBytes } from './forward.ts';
import { ANSWER_MS_MAX, APPENDS_IN_FLIGHT_MAX, ENTRY_BYTES_TARGET, FORWARD_AFTER_MS, SEEN_WAIT_MS } from './limits.ts';
import { PassedOn } from './passed-on.ts';
import type { IngestLog, IngestPorts, StoredAt } from './ports.ts';

/** `both` undefined: stored here, and the other site not asked yet. */
type Stored =
  | { readonly kind: 'stored'; readonly at: StoredAt; readonly both: boolean | undefined }
  | { readonly kind: 'disk_full' | 'unreachable'; readonly detail: string };

export type CommitOutcome =
  | { readonly kind: 'stored'; readonly at: StoredAt; readonly both: boolean }
  | { readonly kind: 'disk_full'; readonly detail: string }
  | { readonly kind: 'unreachable'; readonly detail: string };

/** The entry that some items travel in, from being queued to being durable. Shared by the uploads in it and by their repeats. */
export interface Commit {
  /** Settles once; never rejects. */
  readonly done: Promise<CommitOutcome>;
  /** Undefined until then. */
  readonly outcome: CommitOutcome | undefined;
}

class PendingCommit implements Commit {
  outcome: CommitOutcome | undefined;
  readonly done: Promise<CommitOutcome>;
  readonly settle: (outcome: CommitOutcome) => void;
  readonly items: Item[] = [];
  bytes = 0;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<CommitOutcome>();
    this.done = promise;
    this.settle = (outcome) => {
      this.outcome = outcome;
      resolve(outcome);
    };
  }
}

export interface CommitCounters {
  entries: number;
  items: number;
  forwarded: number;
  failed: number;
  diskFull: number;
}

/** Commits that go one way: into the own log first, or to the other site first. */
class Lane {
  readonly queue: PendingCommit[] = [];
  inFlight = 0;
}

type CommitPorts = Pick<IngestPorts, 'peer' | 'plain' | 'note'> & { readonly log: IngestLog };

/** Of one partition. */
export class GroupCommit {
  readonly #ports: CommitPorts;
  readonly #own = new Lane();
  readonly #passing = new Lane();
  readonly #passedOn: PassedOn;
  readonly counters: CommitCounters = { entries: 0, items: 0, forwarded: 0, failed: 0, diskFull: 0 };
  #queuedBytes = 0;
  #scheduled = false;
  /** The last local append had no answer in time: until one has, entries go to the other site at once as well. */
  #localSuspect = false;

  constructor(ports: CommitPorts) {
    this.#ports = ports;
    this.#passedOn = new PassedOn(() => ports.log.received());
  }
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** The items of one upload stay in one entry if they fit one; each item alone must be smaller than an entry. */
  add(item: Item): Commit {
    const { queue } = this.#passedOn.isOnItsWay(item.measure) ? this.#passing : this.#own;
    const size = item.bytes.length + ITEM_OVERHEAD_BYTES;
    let last = queue[queue.length - 1];
    if (last === undefined || last.bytes + size > ENTRY_BYTES_TARGET) queue.push((last = new PendingCommit()));
    last.items.push(item);
    last.bytes += size;
    this.#queuedBytes += size;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#pump(this.#own);
        this.#pump(this.#passing);
      });
    }
    return last;
  }

  #pump(lane: Lane): void {
    while (lane.inFlight < APPENDS_IN_FLIGHT_MAX) {
      const next = lane.queue.shift();
      if (next === undefined) return;
      this.#queuedBytes -= next.bytes;
      lane.inFlight++;
      void this.#run(next, lane);
    }
  }

  async #run(commit: PendingCommit, lane: Lane): Promise<void> {
    const stored = await this.#store(commit, lane === this.#passing);
    lane.inFlight--;
    this.#pump(lane);
    await this.#answer(commit, stored);
  }

  /**
   * Asks the own log; after FORWARD_AFTER_MS without an answer the other site too. Of cases whose earlier reports are on their way back from
   * there, the other way round. Both know the entry by the same id.
   */
  #store(commit: PendingCommit, passesOn: boolean): Promise<Stored> {
    const { log, peer, plain } = this.#ports;
    const draft: EntryDraft = {
      entryId: randomUUID().replaceAll('-', ''),
      kind: 'reports',
      ...(plain === true ? { plain: true } : {}),
      items: commit.items,
    };
    const measures = new Set(commit.items.map(({ measure }) => measure));
    this.counters.entries++;
    this.counters.items += commit.items.length;
    return new Promise((resolve) => {
      let open = 0;
      let detail = 'no answer in time';
      let diskFull = false;
      const timers: NodeJS.Timeout[] = [];
      let finished = false;
      const finish = (stored: Stored) => {
        finished = true;
        for (const timer of timers) clearTimeout(timer);
        resolve(stored);
      };
      const failed = (why: string) => {
        detail = why;
        if (--open === 0) finish(diskFull ? { kind: 'disk_full', detail } : { kind: 'unreachable', detail });
      };
      let forwarding = false;
      const forward = () => {
        // Asked even when the peer is not heard: hearing goes through the log server that may be the one that is down.
        if (forwarding || peer === undefined) return;
        forwarding = true;
        open++;
        void peer.forward(draftBytes(draft), ANSWER_MS_MAX).then((at) => {
          if (at === undefined) {
            append();
            return failed(detail);
          }
          this.counters.forwarded++;
          if (!finished) this.#passedOn.note(measures, at);
          return finish({ kind: 'stored', at, both: at.both });
        });
      };
      const noLocalAnswer = () => {
        this.#localSuspect = true;
        forward();
      };
      let appending = false;
      const append = () => {
        if (appending) return;
        appending = true;
        open++;
        if (passesOn) this.#passedOn.forget(measures);
        void log.append(draft).then((result: AppendResult) => {
          if (result.kind === 'stored') {
            this.#localSuspect = false;
            return finish({
              kind: 'stored',
              at: { site: log.site, epoch: result.epoch, seq: result.seq },
              both: undefined,
            });
          }
          if (result.kind === 'refused' && result.reason === 'disk_full') diskFull = true;
          noLocalAnswer();
          return failed(result.detail);
        });
      };
      if (passesOn || this.#localSuspect) forward();
      if (!passesOn) append();
      timers.push(setTimeout(() => (passesOn ? append() : noLocalAnswer()), FORWARD_AFTER_MS));
      timers.push(setTimeout(() => finish({ kind: 'unreachable', detail }), ANSWER_MS_MAX));
    });
  }

  async #answer(commit: PendingCommit, stored: Stored): Promise<void> {
    if (stored.kind === 'stored') {
      const { epoch, seq } = stored.at;
      const { log } = this.#ports;
      const both = stored.both ?? (await log.whenSeen(epoch, seqOf(seq), SEEN_WAIT_MS));
      return commit.settle({ kind: 'stored', at: stored.at, both });
    }
    if (stored.kind === 'disk_full') this.counters.diskFull++;
    else this.counters.failed++;
    this.#ports.note({
      level: 'error',
      kind: stored.kind === 'disk_full' ? 'disk-full' : 'log-unreachable',
      detail: `${commit.items.length} uploads were not stored: ${stored.detail}`,
    });
    commit.settle(stored);
  }
}
