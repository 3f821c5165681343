// Virtual time. Everything that happens is an event with a due time; equal times go by the order of making. Between two events
// the microtasks that the last one set off run dry, so the order of all code is a function of the seed.
interface Event {
  readonly atUs: number;
  readonly made: number;
  run: (() => void) | undefined;
}

/** A run has some 10,000. What has come this far sets itself off again without time going on. */
export const EVENTS_MAX = 1_000_000;

/** Lets promises run dry: a turn of the event loop, no clock. */
const drain = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export class Schedule {
  nowUs: number;
  /** Code that may await has run since the last event: microtasks wait. Set by whoever calls into a site. */
  touched = false;
  events = 0;
  readonly #heap: Event[] = [];
  #made = 0;

  constructor(startUs: number) {
    this.nowUs = startUs;
  }

  /** Runs once, so many microseconds from now; the answer cancels. */
  after(us: number, run: () => void): () => void {
    const event: Event = { atUs: this.nowUs + Math.max(0, Math.round(us)), made: this.#made++, run };
    this.#push(event);
    return () => {
      event.run = undefined;
    };
  }

  async runUntil(untilUs: number): Promise<void> {
    await drain();
    for (let next = this.#heap[0]; next !== undefined && next.atUs <= untilUs; next = this.#heap[0]) {
      this.#pop();
      if (next.run === undefined) continue;
      this.nowUs = next.atUs;
      if (++this.events > EVENTS_MAX) throw new Error(`the run does not end: ${EVENTS_MAX} events`);
      next.run();
      if (!this.touched) continue;
      this.touched = false;
      await drain();
    }
    this.nowUs = Math.max(this.nowUs, untilUs);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(event, heap[parent] as Event)) break;
      heap[i] = heap[parent] as Event;
      i = parent;
    }
    heap[i] = event;
  }
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!before(heap[child] as Event, last)) break;
      heap[i] = heap[child] as Event;
      i = child;
    }
    heap[i] = last;
  }
}

const before = (a: Event, b: Event): boolean => a.atUs < b.atUs || (a.atUs === b.atUs && a.made < b.made);
