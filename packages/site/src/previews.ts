// Previews of orders run in a thread of their own, one after the other: a week of one person takes the engine a second, and detection must
// not wait that long.
import { Worker } from 'node:worker_threads';
import type { PreviewAnswer, PreviewJob } from '@vigie/api';
import { type Result, fail } from '@vigie/model';

/** Asked for and not answered yet, the one that runs included. */
export const PREVIEWS_MAX = 4;
/** One that takes longer is given up. */
const PREVIEW_MS_MAX = 20_000;
const HEAP_MB_MAX = 512;

export class Previews {
  readonly #note: (detail: string, cause?: unknown) => void;
  #asked = 0;
  #before: Promise<unknown> = Promise.resolve();
  #worker: Worker | undefined;
  #isClosed = false;

  constructor(note: (detail: string, cause?: unknown) => void) {
    this.#note = note;
  }

  async run(job: PreviewJob): Promise<Result<PreviewAnswer>> {
    if (this.#asked >= PREVIEWS_MAX) return fail('overloaded', `${PREVIEWS_MAX} previews are asked for already`);
    this.#asked++;
    const answer = this.#before.then(() => this.#work(job));
    this.#before = answer;
    try {
      return await answer;
    } finally {
      this.#asked--;
    }
  }

  /** What runs is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  async #work(job: PreviewJob): Promise<Result<PreviewAnswer>> {
    if (this.#isClosed) return fail('starting', 'this site is being stopped');
    const { promise, resolve } = Promise.withResolvers<Result<PreviewAnswer>>();
    const worker = new Worker(new URL('./preview-worker.ts', import.meta.url), {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    this.#worker = worker;
    const late = setTimeout(() => {
      resolve(fail('overloaded', `it takes more than ${PREVIEW_MS_MAX / 1000} s: ask for a shorter period`));
    }, PREVIEW_MS_MAX);
    worker.once('message', (answer: Result<PreviewAnswer>) => resolve(answer));
    worker.once('error', (cause: NodeJS.ErrnoException) => {
      this.#note('a preview failed', cause);
      if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY')
        resolve(fail('overloaded', 'it takes too much memory: ask for a shorter period'));
      else resolve(fail('internal', 'the preview failed', { cause }));
    });
    worker.once('exit', () => resolve(fail('starting', 'this site is being stopped')));
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#worker = undefined;
      await worker.terminate();
    }
  }
}
