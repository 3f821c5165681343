// Nothing is dropped (Found): what this site had written past the end that an epoch was given is written again, with its old place and
// under its old entryId, so that it applies once. What is about the log itself (heartbeats, admits) belongs to the place it had.
import { type Entry, type EntryKind, isCaseKind, seqOf } from '@vigie/model';
import type { Merge } from '../merge/merge.ts';
import type { AppendResult, SiteLog } from '../types.ts';

/** Messages read at a time, and so held in memory. */
const WINDOW = 64;

const REWRITTEN: ReadonlySet<EntryKind> = new Set([
  'shared_zone',
  'engine_version',
  'rule_switched',
  'erased',
  'key_destroyed',
]);

/** Own epochs that go on past their end on the own disk, and from where on they were not written again. */
export function voided(
  log: SiteLog,
  merge: Merge,
): { readonly epoch: string; readonly from: number; readonly to: number }[] {
  const ends = new Map(
    merge.epochs().flatMap((e) => (e.site === log.site && e.lastSeq !== undefined ? [[e.epoch, e.lastSeq]] : [])),
  );
  return log.extents().flatMap(({ site, epoch, lastSeq }) => {
    const end = ends.get(epoch);
    if (site !== log.site || epoch === log.epoch || end === undefined) return [];
    const from = Math.max(end, merge.rewritten(epoch)) + 1;
    return from > lastSeq ? [] : [{ epoch, from, to: lastSeq }];
  });
}

/** Undefined: everything was written. Otherwise what the log said, and the rest is for the next time. */
export async function rewrite(
  log: SiteLog,
  { epoch, from, to }: { readonly epoch: string; readonly from: number; readonly to: number },
): Promise<Exclude<AppendResult, { kind: 'stored' }> | undefined> {
  for (let next = from; next <= to; ) {
    const messages = await log.read(log.site, epoch, seqOf(next), Math.min(WINDOW, to - next + 1));
    if (messages.length === 0) return { kind: 'unknown', detail: `${epoch} is not read from ${next} on` };
    for (const { seq, entry } of messages) {
      next = seq + 1;
      if (!entry.ok || !(isCaseKind(entry.value.kind) || REWRITTEN.has(entry.value.kind))) continue;
      const result = await log.append(draftOf(entry.value, { site: log.site, epoch, seq, t: entry.value.t }));
      if (result.kind !== 'stored') return result;
    }
  }
  return undefined;
}

function draftOf({ v: _v, t: _t, seen: _seen, ...entry }: Entry, place: NonNullable<Entry['from']>) {
  return { ...entry, from: entry.from ?? place };
}
