// Erasure by date at one process of a site (D4): the jobs of packages/replica, over keys that are simulated.
import type { SiteLog } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { ERASED_BEFORE_MS, ErasureJob, KeyDestroyer, type Replica, type RetentionDates } from '@vigie/replica';
import type { Break } from './breaks.ts';
import type { SimKeys } from './keys.ts';
import type { Life } from './life.ts';

const LOOK_EVERY_MS = 400;

/** Of a run whose measures are due so long after their end. */
export const retentionOf = (eraseAfterMs: number): RetentionDates => ({
  legalDateMs: (_basis, _canton, endedMs) => endedMs + ERASED_BEFORE_MS + eraseAfterMs,
});

export interface ErasingOptions {
  readonly site: SiteId;
  readonly life: Life;
  readonly log: SiteLog;
  readonly replica: Replica;
  readonly keys: SimKeys;
  readonly retention: RetentionDates;
  readonly breaks: Break | undefined;
}

/** Answers with the job, for who wants to know what is certified. */
export function watchErasure({ site, life, log, replica, keys, retention, breaks }: ErasingOptions): ErasureJob {
  const nowMs = (): number => Math.floor(life.nowUs() / 1000) + (breaks === 'erases-early' ? 60_000 : 0);
  const job = new ErasureJob({ site, log, replica, retention, nowMs, nextSlice: () => Promise.resolve() });
  const destroyer = new KeyDestroyer({
    site,
    log,
    replica: {
      erasures: () => replica.erasures(),
      received: () => replica.received(),
      rewriteSnapshots: () => (breaks === 'keeps-snapshots' ? Promise.resolve(true) : replica.rewriteSnapshots()),
    },
    destroy: (measure) =>
      Promise.resolve(breaks === 'keeps-a-key' && site === 'delemont' ? true : keys.destroy(measure)),
    eraseRaw: () => Promise.resolve(),
    whenProjected: () => Promise.resolve(true),
  });
  const look = async (): Promise<void> => {
    if (replica.caughtUp) {
      await job.run((await job.look()).due);
      await destroyer.look();
    }
    life.after(LOOK_EVERY_MS, () => void look());
  };
  life.after(LOOK_EVERY_MS, () => void look());
  return job;
}
