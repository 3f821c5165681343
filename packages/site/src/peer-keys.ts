// Keys of measures between the two sites: offered when a measure is made, asked for when one is missing. They travel wrapped.
const ANSWER_MS_MAX = 2_000;
const KEY_CHARS_MAX = 200;

export class PeerKeys {
  readonly #peerUrl: string;
  readonly #token: string;

  constructor(peerUrl: string, internalToken: string) {
    this.#peerUrl = peerUrl;
    this.#token = internalToken;
  }

  /** Best effort: the other site asks when it meets a measure whose key it lacks. */
  async offer(measure: string, wrapped: string): Promise<boolean> {
    const answer = await this.#call(measure, { method: 'PUT', body: wrapped });
    return answer?.ok ?? false;
  }

  /** Undefined: the other site does not have it, or does not answer. */
  async ask(measure: string): Promise<string | undefined> {
    const answer = await this.#call(measure, { method: 'GET' });
    if (answer === undefined || answer.status !== 200) return undefined;
    const text = await answer.text().catch(() => undefined); // cut off: as if not answered, and asked again
    return text !== undefined && text.length <= KEY_CHARS_MAX ? text : undefined;
  }

  async #call(measure: string, init: { method: string; body?: string }): Promise<Response | undefined> {
    try {
      return await fetch(new URL(`/internal/keys/${measure}`, this.#peerUrl), {
        ...init,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/octet-stream' },
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
    } catch {
      return undefined; // not reachable: the value says so
    }
  }
}
