import { RULES_VERSION, RULES_VERSION_FIRST } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { expect, test } from 'vitest';
import { RulesInForce } from './rules-in-force.ts';

const placed = (kind: string, t: number, data: unknown, site: SiteId = 'noirmont') =>
  ({ t, site, entry: { kind, data } }) as unknown as PlacedEntry;
const switchTo = (version: unknown, t: number, site?: SiteId) => placed('engine_version', t, { version }, site);

test('[RV1] a switch counts for what is later than itself, and not for its own moment', () => {
  const rules = new RulesInForce([]);
  expect(rules.note(switchTo(2, 100))).toBe(true);
  expect([99, 100, 101].map((t) => rules.at(t))).toEqual([RULES_VERSION_FIRST, RULES_VERSION_FIRST, 2]);
});

test('[RV1] switches count by their place, in whichever order they are read, and never back', () => {
  const rules = new RulesInForce([]);
  rules.note(switchTo(3, 300));
  rules.note(switchTo(2, 200));
  expect([150, 250, 350].map((t) => rules.at(t))).toEqual([1, 2, 3]);
  rules.note(switchTo(2, 400, 'delemont'));
  expect([rules.at(450), rules.newest]).toEqual([3, 3]);
});

test('[RV1] what is no version, or the first, is no switch; one that is not known yet is folded by the newest known', () => {
  const rules = new RulesInForce([]);
  for (const bad of [RULES_VERSION_FIRST, 0, -1, 2.5, '2', null, undefined])
    expect([bad, rules.note(switchTo(bad, 10))]).toEqual([bad, false]);
  expect(rules.note(placed('note', 10, { version: 2 }))).toBe(false);
  expect(rules.at(50)).toBe(RULES_VERSION_FIRST);
  rules.note(switchTo(RULES_VERSION + 5, 60));
  expect([rules.at(70), rules.newest]).toEqual([RULES_VERSION, RULES_VERSION + 5]);
});

test('[RV1] state at a place holds the switch that lies there, and what is forgotten is what comes after', () => {
  const rules = new RulesInForce([]);
  rules.note(switchTo(2, 100));
  rules.note(switchTo(3, 200));
  const place = { t: 100, site: 'noirmont' } as const;
  expect(rules.stateAt(place).map(({ version }) => version)).toEqual([2]);
  expect(rules.stateAt({ t: 99, site: 'delemont' })).toEqual([]);
  rules.forgetAfter(place);
  expect([rules.at(300), rules.newest]).toEqual([2, 2]);
  expect(new RulesInForce(rules.stateAt(place)).at(300)).toBe(2);
});

test('[RV1] both know a version when both have said so', () => {
  const rules = new RulesInForce([]);
  rules.note(placed('heartbeat', 1, { rules: 3 }));
  expect([rules.knownBy('noirmont'), rules.knownByBoth]).toEqual([3, RULES_VERSION_FIRST]);
  rules.note(placed('heartbeat', 2, { rules: 2 }, 'delemont'));
  expect(rules.knownByBoth).toBe(2);
});
