// L10: every start of a site's log server opens a new epoch. The server's id is new at each start and kept with the stream, so a
// restarted site process finds the running epoch again, and a restored disk never does.
import { type SiteId, epochNumber } from '@vigie/model';
import type { JetStreamApi } from './api.ts';
import { type KnownStream, createStream, knownStreams, originConfig } from './streams.ts';

export interface OpenEpochOptions {
  readonly api: JetStreamApi;
  readonly peerApi: JetStreamApi;
  readonly site: SiteId;
  readonly partition: number;
  readonly serverId: string;
  /** 1 to 16 of [a-z0-9], never twice the same. */
  readonly suffix: () => string;
}

/** How long the other site is asked which of our numbers it knows; without it the suffix alone tells epochs apart. */
const ASK_PEER_MS = 400;

/** Throws on a log server that does not do what it must; world errors give undefined, to be tried again. */
export async function openEpoch(o: OpenEpochOptions): Promise<string | undefined> {
  const listed = await o.api.streams();
  if (!listed.ok) return undefined;
  const own = knownStreams(listed.value, o.partition).filter((stream) => stream.site === o.site);
  const running = own.find((stream) => !stream.copy && !stream.sealed && stream.serverId === o.serverId);
  if (running !== undefined) return running.epoch;
  if (!(await sealAll(o.api, own))) return undefined;
  const epoch = `${(await highestNumber(o, own)) + 1}-${o.suffix()}`;
  const made = await createStream(o.api, originConfig(o.site, epoch, o.partition, o.serverId));
  return made.ok ? epoch : undefined;
}

async function sealAll(api: JetStreamApi, own: readonly KnownStream[]): Promise<boolean> {
  for (const stream of own) {
    if (stream.copy || stream.sealed) continue;
    const sealed = await api.seal(stream.name);
    if (!sealed.ok) return false;
  }
  return true;
}

async function highestNumber(o: OpenEpochOptions, own: readonly KnownStream[]): Promise<number> {
  const there = await o.peerApi.streams(ASK_PEER_MS);
  const known = there.ok ? knownStreams(there.value, o.partition).filter((stream) => stream.site === o.site) : [];
  return [...own, ...known].reduce((most, stream) => Math.max(most, epochNumber(stream.epoch)), 0);
}
