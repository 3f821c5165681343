// Which rule of an order a problem is about: people call it by its id, not by its place in a list.
import type { FieldError } from './errors.ts';

const RULE = /^rules\[(\d+)\]/;

/** The same, each that lies in a rule with the id of that rule as it was written. */
export function withRuleIds(fields: readonly FieldError[], input: unknown): FieldError[] {
  const rules: unknown = typeof input === 'object' && input !== null && 'rules' in input ? input.rules : undefined;
  if (!Array.isArray(rules)) return [...fields];
  return fields.map((error) => {
    const place = RULE.exec(error.field)?.[1];
    const rule: unknown = place === undefined ? undefined : rules[Number(place)];
    const ruleId = typeof rule === 'object' && rule !== null && 'ruleId' in rule ? rule.ruleId : undefined;
    return typeof ruleId === 'string' && ruleId !== '' ? { ...error, ruleId } : error;
  });
}
