// Shared zones as they have settled in the first partition come to the others, also when whoever wrote one was interrupted. Both sites see to
// it: a revision that is written twice counts once.
import type { SiteReplica } from '@vigie/replica';
import type { Note } from './operating-log.ts';

const LOOK_EVERY_MS = 1_000;

/** Returns how it is ended. */
export function spreadZones(replica: SiteReplica, note: Note): () => void {
  if (replica.partitions === 1) return () => {};
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking || !replica.caughtUp) return;
    isLooking = true;
    void replica
      .spreadZones()
      .then((stored) => stored || note('warn', 'a shared zone was not written to every partition; it is tried again'))
      .finally(() => (isLooking = false));
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
