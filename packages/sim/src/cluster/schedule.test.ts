import { expect, test } from 'vitest';
import { EVENTS_MAX, Schedule } from './schedule.ts';

test('virtual time that does not go on ends the run with a reason', async () => {
  const schedule = new Schedule(0);
  const again = (): void => void schedule.after(0, again);
  again();
  await expect(schedule.runUntil(1)).rejects.toThrow(`the run does not end: ${EVENTS_MAX} events`);
  expect(schedule.nowUs).toBe(0);
});
