// Time and turns arrive from outside, so that a simulated site runs on a simulated clock.
import { type Time, systemTime } from '@vigie/log';

export interface Timing extends Time {
  /** Runs after what the network has already delivered. */
  soon(run: () => void): void;
}

export const systemTiming = (time: Time = systemTime()): Timing => ({
  nowUs: () => time.nowUs(),
  after: (ms, run) => time.after(ms, run),
  soon: (run) => void setImmediate(run),
});

export const nowMs = (timing: Pick<Timing, 'nowUs'>): number => timing.nowUs() / 1000;
