// Runs seeds in a thread of its own: asked for a few at a time, it answers each with what it came to.
import { parentPort, workerData } from 'node:worker_threads';
import { TRAPS, type Traps } from '@vigie/log';
import type { SeedResult } from './many.ts';
import { optionsOf, runOne } from './run.ts';

const trap = (workerData as { readonly trap?: keyof Traps } | null)?.trap;
if (trap !== undefined) TRAPS[trap] = true;

let running = 0;
const post = (result: SeedResult): void => parentPort?.postMessage(result);

// A promise of the implementation that nobody waits for: the seed that was running failed.
process.on('unhandledRejection', (cause) => {
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : 'not an error';
  post({
    seed: running,
    violations: [{ invariant: 'crash', why: 'a promise was rejected and nobody heard it', witness: [text] }],
    entries: 0,
    reports: 0,
  });
});

parentPort?.on('message', (seeds: readonly number[]) => void runAll(seeds));

async function runAll(seeds: readonly number[]): Promise<void> {
  for (const seed of seeds) {
    running = seed;
    const { violations, entries, reports } = await runOne(optionsOf(seed));
    post({ seed, violations, entries, reports });
  }
  parentPort?.postMessage('more');
}
