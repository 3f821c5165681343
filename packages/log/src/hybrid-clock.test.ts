import { expect, test } from 'vitest';
import { HybridClock } from './hybrid-clock.ts';
import { ManualTime } from './time.ts';

const HOUR_US = 3_600_000_000;
const START = 1_750_000_000_000_000;

test('[L4] t is later than the clock, the last own one and the newest one read', () => {
  const time = new ManualTime(START);
  const clock = new HybridClock(time);
  expect(clock.next()).toBe(START);
  expect(clock.next()).toBe(START + 1);
  clock.read(START + 500);
  expect(clock.next()).toBe(START + 501);
  time.advance(1);
  expect(clock.next()).toBe(START + 1000);
});

test('[L5] a clock more than 2 s from the peer at start is not read: time goes on from the last own t', () => {
  for (const skewUs of [-HOUR_US, 2_000_001]) {
    const time = new ManualTime(START);
    const clock = new HybridClock(time);
    clock.read(START - HOUR_US);
    clock.compare(skewUs, true);
    expect(clock.isTrusted).toBe(false);
    expect(clock.next()).toBe(START - HOUR_US + 1);
    time.advance(5);
    expect(clock.next()).toBe(START - HOUR_US + 5000);
    // What the other site writes is followed as ever.
    clock.read(START - 10);
    expect(clock.next()).toBe(START - 9);
  }
});

test('[L5] once the clocks agree the site clock is read again, and t never goes back', () => {
  const time = new ManualTime(START);
  const clock = new HybridClock(time);
  clock.read(START + 10);
  clock.compare(HOUR_US, true);
  const before = clock.next();
  clock.compare(2_000_000, false);
  expect(clock.isTrusted).toBe(true);
  expect(clock.next()).toBeGreaterThan(before);
  time.advance(60_000);
  expect(clock.next()).toBe(START + 60_000_000);
});

test('[L5] clocks that come apart later do not stop anybody: only a start asks', () => {
  const clock = new HybridClock(new ManualTime(START));
  clock.compare(HOUR_US, false);
  expect(clock.isTrusted).toBe(true);
  expect(clock.next()).toBe(START);
});

test('[L5] without a t of its own a site with another clock starts at that of the peer', () => {
  const clock = new HybridClock(new ManualTime(START));
  clock.compare(-HOUR_US, true);
  expect(clock.next()).toBe(START - HOUR_US);
});
