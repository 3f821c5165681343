// Brings every epoch of the other origin to the own disk, and own epochs that only the other site still has (L1, L10, L12). Looks
// at both servers every second; a copy that stands still although the other server answers is begun anew (L13).
import type { NatsConnection } from '@nats-io/transport-node';
import { type SiteId, otherSite } from '@vigie/model';
import type { JetStreamApi } from './api.ts';
import type { ArchivedEpochs } from './archived-epochs.ts';
import { Copier } from './copier.ts';
import { caughtUpWith, extents } from './extents.ts';
import { type CopySpec, type KnownStream, copyConfig, copySpec, createStream, knownStreams } from './streams.ts';

const LOOK_EVERY_MS = 1000;
/** While something is missing. */
const LOOK_SOON_MS = 100;
export const PEER_ANSWER_MS = 1000;
/** L13. Doubles while it does not help. */
const STALLED_MS = 3000;
const STALLED_MS_MAX = 60_000;

export interface MirrorsOptions {
  readonly nc: NatsConnection;
  readonly api: JetStreamApi;
  readonly peerApi: JetStreamApi;
  readonly site: SiteId;
  readonly partition: number;
  readonly partitions: number;
  readonly running: () => string;
  /** Epochs that are archives here: not copied again, and not missing. */
  readonly archived: ArchivedEpochs;
  /** All log streams of both servers, at every look; none of the other while it does not answer. */
  readonly onLook: (own: readonly KnownStream[], peer: readonly KnownStream[]) => void;
  readonly onCaughtUp: () => void;
  readonly onFault: (detail: string) => void;
  readonly isDiskFull: () => boolean;
}

interface Copying {
  readonly copier: Copier;
  seq: number;
  sinceMs: number;
  patienceMs: number;
}

export class Mirrors {
  readonly #o: MirrorsOptions;
  readonly #copying = new Map<string, Copying>();
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

  /** Looks now, because the other site is heard, or seen to keep up, again, or runs an epoch that is new here. */
  look(): void {
    this.#again = true;
    for (const { copier } of this.#copying.values()) copier.wake();
    if (this.#looking || this.#stopped) return;
    this.#looking = true;
    clearTimeout(this.#timer);
    void this.#looks();
  }
  /** The copy with this name is read on from where it ends, by a new consumer. */
  renew(name: string): void {
    const copying = this.#copying.get(name);
    if (copying === undefined) return this.look();
    this.#o.onFault(`the copy ${name} stands at ${copying.seq} while the other site tells more: it is read on anew`);
    copying.sinceMs = performance.now();
    copying.copier.restart();
  }
  /** The copy with this name is begun anew from its start: what was copied is given up. */
  async giveUp(name: string): Promise<boolean> {
    this.#copying.get(name)?.copier.stop();
    this.#copying.delete(name);
    const removed = await this.#o.api.remove(name);
    if (!removed.ok) this.#o.onFault(removed.detail);
    this.look();
    return removed.ok;
  }
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const { copier } of this.#copying.values()) copier.stop();
    this.#copying.clear();
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
    const { partition } = this.#o;
    const [here, there] = await Promise.all([this.#o.api.streams(), this.#o.peerApi.streams(PEER_ANSWER_MS)]);
    if (!here.ok || this.#stopped) return true;
    const own = this.#o.archived.withStreams(here.value, partition);
    const peer = there.ok ? knownStreams(there.value, partition) : [];
    for (const stream of peer) if (this.#isWanted(stream, own)) await this.#follow(stream, own);
    if (this.#stopped) return true;
    this.#o.onLook(own, peer);
    if (!there.ok || this.#caughtUp) return true;
    this.#target ??= extents(peer);
    if (!caughtUpWith(this.#target, extents(peer), extents(own))) return false;
    if (!(await this.#o.archived.bring(own))) return false;
    this.#caughtUp = true;
    this.#o.onCaughtUp();
    return true;
  }

  /** Every epoch of the other origin, and those of the own one of which the other site holds more; the running one never. */
  #isWanted(stream: KnownStream, own: readonly KnownStream[]): boolean {
    if (stream.back || this.#o.archived.has(stream.site, stream.epoch)) return false;
    if (stream.site !== this.#o.site) return !stream.copy;
    if (!stream.copy || stream.epoch === this.#o.running()) return false;
    return own.some((known) => known.back && known.epoch === stream.epoch) || lastSeqOf(own, stream) < stream.lastSeq;
  }

  async #follow(origin: KnownStream, own: readonly KnownStream[]): Promise<void> {
    const { api, nc, site, partition, partitions, onFault, isDiskFull } = this.#o;
    if (isDiskFull()) return;
    const spec = copySpec(origin.site, origin.epoch, partition, site);
    const copy = own.find((known) => known.name === spec.name);
    if (copy === undefined && !(await this.#create(spec, api))) return;
    const seq = copy?.lastSeq ?? 0;
    const now = performance.now();
    const copying = this.#copying.get(spec.name);
    const grows = origin.site !== site && !origin.sealed;
    if (seq >= origin.lastSeq && !grows) {
      copying?.copier.stop();
      this.#copying.delete(spec.name);
    } else if (copying === undefined) {
      const copier = new Copier({ nc, spec, partitions, onFault, isDiskFull });
      this.#copying.set(spec.name, { copier, seq, sinceMs: now, patienceMs: STALLED_MS });
      this.#again ||= copy === undefined;
    } else if (seq > copying.seq || seq >= origin.lastSeq) {
      Object.assign(copying, { seq, sinceMs: now, patienceMs: STALLED_MS });
    } else if (now - copying.sinceMs >= copying.patienceMs) {
      onFault(`the copy ${spec.name} stands at ${seq} of ${origin.lastSeq}: it is begun anew`);
      Object.assign(copying, { sinceMs: now, patienceMs: Math.min(2 * copying.patienceMs, STALLED_MS_MAX) });
      copying.copier.restart();
    }
  }

  async #create(spec: CopySpec, api: JetStreamApi): Promise<boolean> {
    const made = await createStream(api, copyConfig(spec));
    if (!made.ok) this.#o.onFault(made.detail);
    return made.ok;
  }
}

const lastSeqOf = (streams: readonly KnownStream[], of: { site: SiteId; epoch: string }): number =>
  streams.reduce(
    (most, stream) => (stream.site === of.site && stream.epoch === of.epoch ? Math.max(most, stream.lastSeq) : most),
    0,
  );

/** True for a stream whose end is known and here. */
export function isComplete(stream: KnownStream, peer: readonly KnownStream[], self: SiteId): boolean {
  if (stream.archived) return true;
  if (stream.site === self) return stream.sealed;
  const origin = peer.find((known) => known.site === otherSite(self) && known.epoch === stream.epoch && !known.copy);
  return origin !== undefined && origin.sealed && stream.lastSeq >= origin.lastSeq;
}
