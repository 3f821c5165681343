import { expect, test } from 'vitest';
import { BoundariesWatch } from './boundaries-watch.ts';

const OURS = '0123456789abcdef';
const THEIRS = 'fedcba9876543210';

test.for([
  ['the same', OURS, { boundaries: OURS }, undefined],
  ['none at either', undefined, { boundaries: null }, undefined],
  ['not said by an older program', OURS, { rules: 4 }, undefined],
  ['a heartbeat without data', OURS, undefined, undefined],
  ['others', OURS, { boundaries: THEIRS }, new RegExp(`${OURS}.*${THEIRS}`)],
  ['none there', OURS, { boundaries: null }, /the other site no boundaries/],
  ['none here', undefined, { boundaries: THEIRS }, /this site has no boundaries/],
] as const)('[JD2] boundaries of the other site are held against the own ones: %s', ([, own, data, said]) => {
  const watch = new BoundariesWatch(own);
  expect(watch.difference()).toBeUndefined();
  watch.heard(data);
  if (said === undefined) expect(watch.difference()).toBeUndefined();
  else expect(watch.difference()).toMatch(said);
});

test('[JD2] the difference is over once both have the same', () => {
  const watch = new BoundariesWatch(OURS);
  watch.heard({ boundaries: THEIRS });
  watch.heard({ boundaries: OURS });
  expect(watch.difference()).toBeUndefined();
});
