// L2: a process whose own log server does not answer hands the entry, as it is and under the same entryId, to the other site's
// ingest; it is then that site's. An entry that ends up in both origins applies once.
import { Agent, type IncomingMessage, request } from 'node:http';
import type { EntryDraft } from '@vigie/log';
import { ENTRY_MINOR, ENTRY_VERSION, encodeEntry, isSiteId, logTimeUs } from '@vigie/model';
import type { PeerIngest, StoredAt } from './ports.ts';

export const INTERNAL_REPORTS_PATH = '/internal/reports';
const ANSWER_BYTES_MAX = 10_000;

/** A draft in the bytes of an entry; log time and seen are the receiver's to set. */
export const draftBytes = (draft: EntryDraft): Uint8Array =>
  encodeEntry({ ...draft, v: ENTRY_VERSION, minor: ENTRY_MINOR, t: logTimeUs(0), seen: null });

/** The other site's ingest over HTTP. Every failure is "not taken": the device tries again. */
export class HttpPeerIngest implements PeerIngest {
  readonly #url: URL;
  readonly #token: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(peerUrl: string, internalToken: string) {
    this.#url = new URL(INTERNAL_REPORTS_PATH, peerUrl);
    this.#token = internalToken;
  }

  forward(entry: Uint8Array, timeoutMs: number): Promise<(StoredAt & { readonly both: boolean }) | undefined> {
    return new Promise((resolve) => {
      const req = request(
        this.#url,
        {
          method: 'POST',
          agent: this.#agent,
          timeout: timeoutMs,
          headers: {
            authorization: `Bearer ${this.#token}`,
            'content-type': 'application/octet-stream',
            'content-length': entry.length,
          },
        },
        (res) => void readAnswer(res).then(resolve),
      );
      req.on('timeout', () => req.destroy(new Error('the other site did not answer')));
      req.on('error', () => resolve(undefined));
      req.end(entry);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function readAnswer(res: IncomingMessage): Promise<(StoredAt & { readonly both: boolean }) | undefined> {
  try {
    let text = '';
    for await (const chunk of res.setEncoding('utf8')) {
      text += chunk as string;
      if (text.length > ANSWER_BYTES_MAX) return undefined;
    }
    if (res.statusCode !== 200) return undefined;
    const answer = JSON.parse(text) as Record<string, unknown>;
    const { site, epoch, seq, both } = answer;
    if (!isSiteId(site) || typeof epoch !== 'string' || !Number.isSafeInteger(seq)) return undefined;
    return { site, epoch, seq: seq as number, both: both === true };
  } catch {
    // A cut connection or an answer that is not JSON: not taken, as far as we know.
    return undefined;
  }
}
