// What the sites say of themselves while a drill runs: events as they are published, and how each stands to the other.
import { SITES, type SiteId } from '@vigie/model';
import { type ClusterAnswer, EventStream, type SiteHttp, type SiteAccess, nowMs } from '@vigie/sim';
import type { History, LookRecord } from './history.ts';

const LOOK_EVERY_MS = 250;
const LOOK_TIMEOUT_MS = 2_000;

export class Watch {
  readonly #streams: readonly EventStream[];
  readonly #looking: Promise<void>;
  #stopped = false;

  constructor(access: SiteAccess, http: Readonly<Record<SiteId, SiteHttp>>, history: History) {
    const token = access.tokens.operator;
    this.#streams = SITES.map(
      (site) =>
        new EventStream({
          url: access.urls[site],
          token,
          nowMs,
          onEvent: ({ id, type, subject, data }, atMs) => {
            const incident = data.incident ?? undefined;
            history.events.push({
              kind: 'event',
              site,
              atMs,
              id,
              type,
              incidentId: subject,
              caseId: incident?.caseId ?? null,
              openedAt: incident === undefined ? null : Date.parse(incident.openedAt),
            });
          },
        }),
    );
    this.#looking = Promise.all(SITES.map((site) => this.#look(site, http[site], token, history))).then(() => {});
  }
  async opened(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('an event stream did not open')), timeoutMs);
    });
    await Promise.race([Promise.all(this.#streams.map(({ opened }) => opened)), late]).finally(() =>
      clearTimeout(timer),
    );
  }
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stream of this.#streams) stream.stop();
    await this.#looking;
  }

  async #look(site: SiteId, http: SiteHttp, token: string, history: History): Promise<void> {
    while (!this.#stopped) {
      const answer = await http.ask({ method: 'GET', path: '/v1/cluster', token, timeoutMs: LOOK_TIMEOUT_MS });
      history.looks.push(lookOf(site, answer.kind === 'answered' && answer.status === 200 ? answer.text : undefined));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

function lookOf(site: SiteId, text: string | undefined): LookRecord {
  const atMs = nowMs();
  if (text === undefined)
    return { kind: 'look', site, atMs, joined: null, digest: null, incidents: [], alone: false, logFormat: null };
  const { peer, digest, incidents = [], alone = false, logFormat = null } = JSON.parse(text) as ClusterAnswer;
  const of = digest === null ? null : { second: Number(digest.position), value: digest.value };
  return {
    kind: 'look',
    site,
    atMs,
    joined: peer.joined,
    digest: of,
    incidents: incidents.map(({ kind }) => kind),
    alone,
    logFormat,
  };
}
