import type { SiteId } from '@vigie/model';
import { expect, test } from 'vitest';
import { type DueSwitchOptions, dueSwitch } from './due-switch.ts';

interface State {
  readonly site?: SiteId;
  readonly joined?: boolean;
  readonly noirmont?: number;
  readonly delemont?: number;
  readonly newest?: number;
  readonly away?: boolean;
}
const of = ({ site = 'noirmont', joined = true, noirmont = 2, delemont = 2, newest = 1, away = false }: State) => {
  const known = { noirmont, delemont };
  const rules = { newest, knownBy: (of: SiteId) => known[of], knownByBoth: Math.min(noirmont, delemont) };
  const merge = { hasLeft: () => away, isRetired: () => false };
  const log = { peer: () => ({ joined }) };
  return dueSwitch({ site, log, replica: { rules, merge } } as unknown as Omit<DueSwitchOptions, 'nowMs' | 'note'>);
};

test('Noirmont switches once both programs know newer rules than those in force, and the sites are joined', () => {
  expect(of({})).toBe(2);
  expect(of({ delemont: 1 })).toBeUndefined();
  expect(of({ newest: 2 })).toBeUndefined();
  expect(of({ joined: false })).toBeUndefined();
  expect(of({ site: 'delemont' })).toBeUndefined();
  expect(of({ noirmont: 3, delemont: 4, newest: 2 })).toBe(3);
});

test('a site that is alone because the other has left or was retired switches by what it knows itself', () => {
  expect(of({ site: 'delemont', away: true, joined: false, noirmont: 1 })).toBe(2);
});
