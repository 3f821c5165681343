// The clock where nothing interrupts: one origin that has been observed without a gap since 1970. Offline work and measurements run on it.
import { logTimeUs } from '@vigie/model';
import type { Clock } from './types.ts';

/** @param ms log time, milliseconds since the Unix epoch */
export function steadyClock(ms: number): Clock {
  const us = ms * 1000;
  return { t: logTimeUs(us), obs: () => us, obsRestart: () => 0, timeOfObs: (_site, obs) => logTimeUs(obs) };
}
