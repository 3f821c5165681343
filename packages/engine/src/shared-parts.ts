// Parts of rules that many cases have alike (the same curfew, the same limit of silence) are held once. Not part of the state, and what
// is not found here is simply held twice: so the bound forgets everything and starts anew.
import type { IntervalMs } from '@vigie/model';
import { ByNumbers } from './by-numbers.ts';
import { type Intervals, packIntervals } from './intervals.ts';
import type { RuleInstance } from './rule-instance.ts';

const PARTS_MAX = 16_384;

export class SharedParts {
  readonly #rules = new Map<string, RuleInstance['rule']>();
  readonly #intervals = new ByNumbers<Intervals>();

  rule(rule: RuleInstance['rule']): RuleInstance['rule'] {
    const text = JSON.stringify(rule);
    const before = this.#rules.get(text);
    if (before !== undefined) return before;
    if (this.#rules.size >= PARTS_MAX) this.#rules.clear();
    this.#rules.set(text, rule);
    return rule;
  }
  intervals(intervals: readonly IntervalMs[]): Intervals {
    const flat = packIntervals(intervals);
    const before = this.#intervals.get(flat);
    if (before !== undefined) return before;
    if (this.#intervals.size >= PARTS_MAX) this.#intervals.clear();
    this.#intervals.keep(flat, flat.length, flat);
    return flat;
  }
}
