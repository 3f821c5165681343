// One POST to a receiver: bounded in time, not following anywhere else, taken when the answer is 2xx.
import type { Sent } from './channel.ts';

/** A turn holds two of these and a pause. */
const ANSWER_MS = 4_000;
/** Of 4xx, those that speak of the moment and not of what was sent. */
const FOR_NOW: ReadonlySet<number> = new Set([408, 425, 429]);

export async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  stop: AbortSignal,
): Promise<Sent> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS)]),
    });
    await answer.body?.cancel();
    if (answer.ok) return { taken: true };
    const { status } = answer;
    return {
      taken: false,
      detail: `answered ${status}`,
      refused: status >= 400 && status < 500 && !FOR_NOW.has(status),
    };
  } catch (cause) {
    return { taken: false, detail: reasonOf(cause) };
  }
}

/** Why, without address or content: it is written to the operating log. */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error ? cause.cause : undefined;
  if (inner instanceof Error && 'code' in inner) return String(inner.code);
  return cause instanceof Error ? cause.name : 'not sent';
}
