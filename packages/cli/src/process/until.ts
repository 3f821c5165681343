// Waits for something that can only be asked for, such as a server's health, up to a limit that the caller names.
import { setTimeout as after } from 'node:timers/promises';

/** Between two questions. Short against the start of a server, long against the cost of asking. */
const POLL_MS = 25;

export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs: number,
): Promise<T | undefined> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) return undefined;
    await after(POLL_MS);
  }
}
