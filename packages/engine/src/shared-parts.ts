// Parts of rules that many cases have alike (the same curfew, the same limit of silence) are held once. Not part of the state, and what
// is not found here is simply held twice: so the bound forgets everything and starts anew.
import type { IntervalMs } from '@vigie/model';
import { type Intervals, packIntervals } from './intervals.ts';
import type { RuleInstance } from './rule-instance.ts';

const PARTS_MAX = 16_384;

export class SharedParts {
  readonly #rules = new Map<string, RuleInstance['rule']>();
  readonly #intervals = new Map<string, Intervals>();

  rule(rule: RuleInstance['rule']): RuleInstance['rule'] {
    return held(this.#rules, JSON.stringify(rule), () => rule);
  }
  intervals(intervals: readonly IntervalMs[]): Intervals {
    return held(this.#intervals, intervals.join(), () => packIntervals(intervals));
  }
}

function held<T>(known: Map<string, T>, text: string, make: () => T): T {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= PARTS_MAX) known.clear();
  const made = make();
  known.set(text, made);
  return made;
}
