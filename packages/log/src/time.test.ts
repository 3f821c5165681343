import { logTimeUs } from '@vigie/model';
import { afterEach, expect, test, vi } from 'vitest';
import { HybridClock } from './hybrid-clock.ts';
import { ManualTime, systemClock } from './time.ts';

afterEach(() => vi.restoreAllMocks());

test('[L4] log times rise by at least one, follow the site clock, and pass whatever was read', () => {
  const time = new ManualTime(1000);
  const clock = new HybridClock(time);
  expect([clock.next(), clock.next()]).toEqual([1000, 1001]);
  time.advance(1);
  expect(clock.next()).toBe(2000);
  clock.read(logTimeUs(9000));
  clock.read(logTimeUs(10));
  expect([clock.next(), clock.next()]).toEqual([9001, 9002]);
});

test('[L5] the site clock never steps: it follows a wall clock that jumped by 500 ppm at most', () => {
  let monotonicMs = 1000;
  let wallMs = performance.timeOrigin + 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => monotonicMs);
  vi.spyOn(Date, 'now').mockImplementation(() => wallMs);
  const clock = systemClock();
  const pass = (seconds: number): number => {
    const before = clock.nowUs();
    for (let i = 0; i < seconds; i++) {
      monotonicMs += 1000;
      wallMs += 1000;
      clock.nowUs();
    }
    return clock.nowUs() - before - seconds * 1_000_000;
  };
  expect(Math.abs(pass(10))).toBeLessThanOrEqual(1000);
  wallMs += 60_000;
  const forward = pass(10);
  expect(forward).toBeGreaterThan(4000);
  expect(forward).toBeLessThanOrEqual(6000);
  wallMs -= 120_000;
  const back = pass(10);
  expect(back).toBeLessThan(-4000);
  expect(back).toBeGreaterThanOrEqual(-6000);
});

test('time by hand runs timers in order of their due time, those due within others as well', () => {
  const time = new ManualTime(0);
  const ran: string[] = [];
  time.after(20, () => ran.push('b'));
  time.after(10, () => {
    ran.push('a');
    time.after(5, () => ran.push('a2'));
  });
  const cancel = time.after(15, () => ran.push('never'));
  cancel();
  time.advance(30);
  expect(ran).toEqual(['a', 'a2', 'b']);
  expect(time.nowUs()).toBe(30_000);
});
