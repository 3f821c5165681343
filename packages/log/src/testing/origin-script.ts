// Writes origins by hand for tests of the merge: entries with a time, in epochs, as messages in the order they are written.
import {
  type AdmitData,
  type Entry,
  type EntryKind,
  type FoundData,
  type Seen,
  type SiteId,
  assert,
  logTimeUs,
  ok,
  seqOf,
} from '@vigie/model';
import { GENESIS } from '../merge/admit-data.ts';
import type { Merge } from '../merge/merge.ts';
import type { MergeChange, PlacedEntry } from '../merge/placed.ts';
import type { OriginMessage } from '../types.ts';

export class OriginScript {
  readonly site: SiteId;
  readonly epoch: string;
  readonly messages: OriginMessage[] = [];

  constructor(site: SiteId, epoch: string) {
    this.site = site;
    this.epoch = epoch;
  }
  get last(): number {
    return this.messages.length;
  }
  write(t: number, more: { kind?: EntryKind; seen?: readonly [string, number]; data?: unknown } = {}): OriginMessage {
    const seq = this.messages.length + 1;
    const seen: Seen = more.seen === undefined ? null : { epoch: more.seen[0], seq: seqOf(more.seen[1]) };
    const entry: Entry = {
      v: 1,
      entryId: `${this.site}.${this.epoch}:${seq}`,
      t: logTimeUs(t),
      kind: more.kind ?? 'reports',
      seen,
      items: [],
      ...(more.data === undefined ? {} : { data: more.data }),
    };
    const message: OriginMessage = {
      site: this.site,
      epoch: this.epoch,
      seq: seqOf(seq),
      bytes: new Uint8Array(),
      entry: ok(entry),
    };
    this.messages.push(message);
    return message;
  }
  admit(
    t: number,
    admits: AdmitData['admits'],
    more: { both?: boolean; seen?: readonly [string, number]; generation?: string } = {},
  ) {
    const data: AdmitData = { generation: more.generation ?? GENESIS, admits, both: more.both ?? false };
    return this.write(t, { kind: 'admit', data, ...(more.seen === undefined ? {} : { seen: more.seen }) });
  }
}

/** A founding by one site: `vector` as `site.epoch` -> last sequence. */
export const foundOf = (
  site: SiteId,
  vector: FoundData['vector'],
  more: { generation?: string; parent?: string; admits?: AdmitData['admits'] } = {},
): FoundData => ({
  generation: more.generation ?? '1-g',
  parent: more.parent ?? GENESIS,
  members: [site],
  vector,
  admits: more.admits ?? [],
  by: 'sre',
});

/** Noirmont's and Delémont's first epochs, admitted by a both-admit at t = 10: entries of both start at 11. */
export function genesis(): { n: OriginScript; d: OriginScript } {
  const n = new OriginScript('noirmont', '1-n');
  const d = new OriginScript('delemont', '1-d');
  n.admit(
    10,
    [
      { site: 'noirmont', epoch: '1-n', lastSeqs: {} },
      { site: 'delemont', epoch: '1-d', lastSeqs: {} },
    ],
    { both: true },
  );
  d.write(11, { kind: 'ok', data: { admitEntryId: 'noirmont.1-n:1' } });
  return { n, d };
}

const placeName = (e: PlacedEntry): string => `${e.t} ${e.site}.${e.epoch}:${e.seq}`;

/** A merge that keeps what it said, and checks what no reader can do without. */
export class Reader {
  readonly merge: Merge;
  readonly settled: string[] = [];
  moves = 0;
  /** Entries that were told as placed and are not settled yet. */
  readonly #placed = new Set<PlacedEntry>();

  constructor(merge: Merge) {
    this.merge = merge;
  }
  take(...messages: readonly OriginMessage[]): MergeChange[] {
    return messages.map((message) => this.note(this.merge.receive(message)));
  }
  note(change: MergeChange): MergeChange {
    if (change.moved) this.moves++;
    for (const e of change.placed) {
      assert(!this.#placed.has(e), 'an entry is placed once');
      this.#placed.add(e);
    }
    for (const e of change.settled) {
      assert(this.#placed.delete(e), 'an entry is placed before it is settled');
      this.settled.push(placeName(e));
    }
    const unsettled = this.merge.unsettled();
    if (change.moved) for (const e of this.#placed) if (!unsettled.includes(e)) this.#placed.delete(e); // lost its place
    for (const e of unsettled) assert(this.#placed.has(e), 'every entry with a place was told');
    return change;
  }
  unsettled(): string[] {
    return this.merge.unsettled().map(placeName);
  }
}
