// The other partitions of both sites, beside the one that a test looks at: read, kept, and written to all the time.
import type { SiteId } from '@vigie/model';
import type { SiteLog } from '../types.ts';
import { newEntryId, runSite } from './running-site.ts';

const WRITE_EVERY_MS = 20;

export class Neighbours {
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #begun = new Set<SiteId>();

  /** Once for each site. */
  async begin(site: SiteId, open: () => Promise<readonly SiteLog[]>): Promise<void> {
    if (this.#begun.has(site)) return;
    this.#begun.add(site);
    for (const log of await open()) {
      const running = await runSite(log);
      const timer = setInterval(
        () => void log.append({ entryId: newEntryId(), kind: 'reports', items: [] }),
        WRITE_EVERY_MS,
      );
      this.#ends.push(async () => {
        clearInterval(timer);
        running.stop();
        await log.close();
      });
    }
  }
  async end(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}
