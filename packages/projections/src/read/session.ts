// One transaction per read: the authority is set for row-level security, rows are read, and who read whose data is written
// into the log of reads before anybody gets the answer. If that cannot be written, the read fails.
import { createHash } from 'node:crypto';
import { type Result, type SiteId, byCodeUnit, fail, ok } from '@vigie/model';
import { sql } from 'drizzle-orm';
import { type PostgresJsDatabase, drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { measureSets, reads } from '../store/access-schema.ts';
import type { ReadScope } from './scope.ts';

/** Reads under way or waiting for a connection; beyond it a read is answered `overloaded` at once. */
const READS_IN_FLIGHT_MAX = 200;
/** Milliseconds until a read that the database does not answer is given up. */
const READ_MS_MAX = 3_000;

/** Two readers may log the same set of measures at once; the later transaction is then begun anew (SQLSTATE 40001), at most so often. */
const BEGIN_ANEW_MAX = 5;
const SERIALIZATION_FAILURE = '40001';

export type Tx = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0];

export interface ReadSessionOptions {
  /** URL of the application's role: it can read rows of the projections and add to the log of reads, nothing else. */
  readonly url: string;
  readonly site: SiteId;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
  readonly onFault?: (detail: string, cause: unknown) => void;
}

/** What was read, and whose: the measures go into the log of reads. */
export interface Read<T> {
  readonly value: T;
  readonly measures: Iterable<string>;
}

export class ReadSession {
  readonly #client: postgres.Sql;
  readonly #db: PostgresJsDatabase;
  readonly #site: SiteId;
  readonly #now: () => number;
  readonly #onFault: (detail: string, cause: unknown) => void;
  #inFlight = 0;

  constructor(options: ReadSessionOptions) {
    this.#client = postgres(options.url, {
      max: 6,
      connect_timeout: 2,
      backoff: () => 0.1,
      onnotice: () => {},
      connection: { application_name: 'vigie api', statement_timeout: READ_MS_MAX },
    });
    // This client belongs to drizzle alone: drizzle replaces its serializers.
    this.#db = drizzle(this.#client);
    this.#site = options.site;
    this.#now = options.now ?? Date.now;
    this.#onFault = options.onFault ?? (() => {});
  }

  /** @param kind what the log of reads calls this: `case`, `track`, `incidents`, ... */
  async read<T>(scope: ReadScope, kind: string, query: (tx: Tx) => Promise<Read<T>>): Promise<Result<T>> {
    if (this.#inFlight >= READS_IN_FLIGHT_MAX) return fail('overloaded', `${READS_IN_FLIGHT_MAX} reads are under way`);
    this.#inFlight++;
    const reading = this.#transaction(scope, kind, query).finally(() => {
      this.#inFlight--;
    });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<Result<T>>((resolve) => {
      timer = setTimeout(() => resolve(fail('store-unavailable', 'the database did not answer in time')), READ_MS_MAX);
    });
    const result = await Promise.race([reading, timeout]);
    clearTimeout(timer);
    return result;
  }

  /** Writes the log of reads for data that was not read from here, such as a live incident. */
  async record(scope: ReadScope, kind: string, measures: Iterable<string>): Promise<Result<undefined>> {
    return this.read(scope, kind, () => Promise.resolve({ value: undefined, measures }));
  }

  async close(): Promise<void> {
    await this.#client.end({ timeout: 2 });
  }

  async #transaction<T>(scope: ReadScope, kind: string, query: (tx: Tx) => Promise<Read<T>>): Promise<Result<T>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return ok(await this.#attempt(scope, kind, query));
      } catch (error) {
        const cause = rootOf(error);
        if ((cause as { code?: unknown }).code === SERIALIZATION_FAILURE && attempt < BEGIN_ANEW_MAX) continue;
        this.#onFault(`reading ${kind}: the database or its log of reads is not available`, cause);
        return fail('store-unavailable', 'the database or its log of reads is not available', { cause });
      }
    }
  }

  #attempt<T>(scope: ReadScope, kind: string, query: (tx: Tx) => Promise<Read<T>>): Promise<T> {
    return this.#db.transaction(
      async (tx) => {
        await tx.execute(sql`select set_config('vigie.authority', ${scope.authority}, true)`);
        const read = await query(tx);
        await this.#logRead(tx, scope, kind, read.measures);
        return read.value;
      },
      { isolationLevel: 'repeatable read' },
    );
  }

  async #logRead(tx: Tx, scope: ReadScope, kind: string, read: Iterable<string>): Promise<void> {
    const measures = [...new Set(read)].sort(byCodeUnit);
    if (measures.length === 0) return;
    const setId = createHash('sha256').update(measures.join(',')).digest('hex');
    await tx.insert(measureSets).values({ setId, measures }).onConflictDoNothing();
    const { subject, role, authority } = scope;
    await tx.insert(reads).values({ atMs: this.#now(), site: this.#site, subject, role, authority, kind, setId });
  }
}

/** What the database said. Drizzle wraps it in the query with its parameters, which have no place in a log. */
function rootOf(error: unknown): Error {
  let at = error instanceof Error ? error : new Error(String(error));
  while (at.cause instanceof Error) at = at.cause;
  return at;
}
