// Keeps Postgres at what the site knows, and may fail to without anybody else noticing: it buffers nothing, asks the fold for the
// cases that changed and the log for what it has not read, and writes rows and checkpoint in one transaction. While the
// database is away it waits and remembers only which cases changed.
import { type Seq, type VectorPosition, type WorldError, covers, formatPosition } from '@vigie/model';
import type { Sql } from 'postgres';
import type { ProjectionSource } from './source.ts';
import { type Checkpoint, emptyCheckpoint, loadCheckpoint, moveCheckpoint, stillAt } from './write/checkpoint.ts';
import { connectWriter } from './write/connect.ts';
import { type LogPiece, readPiece } from './write/log-reading.ts';
import { chunksTable, eventsTable, ordersTable } from './write/tables.ts';
import { upsert } from './write/upsert.ts';
import { ViewBatch, ViewWriter } from './write/view-writer.ts';

/** Cases taken per round; a round also ends at this many rows, so that a transaction stays short. */
const CASES_PER_ROUND_MAX = 500;
const ROWS_PER_ROUND_MAX = 10_000;
/** Milliseconds between rounds at least. Under load a pause lasts three times its round, so the projector stays below a quarter of a core. */
const PAUSE_MS_MIN = 100;
const PAUSE_PER_ROUND = 3;
const PAUSE_MS_MAX = 2_000;
/** With nothing changed, the log (heartbeats) is read this often, and the checkpoint written this often. */
const QUIET_LOG_MS = 1_000;
const QUIET_CHECKPOINT_MS = 5_000;
/** Between two rounds when somebody waits for one. */
const HURRY_MS_MIN = 20;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 2_000;

export interface ProjectorOptions {
  readonly source: ProjectionSource;
  /** URL of the owner of the schema. */
  readonly url: string;
  readonly onFault?: (fault: WorldError) => void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export interface ProjectorStatus {
  /** Milliseconds since the rows last held everything; 0 when they do. */
  readonly lagMs: number;
  /** Cases known to have changed and not yet written. */
  readonly pending: number;
  readonly projected: VectorPosition;
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Items of the log that could not be read and have no row. */
  readonly unreadable: number;
  readonly transactions: number;
}

interface Waiter {
  readonly position: VectorPosition;
  readonly settle: (reached: boolean) => void;
}

class MovedByAnother extends Error {}

export class Projector {
  readonly #source: ProjectionSource;
  readonly #sql: Sql;
  readonly #onFault: (fault: WorldError) => void;
  readonly #now: () => number;
  readonly #views = new ViewWriter();
  readonly #pending = new Set<string>();
  readonly #waiters = new Set<Waiter>();
  #checkpoint: Checkpoint | undefined;
  /** Read but not written, because it had no rows: heartbeats. */
  #progress: ReadonlyMap<string, Seq> = new Map();
  #projected: VectorPosition = {};
  #complete = false;
  #completeAt: number;
  #trouble: WorldError | undefined;
  #logReadAt = Number.NEGATIVE_INFINITY;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #failedFor = '';
  #unreadable = 0;
  #transactions = 0;
  #stopping = false;
  #wake: () => void = () => {};
  #hurried = false;
  #hurry: () => void = () => {
    this.#hurried = true;
  };
  #running: Promise<void> | undefined;

  constructor(options: ProjectorOptions) {
    this.#source = options.source;
    this.#sql = connectWriter(options.url);
    this.#onFault = options.onFault ?? (() => {});
    this.#now = options.now ?? (() => performance.now());
    this.#completeAt = this.#now();
  }

  start(): this {
    this.#running ??= this.#run();
    return this;
  }

  status(): ProjectorStatus {
    return {
      lagMs: this.#complete ? 0 : Math.round(this.#now() - this.#completeAt),
      pending: this.#pending.size,
      projected: this.#projected,
      failures: this.#failures,
      unreadable: this.#unreadable,
      transactions: this.#transactions,
    };
  }

  /** The rows hold everything received up to here. */
  projected(): VectorPosition {
    return this.#projected;
  }

  /** True as soon as the rows hold the position; false after the time. */
  whenProjected(position: VectorPosition, timeoutMs: number): Promise<boolean> {
    if (covers(this.#projected, position)) return Promise.resolve(true);
    if (this.#stopping) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        settle: (reached) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => waiter.settle(false), timeoutMs);
      this.#waiters.add(waiter);
      this.#hurry();
    });
  }

  async close(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    for (const waiter of this.#waiters) waiter.settle(false);
    // A statement that waits for a server that does not answer must not hold up the end: the transaction is lost, nothing else.
    await this.#sql.end({ timeout: 2 });
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const startedAt = this.#now();
      let more = false;
      try {
        more = await this.#round();
        this.#failures = 0;
      } catch (cause) {
        if (this.#stopping) break;
        this.#failed(cause);
      }
      if (more) continue;
      const tookMs = this.#now() - startedAt;
      await this.#pause(
        this.#failures > 0
          ? Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(this.#failures - 1, 10))
          : Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_MIN, PAUSE_PER_ROUND * tookMs)),
        // Somebody waits to read what he wrote: the next round comes soon, yet rounds never take more than half of the time.
        this.#failures > 0 ? RETRY_MS_MIN : Math.max(HURRY_MS_MIN, tookMs),
      );
    }
  }

  /** True when there is more to do at once. */
  async #round(): Promise<boolean> {
    if (this.#source.caughtUp?.() === false) {
      this.#complete = false;
      return false;
    }
    if (this.#checkpoint === undefined) await this.#begin();
    const received = this.#source.received();
    const room = CASES_PER_ROUND_MAX - this.#pending.size;
    const taken = room > 0 ? this.#source.takeDirty(room) : [];
    for (const measure of taken) this.#pending.add(measure);
    const batch = this.#collect();
    const piece = await this.#readLog(batch.size > 0 || this.#waiters.size > 0);
    const allTaken = room > 0 && taken.length < room;
    if (this.#worthWriting(batch, piece))
      await this.#write(batch, piece, allTaken && piece?.behind === false ? received : undefined);
    if (piece !== undefined) {
      this.#progress = piece.progress;
      this.#unreadable += piece.rows.unreadable;
      this.#report(piece.trouble);
    }
    const more = !allTaken || this.#pending.size > 0 || piece?.more === true;
    this.#complete = !more && piece?.behind !== true && this.#trouble === undefined;
    if (this.#complete) this.#completeAt = this.#now();
    if (this.#complete && piece !== undefined) this.#reached(received);
    return more;
  }

  /** Where the rows in the database are; everything is written once more, since what happened meanwhile is not known. */
  async #begin(): Promise<void> {
    const checkpoint = await loadCheckpoint(this.#sql);
    this.#checkpoint = checkpoint;
    this.#progress = checkpoint.log;
    this.#projected = checkpoint.received;
    this.#views.forget();
    for (const measure of this.#source.measures()) this.#pending.add(measure);
  }

  #collect(): ViewBatch {
    const batch = new ViewBatch();
    for (const measure of this.#pending) {
      if (batch.written.size + batch.gone.length >= CASES_PER_ROUND_MAX || batch.size >= ROWS_PER_ROUND_MAX) break;
      if (this.#source.erased?.(measure) === true) batch.erased.push(measure);
      else {
        const view = this.#source.caseView(measure);
        if (view === undefined) batch.gone.push(measure);
        else this.#views.add(batch, view);
      }
    }
    return batch;
  }

  async #readLog(due: boolean): Promise<LogPiece | undefined> {
    if (!due && this.#now() - this.#logReadAt < QUIET_LOG_MS) return undefined;
    this.#logReadAt = this.#now();
    return readPiece(this.#source, this.#progress);
  }

  #worthWriting(batch: ViewBatch, piece: LogPiece | undefined): boolean {
    if (batch.size > 0) return true;
    if (piece === undefined) return false;
    return piece.rows.size > 0 || piece.voided.length > 0 || this.#now() - this.#writtenAt > QUIET_CHECKPOINT_MS;
  }

  /** `received` is absent when there is more to take or to read than was. */
  async #write(batch: ViewBatch, piece: LogPiece | undefined, received: VectorPosition | undefined): Promise<void> {
    const from = this.#checkpoint ?? emptyCheckpoint;
    const complete = this.#pending.size === batch.written.size + batch.gone.length + batch.erased.length;
    const to: Checkpoint = {
      received: complete && received !== undefined ? received : from.received,
      log: piece?.progress ?? this.#progress,
    };
    await this.#sql.begin(async (tx) => {
      if (!(await stillAt(tx, from))) throw new MovedByAnother('the checkpoint is not where this projector left it');
      await this.#views.write(tx, batch);
      if (piece !== undefined) {
        for (const { site, partition = 0, epoch, lastSeq } of piece.voided)
          for (const table of ['orders', 'track_chunks', 'events'])
            await tx.unsafe(
              `delete from projection.${table} where site = $1 and partition = $2 and epoch = $3 and seq > $4`,
              [site, partition, epoch, lastSeq],
            );
        await upsert(tx, ordersTable, piece.rows.orders);
        await upsert(tx, chunksTable, piece.rows.chunks);
        await upsert(tx, eventsTable, piece.rows.events);
      }
      await moveCheckpoint(tx, to);
    });
    this.#transactions++;
    this.#checkpoint = to;
    this.#writtenAt = this.#now();
    this.#views.committed(batch);
    for (const measure of batch.written.keys()) this.#pending.delete(measure);
    for (const measure of [...batch.gone, ...batch.erased]) this.#pending.delete(measure);
  }

  #reached(received: VectorPosition): void {
    this.#projected = received;
    for (const waiter of this.#waiters) if (covers(received, waiter.position)) waiter.settle(true);
  }

  /** Said once, not every round. */
  #report(trouble: WorldError | undefined): void {
    if (trouble !== undefined && trouble.detail !== this.#trouble?.detail) this.#onFault(trouble);
    this.#trouble = trouble;
  }

  #failed(cause: unknown): void {
    this.#failures++;
    this.#complete = false;
    this.#checkpoint = undefined;
    if (cause instanceof MovedByAnother) {
      this.#failures = 0;
      return;
    }
    const detail = cause instanceof Error ? cause.message : String(cause);
    // Once per outage and reason: the attempts go on, and status() counts them.
    if (this.#failures > 1 && detail === this.#failedFor) return;
    this.#failedFor = detail;
    const place = formatPosition(this.#projected);
    this.#onFault({ kind: 'store-unavailable', detail: `projection at ${place}: ${detail}`, cause });
  }

  /** Ends after `ms`, or `hurriedMs` after its start as soon as somebody hurries it. */
  #pause(ms: number, hurriedMs: number): Promise<void> {
    const startedAt = this.#now();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#wake = () => {};
        this.#hurry = () => {
          this.#hurried = true;
        };
        resolve();
      };
      let timer = setTimeout(end, ms);
      this.#wake = end;
      this.#hurry = () => {
        clearTimeout(timer);
        timer = setTimeout(end, Math.max(0, Math.min(ms, hurriedMs) - (this.#now() - startedAt)));
      };
      if (this.#hurried) this.#hurry();
      this.#hurried = false;
      if (this.#stopping) end();
    });
  }
}
