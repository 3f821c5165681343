import { expect, test } from 'vitest';
import { type ClocksState, OriginClocks, PlaceClock } from './clocks.ts';
import type { MergedPlace } from './place.ts';

const S = 1_000_000;
const n = (t: number): MergedPlace => ({ t, site: 'noirmont' });
const d = (t: number): MergedPlace => ({ t, site: 'delemont' });
const clocksWith = (...places: readonly MergedPlace[]): OriginClocks => {
  const clocks = new OriginClocks();
  for (const place of places) clocks.append(place);
  return clocks;
};

test('[D5] an origin is observed from entry to entry; a step of more than 2 s counts nothing', () => {
  const clocks = clocksWith(n(10 * S), n(11 * S), n(13 * S), n(15 * S + 1), n(16 * S));
  const clock = new PlaceClock(clocks);
  const observed = [9, 10, 11, 12, 13, 15, 16, 99].map((s) => clock.at(n(s * S)).obs('noirmont'));
  // 13 to 15.000001 is a gap: 11 to 13 still counted.
  expect(observed).toEqual([0, 0, S, S, 3 * S, 3 * S, 3 * S + (S - 1), 3 * S + (S - 1)]);
  expect(clock.at(n(99 * S)).obs('delemont')).toBe(0);
});

test('[L4] at equal log time the entries of Noirmont come first', () => {
  const clocks = clocksWith(n(10 * S), n(11 * S), d(10 * S), d(11 * S));
  const clock = new PlaceClock(clocks);
  expect(clock.at(n(11 * S)).obs('delemont')).toBe(0);
  expect(clock.at(d(11 * S)).obs('noirmont')).toBe(S);
});

test('[D5] observed time reaches a value at an entry, never between two', () => {
  const clocks = clocksWith(n(10 * S), n(11 * S), n(20 * S), n(21 * S));
  const clock = new PlaceClock(clocks);
  expect([1, S, S + 1, 2 * S].map((obs) => clock.timeOfObs('noirmont', obs))).toEqual([11 * S, 11 * S, 21 * S, 21 * S]);
});

test('[D5] silence starts anew at a restart of the origin; each restart is known from its place on', () => {
  const clocks = clocksWith(n(10 * S), n(11 * S), n(12 * S), d(10 * S), d(13 * S));
  clocks.restart('noirmont', d(11 * S));
  clocks.restart('noirmont', d(13 * S));
  const clock = new PlaceClock(clocks);
  expect(clock.at(n(11 * S)).obsRestart('noirmont')).toBe(0);
  expect(clock.at(n(12 * S)).obsRestart('noirmont')).toBe(S);
  expect(clock.at(d(13 * S)).obsRestart('noirmont')).toBe(2 * S);
  expect(clock.obsRestartAfter('noirmont', 0)).toBe(S);
  expect(clock.obsRestartAfter('noirmont', S)).toBe(2 * S);
  expect(clock.obsRestartAfter('noirmont', 2 * S)).toBe(0);
});

test('forgetting what lies before a place, and going on from its state, change no answer after it', () => {
  const places = [n(10 * S), d(10 * S), n(11 * S), d(11.5 * S), n(14 * S), d(14 * S), n(15 * S), d(15.5 * S)];
  const whole = clocksWith(...places);
  whole.restart('delemont', n(11 * S));
  whole.restart('delemont', n(15 * S));
  const from = d(12 * S);
  const state = JSON.parse(JSON.stringify(whole.stateAt(from))) as ClocksState;
  const resumed = new OriginClocks(state);
  for (const place of places.filter((one) => one.t > from.t)) resumed.append(place);
  resumed.restart('delemont', n(15 * S));
  const answers = (clocks: OriginClocks) =>
    places
      .filter((one) => one.t > from.t)
      .map((place) => {
        const clock = new PlaceClock(clocks).at(place);
        return [
          ...(['noirmont', 'delemont'] as const).flatMap((site) => [clock.obs(site), clock.obsRestart(site)]),
          clock.obsRestartAfter('delemont', 0),
          clock.timeOfObs('noirmont', 2 * S),
        ];
      });
  const before = answers(whole);
  expect(answers(resumed)).toEqual(before);
  whole.forgetThrough(from);
  expect(answers(whole)).toEqual(before);
});
