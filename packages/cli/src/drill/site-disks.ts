// The file systems that a drill gives the sites: one for all that a site writes, and within it one for its log server's store.
import type { DisksOf } from '@vigie/drill';
import { SITES, type SiteId } from '@vigie/model';
import { CouldNotRun } from '../process/could-not-run.ts';
import { type LoopDisk, makeLoopDisk } from '../process/loop-disk.ts';
import { sitePaths } from '../up/layout.ts';

const SITE_SIZE = '4G';
/** Several times what a drill writes to a log, and little enough to be filled in a second. */
const LOG_SIZE = '320M';

export class SiteDisks {
  readonly #whole: LoopDisk[] = [];
  readonly #logs = new Map<SiteId, LoopDisk>();

  /** Beside the data folder, not in it. Throws CouldNotRun where disks are needed and cannot be made. */
  static async make(dataDir: string, of: DisksOf | undefined, say: (line: string) => void): Promise<SiteDisks> {
    const disks = new SiteDisks();
    if (of === undefined) return disks;
    try {
      for (const site of SITES) await disks.#add(dataDir, site, of !== 'logs');
    } catch (cause) {
      disks.remove();
      if (of !== 'if-possible' || !(cause instanceof CouldNotRun)) throw cause;
      say(`without faults of disks: ${cause.message}`);
      return new SiteDisks();
    }
    return disks;
  }

  async #add(dataDir: string, site: SiteId, whole: boolean): Promise<void> {
    const { root, nats } = sitePaths(dataDir, site);
    if (whole) this.#whole.push(await makeLoopDisk(`${dataDir}.${site}.img`, root, SITE_SIZE));
    this.#logs.set(site, await makeLoopDisk(`${dataDir}.${site}-log.img`, nats, LOG_SIZE));
  }

  get exist(): boolean {
    return this.#logs.size > 0;
  }
  /** Those that others are mounted in first. */
  get all(): readonly LoopDisk[] {
    if (this.#whole.length === 0) throw new Error('the sites have no disks of their own');
    return [...this.#whole, ...this.#logs.values()];
  }
  log(site: SiteId): LoopDisk {
    const disk = this.#logs.get(site);
    if (disk === undefined) throw new Error(`the log server of ${site} has no disk of its own`);
    return disk;
  }
  remove(): void {
    for (const disk of [...this.#logs.values(), ...this.#whole]) disk.remove();
    this.#logs.clear();
    this.#whole.length = 0;
  }
}
