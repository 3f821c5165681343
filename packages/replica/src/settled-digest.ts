// The digest of settled state at a place: of the cases that may have changed since the last one, taken in slices, because after a heal
// that is every case there is, each with all that the other site wrote of it.
import { DigestTree } from './digest-tree.ts';
import type { FoldContext } from './fold-context.ts';
import type { MergedPlace } from './place.ts';

/** What saving and hashing a case costs, in items evaluated. */
const CASE_COST_ITEMS = 4;

export class SettledDigest {
  readonly #context: FoldContext;
  readonly #tree = new DigestTree();
  /** Cases without a tail whose settled state may have changed since the tree was brought up to date. */
  readonly #changed = new Set<string>();
  #place: MergedPlace | undefined;
  #keepsBases = true;
  /** Still to be brought up to date for the one under way. */
  #left: string[] = [];

  constructor(context: FoldContext) {
    this.#context = context;
  }
  markChanged(measure: string): void {
    this.#changed.add(measure);
  }
  /** A case as it was loaded, with the digest that it was saved with. */
  begin(measure: string, digest: string): void {
    this.#tree.set(measure, digest);
  }
  /** Of a case that has not changed since the last digest. */
  of(measure: string): string | undefined {
    return this.#tree.get(measure);
  }

  /**
   * Settled state must stand still from here until `goOn` gives the digest. A case that comes ahead meanwhile begins with what is
   * settled, and is looked at in its turn if it had changed.
   * @param keepsBases what a case was saved as is kept, because it is likely to be ahead again soon
   */
  start(place: MergedPlace, keepsBases: boolean): void {
    this.#place = place;
    this.#keepsBases = keepsBases;
    this.#left = [...this.#changed];
    for (const { measure } of this.#context.tails.all()) if (!this.#changed.has(measure)) this.#left.push(measure);
  }
  get place(): MergedPlace | undefined {
    return this.#place;
  }
  /** Undefined: there is more to do than `itemsMax`. */
  goOn(itemsMax: number): string | undefined {
    const { tails, live } = this.#context;
    const place = this.#place as MergedPlace;
    let left = itemsMax;
    for (let measure = this.#left.pop(); measure !== undefined; measure = this.#left.pop()) {
      const tail = tails.get(measure);
      if (tail !== undefined) {
        left -= tail.settledCount;
        this.#tree.set(measure, this.#context.advanceBase(tail, place));
      } else {
        this.#tree.set(measure, this.#context.digests.of(live, measure));
        if (this.#keepsBases) tails.kept.keep(measure, { base: live.packCase(measure), items: [] });
      }
      this.#changed.delete(measure);
      left -= CASE_COST_ITEMS;
      if (left <= 0 && this.#left.length > 0) return undefined;
    }
    this.#place = undefined;
    return this.#tree.value();
  }
  /** At once. */
  at(place: MergedPlace, keepsBases: boolean): string {
    this.start(place, keepsBases);
    return this.goOn(Number.POSITIVE_INFINITY) as string;
  }
}
