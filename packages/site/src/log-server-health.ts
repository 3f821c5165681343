// What the log server says of itself on its monitoring port: a stream whose store failed shows there and nowhere else, copies included.
const TIMEOUT_MS = 1_000;
const TEXT_MAX = 300;

/** Undefined: healthy. Otherwise in its own words. */
export async function logServerProblem(monitor: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${monitor}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = (await answer.text()).slice(0, TEXT_MAX);
    return answer.ok ? undefined : `the log server is not healthy: ${text}`;
  } catch {
    return 'the log server does not answer on its monitoring port';
  }
}
