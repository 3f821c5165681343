// What a revision changes, rule by rule: what is shown before signing, and what somebody else has changed meanwhile.
import type { OrderText } from '@vigie/api/contract';

export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly validity: boolean;
}

export function changesOf(before: OrderText, after: OrderText): Changes {
  const old = new Map(before.rules.map((rule) => [rule.ruleId, textOf(rule)]));
  const kept = new Set(after.rules.map(({ ruleId }) => ruleId));
  return {
    added: after.rules.filter(({ ruleId }) => !old.has(ruleId)).map(({ ruleId }) => ruleId),
    changed: after.rules
      .filter((rule) => old.has(rule.ruleId) && old.get(rule.ruleId) !== textOf(rule))
      .map(({ ruleId }) => ruleId),
    removed: before.rules.map(({ ruleId }) => ruleId).filter((ruleId) => !kept.has(ruleId)),
    validity:
      Date.parse(before.validFrom) !== Date.parse(after.validFrom) ||
      Date.parse(before.validTo) !== Date.parse(after.validTo),
  };
}

export const isSame = ({ added, changed, removed, validity }: Changes): boolean =>
  added.length + changed.length + removed.length === 0 && !validity;

/** Whatever order the members came in. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
