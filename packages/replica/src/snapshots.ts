// Takes snapshots of settled state from time to time and finds the newest usable one at the start.
import type { Result, VectorPosition } from '@vigie/model';
import { type Snapshot, decodeSnapshot } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { SnapshotTaking } from './take-snapshot.ts';
import { type Timing, nowMs } from './timing.ts';
import type { ReplicaFault } from './types.ts';

/** One newest and one to fall back on; the log holds everything before them. */
const SNAPSHOTS_KEPT = 2;
/** A restart replays at most this much and what came since. */
const SNAPSHOT_EVERY_MS = 10 * 60_000;

export class Snapshots {
  readonly #store: SnapshotStore;
  readonly #timing: Timing;
  readonly #everyMs: number;
  readonly #onFault: (fault: ReplicaFault) => void;
  #savedAtMs: number;
  #through: VectorPosition | undefined;
  #saving: Promise<boolean> | undefined;

  constructor(o: {
    store: SnapshotStore;
    timing: Timing;
    everyMs: number | undefined;
    onFault: (fault: ReplicaFault) => void;
  }) {
    this.#store = o.store;
    this.#timing = o.timing;
    this.#everyMs = o.everyMs ?? SNAPSHOT_EVERY_MS;
    this.#onFault = o.onFault;
    this.#savedAtMs = nowMs(o.timing);
  }

  /** How far the newest usable snapshot reaches in each origin; undefined: there is none. */
  get through(): VectorPosition | undefined {
    return this.#through;
  }
  get isDue(): boolean {
    return this.#saving === undefined && nowMs(this.#timing) - this.#savedAtMs >= this.#everyMs;
  }

  /** The newest one that `accept` takes; what is passed over is said. Undefined: start from the start of the log. */
  async newest(accept: (snapshot: Snapshot) => string | undefined): Promise<Snapshot | undefined> {
    for (const name of await this.#names()) {
      const refused = await this.#try(name, accept);
      if (typeof refused !== 'string') {
        this.#through = refused.header.received;
        return refused;
      }
      this.#onFault({ kind: 'snapshot-unusable', name, detail: refused });
    }
    return undefined;
  }

  /** True once it is kept. */
  save(taking: SnapshotTaking): Promise<boolean> {
    this.#savedAtMs = nowMs(this.#timing);
    const saving = this.#save(taking).then(
      () => {
        this.#saving = undefined;
        return true;
      },
      (cause: unknown) => {
        this.#saving = undefined;
        this.#onFault({ kind: 'snapshot-failed', detail: String(cause) });
        return false;
      },
    );
    this.#saving = saving;
    return saving;
  }
  /** After a snapshot that was just saved: what the older ones hold and it does not is gone from the disk. */
  async keepNewest(): Promise<void> {
    for (const old of (await this.#store.list()).slice(1)) await this.#store.remove(old);
  }
  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#saving;
  }

  async #save(taking: SnapshotTaking): Promise<void> {
    const name = String(taking.header.place.t).padStart(17, '0');
    try {
      await this.#store.save(name, taking.parts());
    } finally {
      taking.end();
    }
    this.#through = taking.header.received;
    for (const old of (await this.#store.list()).slice(SNAPSHOTS_KEPT)) await this.#store.remove(old);
  }
  async #names(): Promise<readonly string[]> {
    try {
      return await this.#store.list();
    } catch (cause) {
      this.#onFault({ kind: 'snapshot-unusable', name: '*', detail: String(cause) });
      return [];
    }
  }
  async #try(name: string, accept: (snapshot: Snapshot) => string | undefined): Promise<Snapshot | string> {
    let decoded: Result<Snapshot>;
    try {
      const parts = await this.#store.load(name);
      if (parts === undefined) return 'is gone';
      decoded = await decodeSnapshot(parts);
    } catch (cause) {
      return String(cause);
    }
    if (!decoded.ok) return decoded.error.detail;
    return accept(decoded.value) ?? decoded.value;
  }
}
