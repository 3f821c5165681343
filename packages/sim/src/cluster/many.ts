// Many seeds, shared between threads.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Traps } from '@vigie/log';
import type { Violation } from './checks/check.ts';

/** Seeds that a thread gets in one go. */
const SEEDS_AT_ONCE = 8;
const WORKERS_MAX = 16;

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
  const take = (): readonly number[] => {
    const first = next;
    next = Math.min(end, next + SEEDS_AT_ONCE);
    return Array.from({ length: next - first }, (_, i) => first + i);
  };
  const wanted = Math.min(o.workers ?? availableParallelism(), WORKERS_MAX, Math.ceil(o.count / SEEDS_AT_ONCE));
  await Promise.all(
    Array.from({ length: Math.max(1, wanted) }, () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { trap: o.trap } });
      return new Promise<void>((resolve, reject) => {
        const give = (): void => {
          const seeds = take();
          if (seeds.length > 0) worker.postMessage(seeds);
          else void worker.terminate().then(() => resolve());
        };
        worker.on('message', (message: SeedResult | 'more') => {
          if (message === 'more') give();
          else o.onResult(message);
        });
        worker.on('error', reject);
        give();
      });
    }),
  );
}
