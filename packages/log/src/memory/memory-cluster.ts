// Two log servers in one process, with the line between them: for tests, the simulator and `pnpm dev`. Same behaviour as
// JetStream behind the same door; deterministic when time is moved by hand.
import { type SiteId, SITES, must, otherSite } from '@vigie/model';
import { HybridClock } from '../hybrid-clock.ts';
import { nextNumber } from '../keeper/rotation.ts';
import { originMessage } from '../origin-message.ts';
import { type Time, systemTime } from '../time.ts';
import type { EpochExtent } from '../types.ts';
import { MemoryDisk, type MemoryStream } from './disk.ts';
import { MemoryLog } from './memory-log.ts';

export interface MemoryServer {
  readonly site: SiteId;
  disk: MemoryDisk;
  up: boolean;
  /** The epoch its last start opened. */
  epoch: string;
}

export class MemoryCluster {
  readonly time: Time;
  readonly #servers: { readonly [site in SiteId]: MemoryServer };
  readonly #logs = new Set<MemoryLog>();
  /** Whether messages from that site reach the other. */
  readonly #passes: { [from in SiteId]: boolean } = { noirmont: true, delemont: true };
  readonly #mirrorsAtOnce: () => number;
  #suffixes = 0;
  #pumping = false;
  #again = false;

  /** `mirrorsAtOnce`: how many messages of a stream cross the line in one round; all, if left out. */
  constructor(o: { time?: Time; mirrorsAtOnce?: () => number } = {}) {
    this.time = o.time ?? systemTime();
    this.#mirrorsAtOnce = o.mirrorsAtOnce ?? (() => Number.POSITIVE_INFINITY);
    this.#servers = {
      noirmont: { site: 'noirmont', disk: new MemoryDisk(), up: false, epoch: '' },
      delemont: { site: 'delemont', disk: new MemoryDisk(), up: false, epoch: '' },
    };
    for (const site of SITES) this.startServer(site);
  }

  /** `clock`: shared with the logs of the site's other partitions, which are clusters of their own. */
  open(site: SiteId, clock?: HybridClock): MemoryLog {
    const log = new MemoryLog(this, site, clock ?? new HybridClock(this.time));
    this.#logs.add(log);
    this.pump();
    return log;
  }
  forget(log: MemoryLog): void {
    this.#logs.delete(log);
  }
  server(site: SiteId): MemoryServer {
    return this.#servers[site];
  }

  /** Cuts the line from that site to the other, or in both directions. */
  cut(from: SiteId | 'both' = 'both'): void {
    for (const site of SITES) if (from === 'both' || from === site) this.#passes[site] = false;
  }
  heal(): void {
    for (const site of SITES) this.#passes[site] = true;
    this.pump();
  }
  passes(from: SiteId): boolean {
    return this.#passes[from] && this.#servers.noirmont.up && this.#servers.delemont.up;
  }

  stopServer(site: SiteId): void {
    this.#servers[site].up = false;
  }
  /** L10: every start opens a new epoch and seals the earlier ones, unless the site has left. */
  startServer(site: SiteId): void {
    const server = this.#servers[site];
    server.up = true;
    if (hasLeft(server)) this.#started(site);
    else this.openEpoch(site);
  }

  /** L10: a new epoch of the running server; the earlier ones are sealed. */
  openEpoch(site: SiteId): void {
    const server = this.#servers[site];
    const known = server.disk.streams().filter((stream) => stream.site === site);
    if (this.passes(otherSite(site)))
      known.push(...this.#servers[otherSite(site)].disk.streams().filter((stream) => stream.site === site));
    const number = nextNumber(known.map(({ epoch }) => epoch));
    for (const stream of server.disk.streams()) if (stream.site === site) stream.sealed = true;
    server.epoch = `${number}-m${(this.#suffixes++).toString(36)}`;
    server.disk.open(site, server.epoch);
    this.#started(site);
  }
  #started(site: SiteId): void {
    for (const log of this.#logs) if (log.site === site) log.serverStarted();
    this.pump();
  }

  /** L10: the site opens its next epoch and seals the one before, without stopping. */
  rotate(site: SiteId): void {
    const server = this.#servers[site];
    const known = [server, this.#servers[otherSite(site)]].flatMap(({ disk }) => disk.streams());
    const number = nextNumber(known.filter((stream) => stream.site === site).map(({ epoch }) => epoch));
    must(server.disk.stream(site, server.epoch), 'the running epoch').sealed = true;
    server.epoch = `${number}-m${(this.#suffixes++).toString(36)}`;
    server.disk.open(site, server.epoch);
    for (const log of this.#logs) if (log.site === site) log.rotated();
    this.pump();
  }

  /** Plain messages are lost when the line is cut or nobody listens. */
  carry(from: SiteId, bytes: Uint8Array): void {
    if (!this.passes(from)) return;
    for (const log of this.#logs) if (log.site === otherSite(from)) log.take(bytes);
  }

  left(site: SiteId): boolean {
    return hasLeft(this.#servers[site]);
  }

  extents(site: SiteId): EpochExtent[] {
    return this.#servers[site].disk.streams().map((stream) => ({
      site: stream.site,
      epoch: stream.epoch,
      lastSeq: stream.messages.length,
      sealed: stream.sealed,
    }));
  }

  /** Mirrors, then delivers, until nothing moves. Never inside itself: a reader that appends is served by the running round. */
  pump(): void {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#again) {
        this.#again = false;
        for (const site of SITES) this.#mirror(site);
        for (const log of this.#logs) if (log.deliverNext()) this.#again = true;
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** What that site's disk has and the other's has not; own epochs come back to a site that lost them, too (L12). */
  #mirror(from: SiteId): void {
    if (!this.passes(from)) return;
    const to = this.#servers[otherSite(from)];
    for (const stream of this.#servers[from].disk.streams()) {
      if (stream.site === to.site && stream.epoch === to.epoch) continue;
      const copy = to.disk.open(stream.site, stream.epoch);
      copyMissing(stream, copy, this.#mirrorsAtOnce());
      if (stream.site === to.site) copy.sealed = true; // an epoch that came back is only read
    }
  }
}

/** Its newest epoch ends with a `leave`. */
function hasLeft({ site, epoch, disk }: MemoryServer): boolean {
  const messages = disk.stream(site, epoch)?.messages ?? [];
  const last = messages.at(-1);
  if (last === undefined) return false;
  const { entry } = originMessage(site, epoch, messages.length, last);
  return entry.ok && entry.value.kind === 'leave';
}

function copyMissing(from: MemoryStream, to: MemoryStream, most: number): void {
  const end = Math.min(from.messages.length, to.messages.length + most);
  for (let i = to.messages.length; i < end; i++) to.messages.push(from.messages[i] as Uint8Array);
  if (from.sealed) to.sealed = true;
}
