// Which (boot, seq) of a device have been applied, as runs: almost always one run per boot. Inside the late window the history knows
// better; the runs answer for what has left it, and say in one comparison that a report in order is new.
import { SEQ_RUNS_MAX } from './limits.ts';

export interface SeqRun {
  readonly boot: number;
  first: number;
  last: number;
}

export class SeqRuns {
  /** Sorted by boot, then first; disjoint and not touching. */
  readonly runs: SeqRun[];

  constructor(runs: SeqRun[] = []) {
    this.runs = runs;
  }

  has(boot: number, seq: number): boolean {
    const run = this.runs[this.#before(boot, seq)];
    return run !== undefined && run.boot === boot && run.last >= seq;
  }

  /** The run of the newest boot that lies last. */
  latest(): SeqRun | undefined {
    return this.runs[this.runs.length - 1];
  }
  /** The next `count` numbers of the latest run. */
  goOn(count: number): void {
    (this.runs[this.runs.length - 1] as SeqRun).last += count;
  }

  /** True if it was new. */
  add(boot: number, seq: number): boolean {
    const i = this.#before(boot, seq);
    const run = this.runs[i];
    if (run !== undefined && run.boot === boot) {
      if (run.last >= seq) return false;
      if (run.last === seq - 1) {
        run.last = seq;
        this.#joinWithNext(i);
        return true;
      }
    }
    const next = this.runs[i + 1];
    if (next !== undefined && next.boot === boot && next.first === seq + 1) {
      next.first = seq;
      return true;
    }
    this.runs.splice(i + 1, 0, { boot, first: seq, last: seq });
    if (this.runs.length > SEQ_RUNS_MAX) this.#joinOldest();
    return true;
  }

  /** Two neighbouring runs become one with the gap between them: `has` may then say yes too often, never no. */
  #joinOldest(): void {
    for (let i = 0; i + 1 < this.runs.length; i++) {
      const run = this.runs[i] as SeqRun;
      const next = this.runs[i + 1] as SeqRun;
      if (run.boot !== next.boot) continue;
      run.last = next.last;
      this.runs.splice(i + 1, 1);
      return;
    }
    this.runs.shift();
  }

  /** The last run that begins at or before (boot, seq); -1 if none. */
  #before(boot: number, seq: number): number {
    let i = this.runs.length - 1;
    for (; i >= 0; i--) {
      const run = this.runs[i] as SeqRun;
      if (run.boot < boot || (run.boot === boot && run.first <= seq)) break;
    }
    return i;
  }

  #joinWithNext(i: number): void {
    const run = this.runs[i] as SeqRun;
    const next = this.runs[i + 1];
    if (next === undefined || next.boot !== run.boot || next.first !== run.last + 1) return;
    run.last = next.last;
    this.runs.splice(i + 1, 1);
  }
}
