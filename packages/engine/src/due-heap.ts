// Which case wants to be looked at next. A binary heap of (due, measure) with at most one useful entry per case: an entry that is no
// longer true is dropped or put back when it surfaces, so that a report which postpones a timer costs nothing.
interface Due {
  readonly at: number;
  readonly measure: string;
}

export class DueHeap {
  readonly #heap: Due[] = [];
  /** The earliest entry per measure. */
  readonly #known = new Map<string, number>();

  /** Something is due at this time at the latest; does nothing if the heap already looks earlier. */
  watch(measure: string, at: number): void {
    if (at === Number.POSITIVE_INFINITY) return;
    const known = this.#known.get(measure);
    if (known !== undefined && known <= at) return;
    this.#known.set(measure, at);
    this.#push({ at, measure });
  }

  forget(measure: string): void {
    this.#known.delete(measure);
  }

  /** Due time of the first entry; Infinity if there is none. */
  first(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Takes every measure whose entry is due. */
  take(upTo: number, into: Set<string>): void {
    for (let due = this.#heap[0]; due !== undefined && due.at <= upTo; due = this.#heap[0]) {
      this.#pop();
      if (this.#known.get(due.measure) !== due.at) continue;
      this.#known.delete(due.measure);
      into.add(due.measure);
    }
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(due);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((heap[parent] as Due).at <= due.at) break;
      heap[i] = heap[parent] as Due;
      i = parent;
    }
    heap[i] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Due;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Due).at < (heap[child] as Due).at) child++;
      if ((heap[child] as Due).at >= last.at) break;
      heap[i] = heap[child] as Due;
      i = child;
    }
    heap[i] = last;
  }
}
