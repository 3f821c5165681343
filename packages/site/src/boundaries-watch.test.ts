import { expect, test } from 'vitest';
import { BoundariesWatch } from './boundaries-watch.ts';

const OURS = '0123456789abcdef';
const THEIRS = 'fedcba9876543210';

function heard(own: string | undefined, data: unknown): string | undefined {
  const watch = new BoundariesWatch(own);
  expect(watch.difference()).toBeUndefined();
  watch.heard(data);
  return watch.difference();
}

test.for([
  ['the same', OURS, { boundaries: OURS }],
  ['none at either', undefined, { boundaries: null }],
  ['not said by an older program', OURS, { rules: 4 }],
  ['a heartbeat without data', OURS, undefined],
] as const)('[JD2] there is nothing to say of boundaries: %s', ([, own, data]) => {
  expect(heard(own, data)).toBeUndefined();
});

test.for([
  ['others', OURS, { boundaries: THEIRS }, new RegExp(`${OURS}.*${THEIRS}`)],
  ['none there', OURS, { boundaries: null }, /the other site no boundaries/],
  ['none here', undefined, { boundaries: THEIRS }, /this site has no boundaries/],
] as const)('[JD2] boundaries of the sites differ, and both are named: %s', ([, own, data, said]) => {
  expect(heard(own, data)).toMatch(said);
});

test('[JD2] the difference is over once both have the same', () => {
  const watch = new BoundariesWatch(OURS);
  watch.heard({ boundaries: THEIRS });
  watch.heard({ boundaries: OURS });
  expect(watch.difference()).toBeUndefined();
});
