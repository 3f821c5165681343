// What of one case is ahead of settled state: its settled bytes, and the items after them in merged order. A case has a tail
// only while it is ahead; dropping the tail is what settling means for it (L9).
import type { Outcome } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { type MergedPlace, comparePlaces } from './place.ts';
import type { FoldedKind } from './payload.ts';

/** One item of one case at its place. One object an item, none a report. */
export class TailItem {
  readonly placed: PlacedEntry;
  readonly index: number;
  readonly kind: FoldedKind;
  /** As of the last evaluation; undefined = not evaluated yet. */
  outcome: Outcome | undefined;
  /** Of the origin that did not write this item: the observed time at which a timer of the case on it was next due, before this item. */
  otherObsDue = Number.POSITIVE_INFINITY;
  /** Its measure's key is not held here yet: live leaves it out, settled waits for it. */
  waiting = false;
  /** What it says, unsealed; OpenedBytes keeps and counts these. */
  opened: Uint8Array | undefined;

  constructor(placed: PlacedEntry, index: number, kind: FoldedKind) {
    this.placed = placed;
    this.index = index;
    this.kind = kind;
  }
}

const compareItems = (a: TailItem, b: TailItem): number => comparePlaces(a.placed, b.placed) || a.index - b.index;

export class CaseTail {
  readonly measure: string;
  /** The case in settled state before `items`; undefined: it did not exist. */
  base: Uint8Array | undefined;
  /** In merged order. The first `settledCount` are settled and not in `base` yet. */
  readonly items: TailItem[] = [];
  settledCount = 0;
  /** By origin: the least `otherObsDue` of the items that the other origin wrote, since the case was last folded from its base. */
  readonly otherObsDue: Record<SiteId, number> = {
    noirmont: Number.POSITIVE_INFINITY,
    delemont: Number.POSITIVE_INFINITY,
  };
  /** A timer of the case has fired in live at this place: it is ahead until settled has passed it. */
  firedAt: MergedPlace | undefined;
  /** The live state of this case is not that of `base` and `items` in merged order. */
  stale = false;
  /** While nothing is held of what waits to settle: live of the case has been folded to here. */
  foldedTo: MergedPlace | undefined;
  /** Ids of the incidents in settled state, with the base and the count they are of, once somebody has asked. */
  settledIncidents:
    | { readonly base: Uint8Array | undefined; readonly count: number; readonly ids: ReadonlySet<string> }
    | undefined;

  constructor(measure: string, base: Uint8Array | undefined) {
    this.measure = measure;
    this.base = base;
  }

  get last(): TailItem | undefined {
    return this.items[this.items.length - 1];
  }
  /** Puts an item in its place; true if it is the last one. */
  insert(item: TailItem): boolean {
    let i = this.items.length;
    while (i > 0 && compareItems(this.items[i - 1] as TailItem, item) > 0) i--;
    this.items.splice(i, 0, item);
    return i === this.items.length - 1;
  }
}
