// A site's door for devices, without HTTP: the token is looked up, reports are sealed, what waits while an append is in flight
// travels together (L3), an own log that does not answer in 250 ms is forwarded to the other site under the same id (L2), and the
// answer is `both` exactly when the other site has said to hold it (L14).
import type { EntryDraft, SiteLog } from '@vigie/log';
import { type Item, type Report, type SiteId, encodeReportBatch, seqOf } from '@vigie/model';
import type { KeyRing, Replica } from '@vigie/replica';
import type { Life } from './life.ts';

export interface StoredAt {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: number;
}
export type Answer =
  | { readonly kind: 'stored'; readonly durable: 'both' | 'site'; readonly at: StoredAt }
  | { readonly kind: 'refused' | 'unavailable' };
export interface Forwarded {
  readonly at: StoredAt;
  readonly both: boolean;
}

const FORWARD_AFTER_MS = 250;
const SEEN_WITHIN_MS = 250;
const APPENDS_IN_FLIGHT_MAX = 3;

interface Pending {
  readonly item: Item;
  readonly answer: (answer: Answer) => void;
}

export class Door {
  readonly #life: Life;
  readonly #log: SiteLog;
  readonly #replica: Replica;
  readonly #keys: KeyRing;
  readonly #entryId: () => string;
  readonly #forward: (draft: EntryDraft) => Promise<Forwarded | undefined>;
  #waiting: Pending[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor(o: {
    life: Life;
    log: SiteLog;
    replica: Replica;
    keys: KeyRing;
    entryId: () => string;
    forward: (draft: EntryDraft) => Promise<Forwarded | undefined>;
  }) {
    this.#life = o.life;
    this.#log = o.log;
    this.#replica = o.replica;
    this.#keys = o.keys;
    this.#entryId = o.entryId;
    this.#forward = o.forward;
  }

  upload(tokenHash: string, reports: readonly Report[], answer: (answer: Answer) => void): void {
    const device = this.#replica.deviceByTokenHash(tokenHash);
    if (device === undefined || device.ended) return answer({ kind: 'refused' });
    const sealed = this.#keys.seal(device.measure, encodeReportBatch(device.deviceId, reports));
    if (!sealed.ok) return answer({ kind: 'unavailable' });
    this.#waiting.push({ item: { measure: device.measure, bytes: sealed.value }, answer });
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#life.after(0, () => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  /** The other site's log does not answer: the entry becomes this site's, if its cases are known here (L4). */
  async take(draft: EntryDraft): Promise<Forwarded | undefined> {
    if (!draft.items.every(({ measure }) => this.#replica.hasCase(measure))) return undefined;
    const result = await this.#log.append(draft);
    if (result.kind !== 'stored') return undefined;
    const { epoch, seq } = result;
    return { at: { site: this.#log.site, epoch, seq }, both: await this.#log.whenSeen(epoch, seq, SEEN_WITHIN_MS) };
  }

  #pump(): void {
    if (this.#inFlight >= APPENDS_IN_FLIGHT_MAX || this.#waiting.length === 0) return;
    const taken = this.#waiting;
    this.#waiting = [];
    this.#inFlight++;
    void this.#store({ entryId: this.#entryId(), kind: 'reports', items: taken.map((one) => one.item) }).then(
      (answer) => {
        for (const one of taken) one.answer(answer);
      },
    );
  }

  #store(draft: EntryDraft): Promise<Answer> {
    return new Promise((resolve) => {
      let forwarded = false;
      let open = 1;
      const failed = (): void => {
        if (--open === 0) resolve({ kind: 'unavailable' });
      };
      const forward = (): void => {
        if (forwarded) return;
        forwarded = true;
        open++;
        void this.#forward(draft).then((taken) => {
          if (taken === undefined) failed();
          else resolve({ kind: 'stored', durable: taken.both ? 'both' : 'site', at: taken.at });
        });
      };
      const cancel = this.#life.after(FORWARD_AFTER_MS, forward);
      void this.#log.append(draft).then(async (result) => {
        cancel();
        this.#inFlight--;
        this.#pump();
        if (result.kind !== 'stored') {
          forward();
          return failed();
        }
        const { epoch, seq } = result;
        const both = await this.#log.whenSeen(epoch, seqOf(seq), SEEN_WITHIN_MS);
        resolve({ kind: 'stored', durable: both ? 'both' : 'site', at: { site: this.#log.site, epoch, seq } });
      });
    });
  }
}
