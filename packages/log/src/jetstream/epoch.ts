// L10: every start of a site's log server opens a new epoch. The server's id is new at each start and kept with the stream, so a
// restarted site process finds the running epoch again, and a restored disk never does.
import { type SiteId, compareEpochs, decodeEntry } from '@vigie/model';
import { nextNumber } from '../keeper/rotation.ts';
import type { JetStreamApi, StreamInfo } from './api.ts';
import { UnusableServer } from './session.ts';
import {
  type KnownStream,
  createStream,
  knownStreams,
  originConfig,
  otherPartitions,
  partitionsOf,
} from './streams.ts';

export interface OpenEpochOptions {
  readonly api: JetStreamApi;
  readonly peerApi: JetStreamApi;
  readonly site: SiteId;
  readonly partition: number;
  readonly partitions: number;
  readonly serverId: string;
  /** 1 to 16 of [a-z0-9], never twice the same. */
  readonly suffix: () => string;
  /** A new epoch in any case, also of a server that runs on, or of a site that has left. */
  readonly fresh: boolean;
}

export interface OpenedEpoch {
  readonly epoch: string;
  /** It ends with a `leave`: the site stays away until it is told to return. */
  readonly left: boolean;
}

/** How long the other site is asked which of our numbers it knows; without it the suffix alone tells epochs apart. */
const ASK_PEER_MS = 400;

/** Throws on a log server that does not do what it must; world errors give undefined, to be tried again. */
export async function openEpoch(o: OpenEpochOptions): Promise<OpenedEpoch | undefined> {
  const listed = await o.api.streams();
  if (!listed.ok) return undefined;
  await checkPartitions(o, listed.value);
  const own = ownStreams(o, listed.value);
  const left = o.fresh ? undefined : await newestThatLeft(o.api, own);
  if (left !== undefined) return (await sealAll(o.api, own, undefined)) ? { epoch: left, left: true } : undefined;
  // Two, if a rotation was interrupted: the later one runs.
  const [running] = own
    .filter((stream) => !o.fresh && !stream.copy && !stream.sealed && stream.serverId === o.serverId)
    .sort((a, b) => compareEpochs(b.epoch, a.epoch));
  if (!(await sealAll(o.api, own, running?.epoch))) return undefined;
  const epoch = running?.epoch ?? (await create(o, own));
  return epoch === undefined ? undefined : { epoch, left: false };
}

/** The next epoch of a server that runs on; the one before is still open. Undefined: not made. */
export async function openNextEpoch(o: OpenEpochOptions): Promise<string | undefined> {
  const listed = await o.api.streams();
  return listed.ok ? create(o, ownStreams(o, listed.value)) : undefined;
}

/** The own log says how many there are; without one (a lost disk, a first start) the other site's, if it answers. */
async function checkPartitions({ peerApi, partitions }: OpenEpochOptions, here: readonly StreamInfo[]): Promise<void> {
  let begun = partitionsOf(here);
  if (begun === undefined) {
    const there = await peerApi.streams(ASK_PEER_MS);
    if (there.ok) begun = partitionsOf(there.value);
  }
  if (begun !== undefined && begun !== partitions) throw new UnusableServer(otherPartitions(begun, partitions));
}

const ownStreams = (o: OpenEpochOptions, infos: readonly StreamInfo[]): KnownStream[] =>
  knownStreams(infos, o.partition).filter((stream) => stream.site === o.site);

async function create(o: OpenEpochOptions, own: readonly KnownStream[]): Promise<string | undefined> {
  const there = await o.peerApi.streams(ASK_PEER_MS);
  const known = there.ok ? ownStreams(o, there.value) : [];
  const epoch = `${nextNumber([...own, ...known].map((stream) => stream.epoch))}-${o.suffix()}`;
  const made = await createStream(o.api, originConfig({ ...o, epoch }));
  return made.ok ? epoch : undefined;
}

/** The newest own epoch, if a `leave` is its last entry: what is on disk says so, whatever was restarted since. */
async function newestThatLeft(api: JetStreamApi, own: readonly KnownStream[]): Promise<string | undefined> {
  const [newest] = own.filter((stream) => !stream.copy).sort((a, b) => compareEpochs(b.epoch, a.epoch));
  if (newest === undefined || newest.lastSeq === 0) return undefined;
  const last = await api.message(newest.name, newest.lastSeq);
  const entry = last.ok && last.value !== undefined ? decodeEntry(last.value) : undefined;
  return entry?.ok === true && entry.value.kind === 'leave' ? newest.epoch : undefined;
}

/** Every own epoch but the one that runs. */
export async function sealAll(
  api: JetStreamApi,
  own: readonly KnownStream[],
  running: string | undefined,
): Promise<boolean> {
  for (const stream of own) {
    if (stream.copy || stream.sealed || stream.epoch === running) continue;
    const sealed = await api.seal(stream.name);
    if (!sealed.ok) return false;
  }
  return true;
}
