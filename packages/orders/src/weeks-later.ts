// A week that was lived, moved by whole weeks of local time: Tuesday evening stays Tuesday evening, also across a change of the clocks.
import { Temporal } from 'temporal-polyfill';

/**
 * The shift, in weeks, that brings `fromMs` to `validFromMs` or later; 0 if it lies there already.
 * @param fromMs, validFromMs milliseconds since the Unix epoch
 */
export function weeksInto(fromMs: number, validFromMs: number, timezone: string): number {
  const estimate = Math.max(0, Math.ceil((validFromMs - fromMs) / (7 * 86_400_000)));
  return weeksLater(fromMs, estimate, timezone) < validFromMs ? estimate + 1 : estimate;
}

/** The same local time `weeks` weeks later. A local time that does not exist there is placed an hour later. */
export function weeksLater(atMs: number, weeks: number, timezone: string): number {
  if (weeks === 0) return atMs;
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone).add({ weeks }).epochMilliseconds;
}
