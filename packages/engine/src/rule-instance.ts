// A rule as the fold runs it. Orders change; what was in force at a fix time must still judge a late fix. So a rule lives on as an
// instance with the time in which it was in force, until the late window has passed.
import { type IntervalMs, type RecordedOrder, type RecordedRule, canonicalJson } from '@vigie/model';
import type { Json } from '@vigie/model';
import { type Intervals, clipped, joined } from './intervals.ts';
import type { SharedParts } from './shared-parts.ts';
import type { SharedZone } from './types.ts';

export interface RuleInstance {
  /** Unique in the case, stable: the rule's id, with the revision when two of that id are in force side by side. */
  readonly key: string;
  /** Without its zone and times: the zone is packed in its slot, the times in `active`. */
  readonly rule: Omit<RecordedRule, 'zone' | 'active' | 'tzdata' | 'weeks'>;
  /** In force and scheduled: everything a time has to be in. */
  readonly active: Intervals;
  /** Index of the zone verdict in a record, -1 for rules without a place; the pre-alert ring's is the next one, then a meter's. */
  place: number;
  hasRing: boolean;
}

/** What of an instance goes into the state. */
export interface RuleInForce {
  readonly key: string;
  readonly rule: RecordedRule;
  readonly active: readonly IntervalMs[];
  /** The zone of a rule that names a shared one, in the revision that this instance goes by. */
  readonly shared?: SharedZone;
}
/** Undefined: the rule has its own zone, or none. */
export type SharedZoneOf = (rule: RecordedRule) => SharedZone | undefined;

export const isPlaceRule = (rule: Pick<RecordedRule, 'kind'>): boolean =>
  rule.kind === 'exclusion' || rule.kind === 'inclusion' || rule.kind === 'free_time';

export const inForce = (rule: RecordedRule, order: RecordedOrder, fromMs: number): readonly IntervalMs[] =>
  clipped(rule.active ?? [[order.validFromMs, order.validToMs]], Math.max(order.validFromMs, fromMs), order.validToMs);

const WITHOUT_TIMES = { active: undefined, tzdata: undefined, weeks: undefined };
const contentOf = (rule: RecordedRule, shared: SharedZone | undefined): string =>
  canonicalJson({ ...rule, ...WITHOUT_TIMES, revision: shared?.revision } as unknown as Json);

/**
 * The rules after a revision takes effect at `fromMs`. A rule that stays the same (its times aside) goes on as the same instance, so
 * that a running incident is not cut in two; all others end there. `keepFromMs`: instances that ended before are forgotten.
 */
export function revise(
  before: readonly RuleInForce[],
  order: RecordedOrder,
  revision: number,
  fromMs: number,
  keepFromMs: number,
  sharedOf: SharedZoneOf,
): RuleInForce[] {
  const after: RuleInForce[] = [];
  const going = new Map(order.rules.map((rule) => [contentOf(rule, sharedOf(rule)), rule]));
  for (const old of before) {
    const past = clipped(old.active, Number.NEGATIVE_INFINITY, fromMs);
    const content = contentOf(old.rule, old.shared);
    const same = going.get(content);
    if (same !== undefined) {
      going.delete(content);
      const rule = withWeeksOf(old.rule, same, keepFromMs);
      after.push({ ...old, rule, active: joined(past, inForce(same, order, fromMs)) });
    } else if (past.some(([, to]) => to > keepFromMs)) after.push({ ...old, active: past });
  }
  return add(after, [...going.values()], order, revision, fromMs, sharedOf);
}

/** The weeks of before that late fixes may still fall into, where a revision begins in a later one. */
function withWeeksOf(before: RecordedRule, rule: RecordedRule, keepFromMs: number): RecordedRule {
  const { weeks } = rule;
  if (weeks === undefined) return rule;
  const older = (before.weeks ?? []).filter((ms) => ms > keepFromMs && ms < (weeks[0] ?? Number.POSITIVE_INFINITY));
  return older.length === 0 ? rule : { ...rule, weeks: [...older, ...weeks] };
}

/** Both of two revisions that were written side by side hold until the authority resolves them (L16). */
export const unite = (
  before: readonly RuleInForce[],
  order: RecordedOrder,
  revision: number,
  fromMs: number,
  sharedOf: SharedZoneOf,
): RuleInForce[] => {
  const known = new Set(before.map((old) => contentOf(old.rule, old.shared)));
  const fresh = order.rules.filter((rule) => !known.has(contentOf(rule, sharedOf(rule))));
  return add([...before], fresh, order, revision, fromMs, sharedOf);
};

function add(
  to: RuleInForce[],
  rules: readonly RecordedRule[],
  order: RecordedOrder,
  revision: number,
  fromMs: number,
  sharedOf: SharedZoneOf,
): RuleInForce[] {
  const keys = new Set(to.map((r) => r.key));
  for (const rule of rules) {
    let key = rule.ruleId;
    for (let n = revision; keys.has(key); n++) key = `${rule.ruleId}~${n}`;
    keys.add(key);
    to.push(withShared({ key, rule, active: inForce(rule, order, fromMs) }, sharedOf(rule)));
  }
  return to;
}

/** Everything ends at a stop. */
export const stopAt = (before: readonly RuleInForce[], atMs: number): RuleInForce[] =>
  before.map((old) => ({ ...old, active: clipped(old.active, Number.NEGATIVE_INFINITY, atMs) }));

export const withShared = (r: Omit<RuleInForce, 'shared'>, shared: SharedZone | undefined): RuleInForce =>
  shared === undefined ? r : { ...r, shared };

export function instanceOf(r: RuleInForce, parts: SharedParts): RuleInstance {
  const { zone: _zone, active: _active, tzdata: _tzdata, weeks: _weeks, ...rule } = r.rule;
  return {
    key: r.key,
    rule: parts.rule(rule),
    active: parts.intervals(r.active),
    place: -1,
    hasRing: rule.kind === 'free_time' || ((rule.bufferMm ?? 0) > 0 && isPlaceRule(rule)),
  };
}
