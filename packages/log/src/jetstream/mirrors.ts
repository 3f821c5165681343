// Brings every epoch of the other origin to the own disk, and own epochs that only the other site still has (L1, L10, L12). Looks
// at both servers every second, because reported lags can lie; a mirror that stands still is given a new consumer (L13).
import { type SiteId, otherSite } from '@vigie/model';
import type { EpochExtent, Survey } from '../types.ts';
import { CONSUMER_NOT_FOUND, type JetStreamApi, STREAM_NOT_FOUND } from './api.ts';
import {
  type KnownStream,
  type MirrorSpec,
  createStream,
  knownStreams,
  mirrorConfig,
  mirrorConsumer,
  mirrorSpec,
} from './streams.ts';

const LOOK_EVERY_MS = 1000;
/** While something is missing. */
const LOOK_SOON_MS = 100;
const PEER_ANSWER_MS = 1000;
/**
 * L13: no progress for this long although the other server answers. A mirror whose first request was lost asks again by itself after
 * 5 s (server source, and measured: a restarted server goes on after 5.4 s); a consumer missing at that moment would make it wait
 * for 10 s more. Doubles while it does not help.
 */
const STALLED_MS = 8000;
const STALLED_MS_MAX = 60_000;

export interface MirrorsOptions {
  readonly api: JetStreamApi;
  readonly peerApi: JetStreamApi;
  readonly site: SiteId;
  readonly partition: number;
  readonly running: () => string;
  /** All log streams of the own server, at every look; and which epochs of the other are closed. */
  readonly onLook: (own: readonly KnownStream[], peer: readonly KnownStream[]) => void;
  readonly onCaughtUp: () => void;
  readonly onFault: (detail: string) => void;
}

interface Progress {
  readonly seq: number;
  readonly peerSeq: number;
  readonly sinceMs: number;
  readonly patienceMs: number;
}

export class Mirrors {
  readonly #o: MirrorsOptions;
  readonly #progress = new Map<string, Progress>();
  #target: ReadonlyMap<string, number> | undefined;
  #caughtUp = false;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #again = false;
  #stopped = false;

  constructor(o: MirrorsOptions) {
    this.#o = o;
    this.look();
  }

  /** Looks now, e.g. because the other site runs an epoch that is new here. */
  look(): void {
    this.#again = true;
    if (this.#looking || this.#stopped) return;
    this.#looking = true;
    clearTimeout(this.#timer);
    void this.#looks();
  }
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #looks(): Promise<void> {
    let complete = true;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        complete = await this.#round();
      }
    } finally {
      this.#looking = false;
    }
    if (!this.#stopped) this.#timer = setTimeout(() => this.look(), complete ? LOOK_EVERY_MS : LOOK_SOON_MS);
  }

  /** True when there is nothing to hurry for. */
  async #round(): Promise<boolean> {
    const { site, partition } = this.#o;
    const [here, there] = await Promise.all([this.#o.api.streams(), this.#o.peerApi.streams(PEER_ANSWER_MS)]);
    if (!here.ok || this.#stopped) return true;
    const own = knownStreams(here.value, partition);
    if (!there.ok) {
      this.#progress.clear();
      this.#o.onLook(own, []);
      return true;
    }
    const peer = knownStreams(there.value, partition);
    let hurry = false;
    for (const stream of peer) {
      if (stream.back || (stream.site === site) !== stream.mirror) continue;
      if (stream.site === site && !this.#isMissing(stream, own)) continue;
      const spec = mirrorSpec(stream.site, stream.epoch, partition, site);
      const copy = own.find((known) => known.name === spec.name);
      if (copy === undefined) {
        hurry = await this.#make(spec);
      } else await this.#watch(spec, copy, stream);
    }
    this.#o.onLook(own, peer);
    return this.#checkCaughtUp(own, peer) && !hurry;
  }

  /** An own epoch of which the other site holds more. The running one is never behind its mirror. */
  #isMissing(stream: KnownStream, own: readonly KnownStream[]): boolean {
    if (stream.epoch === this.#o.running()) return false;
    return lastSeqOf(own, stream) < stream.lastSeq || own.some((known) => known.back && known.epoch === stream.epoch);
  }

  async #make(spec: MirrorSpec): Promise<boolean> {
    const { api, peerApi } = this.#o;
    const consumer = await peerApi.call(
      `CONSUMER.DURABLE.CREATE.${spec.from}.${spec.consumer}`,
      mirrorConsumer(spec, 0),
    );
    const made = consumer.ok ? await createStream(api, mirrorConfig(spec)) : consumer;
    if (!made.ok) this.#o.onFault(made.detail);
    this.#again ||= made.ok;
    return made.ok;
  }

  async #watch(spec: MirrorSpec, copy: KnownStream, origin: KnownStream): Promise<void> {
    const now = performance.now();
    const before = this.#progress.get(spec.name);
    if (copy.lastSeq >= origin.lastSeq) {
      this.#progress.delete(spec.name);
      return;
    }
    if (before === undefined || copy.lastSeq > before.seq) {
      const patienceMs = STALLED_MS;
      this.#progress.set(spec.name, { seq: copy.lastSeq, peerSeq: origin.lastSeq, sinceMs: now, patienceMs });
      return;
    }
    if (now - before.sinceMs < before.patienceMs) return;
    this.#progress.set(spec.name, {
      ...before,
      sinceMs: now,
      patienceMs: Math.min(2 * before.patienceMs, STALLED_MS_MAX),
    });
    this.#o.onFault(`mirror ${spec.name} stands at ${copy.lastSeq} of ${origin.lastSeq}: it gets a new consumer`);
    await this.#renew(spec, copy.lastSeq);
  }

  /** The mirror goes on from a consumer of the same name that starts where it stands; nothing on disk is given up. */
  async #renew(spec: MirrorSpec, after: number): Promise<void> {
    const { peerApi } = this.#o;
    const deleted = await peerApi.call(`CONSUMER.DELETE.${spec.from}.${spec.consumer}`);
    if (!deleted.ok && deleted.code !== CONSUMER_NOT_FOUND && deleted.code !== STREAM_NOT_FOUND) return;
    const made = await peerApi.call(
      `CONSUMER.DURABLE.CREATE.${spec.from}.${spec.consumer}`,
      mirrorConsumer(spec, after),
    );
    if (!made.ok) this.#o.onFault(made.detail);
  }

  #checkCaughtUp(own: readonly KnownStream[], peer: readonly KnownStream[]): boolean {
    if (this.#caughtUp) return true;
    this.#target ??= new Map(extents(peer).map((extent) => [`${extent.site} ${extent.epoch}`, extent.lastSeq]));
    const have = new Map(extents(own).map((extent) => [`${extent.site} ${extent.epoch}`, extent.lastSeq]));
    for (const [key, seq] of this.#target) if ((have.get(key) ?? 0) < seq) return false;
    this.#caughtUp = true;
    this.#o.onCaughtUp();
    return true;
  }
}

const lastSeqOf = (streams: readonly KnownStream[], of: { site: SiteId; epoch: string }): number =>
  streams.reduce(
    (most, stream) => (stream.site === of.site && stream.epoch === of.epoch ? Math.max(most, stream.lastSeq) : most),
    0,
  );

/** How far each epoch goes on a disk. A copy can get no entry of its own, so it counts as sealed. */
export function extents(streams: readonly KnownStream[]): EpochExtent[] {
  const all = new Map<string, EpochExtent>();
  for (const stream of streams) {
    const { site, epoch, lastSeq } = stream;
    const key = `${site} ${epoch}`;
    const other = all.get(key);
    const sealed = (stream.sealed || stream.mirror) && (other?.sealed ?? true);
    all.set(key, { site, epoch, lastSeq: Math.max(lastSeq, other?.lastSeq ?? 0), sealed });
  }
  return [...all.values()];
}

export async function surveyBoth(
  api: JetStreamApi,
  peerApi: JetStreamApi,
  partition: number,
): Promise<Survey | undefined> {
  // The other first: what is there now must be here a moment later.
  const there = await peerApi.streams(PEER_ANSWER_MS);
  const here = there.ok ? await api.streams() : there;
  if (!there.ok || !here.ok) return undefined;
  return { own: extents(knownStreams(here.value, partition)), peer: extents(knownStreams(there.value, partition)) };
}

/** True for a stream of the other origin whose end is known and here. */
export function isComplete(stream: KnownStream, peer: readonly KnownStream[], self: SiteId): boolean {
  if (stream.site === self) return stream.sealed;
  const origin = peer.find((known) => known.site === otherSite(self) && known.epoch === stream.epoch && !known.mirror);
  return origin !== undefined && origin.sealed && stream.lastSeq >= origin.lastSeq;
}
