/** Resolves after `ms`, or at once when one of the signals aborts. Never rejects. */
export function pause(ms: number, ...until: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const sooner = AbortSignal.any([...until]);
    if (sooner.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      sooner.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    sooner.addEventListener('abort', done);
  });
}
