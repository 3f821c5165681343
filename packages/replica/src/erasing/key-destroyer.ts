// What a site does for each erased measure once its entry has settled: the key goes, the refused uploads go, the rows go, the snapshots that
// held the case go; then it says so in the log. Also after a restart, a restore from a backup, or a rebuild: whatever key came back goes again.
import type { SiteLog } from '@vigie/log';
import { type KeyDestroyedData, type SiteId, type VectorPosition, derivedId } from '@vigie/model';
import type { Replica } from '../replica.ts';

/** Each key file without a key is written anew; what is more has its turn at the next look. */
const DESTROYED_PER_LOOK_MAX = 50;
/** For the rows; a database that is away is waited for by the next look. */
const ROWS_WAIT_MS = 5_000;

export interface KeyDestroyerOptions {
  readonly site: SiteId;
  readonly log: Pick<SiteLog, 'append'>;
  readonly replica: Pick<Replica, 'erasures' | 'received' | 'rewriteSnapshots'>;
  /** True if the key was there. Rejects when the disk does. */
  readonly destroy: (measure: string) => Promise<boolean>;
  /** Raw bytes of refused uploads of their devices, which are sealed under no key of a measure. Rejects when the disk does. */
  readonly eraseRaw: (measures: ReadonlySet<string>) => Promise<void>;
  /** True once the rows stand where that position is. */
  readonly whenProjected: (position: VectorPosition, timeoutMs: number) => Promise<boolean>;
}

export class KeyDestroyer {
  readonly #o: KeyDestroyerOptions;
  /** Nothing of them is left here; that they are said may still be due. */
  readonly #done = new Set<string>();
  /** Stored in the own log; settles later. */
  readonly #said = new Set<string>();

  constructor(o: KeyDestroyerOptions) {
    this.#o = o;
  }

  /** How many keys it has destroyed, and said so. What fails is tried again at the next look. */
  async look(): Promise<number> {
    const { site, log, replica } = this.#o;
    const all = replica.erasures();
    const some = all.filter(([measure]) => !this.#done.has(measure)).slice(0, DESTROYED_PER_LOOK_MAX);
    const isNew = some.filter(([, { destroyedAt }]) => destroyedAt?.[site] === undefined);
    let came = false;
    for (const [measure] of some) came = (await this.#o.destroy(measure)) || came;
    if (some.length > 0) await this.#o.eraseRaw(new Set(some.map(([measure]) => measure)));
    if ((isNew.length > 0 || came) && !(await this.#restIsGone())) return 0;
    for (const [measure] of some) this.#done.add(measure);
    let said = 0;
    for (const [measure, { destroyedAt }] of all) {
      if (destroyedAt?.[site] !== undefined || !this.#done.has(measure) || this.#said.has(measure)) continue;
      const data: KeyDestroyedData = { measure };
      const entryId = derivedId('key_destroyed', measure, site);
      const result = await log.append({ kind: 'key_destroyed', entryId, items: [], data });
      if (result.kind !== 'stored') break;
      this.#said.add(measure);
      said++;
    }
    return said;
  }

  async #restIsGone(): Promise<boolean> {
    const { replica, whenProjected } = this.#o;
    return (await whenProjected(replica.received(), ROWS_WAIT_MS)) && replica.rewriteSnapshots();
  }
}
