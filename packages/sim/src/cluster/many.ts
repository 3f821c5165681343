// Many seeds, shared between threads.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Traps } from '@vigie/log';
import type { Violation } from './checks/check.ts';

/** Real time without an answer from a thread: the run does not end. A run takes a tenth of a second. */
const RUN_MS_MAX = 60_000;
/** Seeds that a thread gets in one go. */
const SEEDS_AT_ONCE = 8;
const WORKERS_MAX = 16;

export const ENDLESS = 'the run itself does not end';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly entries: number;
  readonly reports: number;
}
export interface ManyOptions {
  readonly from: number;
  readonly count: number;
  readonly workers?: number;
  /** Only to show that it is found: a clause of the order that is switched off (docs/decisions/0007). */
  readonly trap?: keyof Traps;
  readonly onResult: (result: SeedResult) => void;
}

export async function runMany(o: ManyOptions): Promise<void> {
  const end = o.from + o.count;
  let next = o.from;
  /** Given to a thread that was ended before it came to them. */
  const returned: number[] = [];
  const take = (): number[] => {
    if (returned.length > 0) return returned.splice(0);
    const first = next;
    next = Math.min(end, next + SEEDS_AT_ONCE);
    return Array.from({ length: next - first }, (_, i) => first + i);
  };
  const thread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { trap: o.trap } });
      let given: number[] = [];
      let watch: NodeJS.Timeout | undefined;
      const giveUp = (): void => {
        const [seed, ...rest] = given;
        returned.push(...rest);
        if (seed !== undefined) o.onResult(endless(seed));
        void worker.terminate().then(thread).then(resolve, reject);
      };
      const watched = (): void => {
        clearTimeout(watch);
        watch = setTimeout(giveUp, RUN_MS_MAX);
      };
      const give = (): void => {
        given = take();
        watched();
        if (given.length > 0) return worker.postMessage(given);
        clearTimeout(watch);
        void worker.terminate().then(() => resolve());
      };
      worker.on('message', (message: SeedResult | 'more') => {
        if (message === 'more') return give();
        given = given.filter((seed) => seed !== message.seed);
        o.onResult(message);
        watched();
      });
      worker.on('error', reject);
      give();
    });
  const wanted = Math.min(o.workers ?? availableParallelism(), WORKERS_MAX, Math.ceil(o.count / SEEDS_AT_ONCE));
  await Promise.all(Array.from({ length: Math.max(1, wanted) }, thread));
}

const endless = (seed: number): SeedResult => ({
  seed,
  violations: [{ invariant: 'liveness', why: ENDLESS, witness: [`seed ${seed}`] }],
  entries: 0,
  reports: 0,
});
