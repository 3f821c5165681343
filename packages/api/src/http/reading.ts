// What every route that shows data of persons does: the reader's scope, and the log of reads.
import type { Result } from '@vigie/model';
import type { Authority, ReadScope } from '@vigie/projections';
import type { ApiPorts } from '../ports.ts';
import type { Principal } from '../tokens.ts';

/** Who reads what is in a case: order, incidents, places, events. Whoever keeps the sites running needs none of it. */
export const CASE_READERS = ['operator', 'auditor', 'canton'] as const;
/** Who reads how the sites and devices are, and what is said of no single case. */
export const READERS = [...CASE_READERS, 'sre'] as const;
/** Who may decide: operators for every case, a canton for its own. Auditors look. */
export const DECIDERS = ['operator', 'canton'] as const;

const noDevice = (): never => {
  throw new Error('assertion failed: a device has no authority and reaches no such route');
};
/** For the API's own filters. */
export const authorityOf = (who: Principal): Authority => who.authority ?? noDevice();
/** For row-level security: on purpose not by way of `authorityOf`, so that a mistake in one leaves the other. */
export const scopeOf = ({ authority, subject, role }: Principal): ReadScope => ({
  authority: authority ?? noDevice(),
  subject,
  role,
});
/** The API's own check, in front of row-level security. */
export const maySee = (who: Principal, authority: string): boolean =>
  who.authority === '*' || who.authority === authority;

interface Pending {
  readonly scope: ReadScope;
  readonly kind: string;
  readonly measures: readonly string[];
}
/** Reads of live data waiting to be logged while the database is away. Beyond it such reads are refused. */
const READS_PENDING_MAX = 1_000;
const RETRY_MS = 2_000;

/**
 * Alarms must reach people while the database is away, so reads of the live feed and answers to decisions do not wait for the log
 * of reads: what cannot be written is kept, in a bound, and written when the database is back.
 */
export class LiveReads {
  readonly #ports: Pick<ApiPorts, 'reader' | 'projector' | 'note'>;
  #pending: Pending[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: Pick<ApiPorts, 'reader' | 'projector' | 'note'>) {
    this.#ports = ports;
  }

  /** False when the bound is reached: the read must be refused. */
  async record(scope: ReadScope, kind: string, measures: readonly string[]): Promise<boolean> {
    if (measures.length === 0) return true;
    if (this.#pending.length === 0 && this.#ports.projector.status().failures === 0) {
      const written = await this.#write({ scope, kind, measures });
      if (written.ok) return true;
    }
    if (this.#pending.length >= READS_PENDING_MAX) return false;
    this.#pending.push({ scope, kind, measures });
    this.#timer ??= setTimeout(() => void this.#retry(), RETRY_MS).unref();
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#pending.length > 0)
      this.#ports.note('error', `${this.#pending.length} reads of live data were not logged`);
  }

  #write(one: Pending): Promise<Result<undefined>> {
    return this.#ports.reader.recordRead(one.scope, one.kind, one.measures);
  }

  async #retry(): Promise<void> {
    this.#timer = undefined;
    while (this.#pending.length > 0) {
      const written = await this.#write(this.#pending[0] as Pending);
      if (!written.ok) {
        this.#timer = setTimeout(() => void this.#retry(), RETRY_MS).unref();
        return;
      }
      this.#pending.shift();
    }
  }
}
