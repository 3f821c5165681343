/** Resolves after `ms`, or at once when `stop` aborts or `sooner` resolves. Never rejects. */
export function pause(ms: number, stop: AbortSignal, sooner?: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
    if (sooner !== undefined) void sooner.then(done);
  });
}
