// Reads entries whose bytes were given up from the own log again, those first that settled state comes to first.
import type { PlacedEntry, SiteLog } from '@vigie/log';
import { must } from '@vigie/model';
import type { LiveFold } from './live-fold.ts';

/** Entries read again at once. With at most 0.9 MB each this bounds the window, which the bound on all does not count. */
const WINDOW_ENTRIES = 128;

/** False: the log did not give all of them now. Never throws. */
export async function reloadItems(log: SiteLog, live: LiveFold): Promise<boolean> {
  const byEpoch = new Map<string, PlacedEntry[]>();
  for (const entry of live.firstUnloaded(WINDOW_ENTRIES)) {
    const key = `${entry.site} ${entry.epoch}`;
    const group = byEpoch.get(key);
    if (group === undefined) byEpoch.set(key, [entry]);
    else group.push(entry);
  }
  let whole = true;
  for (const group of byEpoch.values()) if (!(await reloadGroup(log, live, group))) whole = false;
  return whole;
}

/** Entries of one epoch, which merged order leaves in the order of their sequences. */
async function reloadGroup(log: SiteLog, live: LiveFold, group: readonly PlacedEntry[]): Promise<boolean> {
  const first = must(group[0], 'a group holds an entry');
  const last = must(group[group.length - 1], 'a group holds an entry');
  const messages = await log
    .read(first.site, first.epoch, first.seq, last.seq - first.seq + 1)
    .catch(() => [] as const);
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  let whole = true;
  for (const entry of group) {
    const again = bySeq.get(entry.seq);
    if (again?.entry.ok === true) live.reload(entry, again.entry.value.items);
    else whole = false;
  }
  return whole;
}
