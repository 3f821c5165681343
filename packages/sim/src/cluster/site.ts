// One partition of a simulated site: its log server and disk, its keys and snapshots, and the process that lives and dies beside them.
import type { Dispatch } from '@vigie/dispatch';
import { RULES_VERSION_FIRST } from '@vigie/engine';
import { type EntryDraft, Keeper, type OriginMessage, type Place, type PlacedEntry } from '@vigie/log';
import { type Seq, type SiteId, otherSite, siteRank } from '@vigie/model';
import { type ErasureJob, type PublishedEvent, Replica, type ReplicaFault, type SnapshotStore } from '@vigie/replica';
import type { Random } from '../random.ts';
import type { Break } from './breaks.ts';
import { brokenKeys, brokenLog } from './broken.ts';
import { Door, type Forwarded } from './door.ts';
import { retentionOf, watchErasure } from './erasing.ts';
import type { SimOptions } from './faults.ts';
import { KeyStore, SimKeys } from './keys.ts';
import type { Ground } from './ground.ts';
import type { Life } from './life.ts';
import type { Line } from './line.ts';
import type { LogServer } from './log-server.ts';
import type { Schedule } from './schedule.ts';
import type { Receivers } from './receivers.ts';
import { watchRules } from './rule-makers.ts';
import { SimLog } from './sim-log.ts';
import { openTelling } from './telling.ts';

export interface SiteHooks {
  settled(site: SimSite, change: { readonly settled: readonly PlacedEntry[] }): void;
  opened(site: SimSite): void;
  event(site: SimSite, event: PublishedEvent): void;
  digest(site: SimSite, second: number, value: string): void;
  fault(site: SimSite, fault: ReplicaFault): void;
  threw(cause: unknown): void;
}
export interface SimSiteOptions {
  readonly ground: Ground;
  readonly partition: number;
  readonly schedule: Schedule;
  readonly dice: Random;
  readonly options: SimOptions;
  readonly line: Line;
  readonly server: LogServer;
  readonly peer: () => SimSite;
  /** Undefined: nobody is told. */
  readonly receivers: Receivers | undefined;
  readonly hooks: SiteHooks;
  readonly breaks: Break | undefined;
}

const SERVER_LOOK_US = 50_000;
const ASK_WITHIN_US = 2_000_000;
const SNAPSHOT_WRITE_US = 20_000;
const TOLD_WITHIN_US = 1_000_000;
/** Entries in one answer. */
const TOLD_MAX = 64;

export interface Process {
  readonly life: Life;
  readonly log: SimLog;
  readonly keys: SimKeys;
  replica?: Replica;
  keeper?: Keeper;
  door?: Door;
  telling?: Dispatch;
  erasing?: ErasureJob;
}

/** The order of entries, hashed one by one. */
export const orderHash = (hash: number, { t, site, seq }: Place): number =>
  (Math.imul(hash, 31) + (t % 1_000_000_007) * 2 + seq + siteRank(site)) | 0;

export class SimSite {
  readonly site: SiteId;
  readonly server: LogServer;
  readonly keyStore = new KeyStore();
  lives = 0;
  /** The other site was away when the order last changed here. */
  wasAlone = false;
  /** Its process knows what people were told before it started, and tells them itself. */
  speaks = false;
  /** Somebody sees to it that nothing of it runs. */
  isFenced = false;
  /** The newest version of the rules that its program knows. */
  knowsRules = RULES_VERSION_FIRST;
  process: Process | undefined;
  /** Number of the entry that this life settles next. */
  nextIndex = 0;
  /** Of the order of everything before it. */
  settledHash = 0;
  /** Times that the merged order has changed. */
  changes = 0;
  readonly #o: SimSiteOptions;
  #snapshots = new Map<string, readonly Uint8Array[]>();
  #ids = 0;
  /** The life that this partition has begun in. */
  #begun: Life | undefined;

  constructor(o: SimSiteOptions) {
    this.#o = o;
    this.server = o.server;
    this.site = o.server.site;
  }
  get replica(): Replica | undefined {
    return this.process?.replica;
  }
  entryId(): string {
    return `${this.site[0]}${this.lives}-${(this.#ids++).toString(36)}`;
  }
  get snapshots(): readonly (readonly Uint8Array[])[] {
    return [...this.#snapshots.values()];
  }
  loseSnapshots(): void {
    this.#snapshots = new Map();
  }

  /** Waits for the log server, then opens the replica from the newest snapshot. */
  start(): void {
    if (this.process !== undefined || this.isFenced) return;
    const { schedule, line } = this.#o;
    const lives = ++this.lives;
    const { life, clock } = this.#o.ground.running(this.site);
    this.#begun = life;
    const open = (): void => {
      if (life.isDead || this.lives !== lives) return;
      if (!this.server.answers) return void schedule.after(SERVER_LOOK_US, open);
      const log = new SimLog({
        life,
        clock,
        schedule,
        dice: this.#o.dice.fork(`log ${lives}`),
        server: this.server,
        peerServer: this.#o.peer().server,
        line,
        sendPlain: (bytes) => line.send(this.site, () => this.#o.peer().takePlain(bytes)),
      });
      const keys = new SimKeys(this.keyStore, (measure) =>
        life.promise((resolve) => void this.#askKey(measure).then(resolve)),
      );
      const process: Process = { life, log, keys };
      this.process = process;
      life.run(() => void this.#open(process).catch((cause: unknown) => this.#o.hooks.threw(cause)));
    };
    schedule.after(0, open);
  }
  async #open(process: Process): Promise<void> {
    const { life } = process;
    const { options, hooks, breaks } = this.#o;
    const log = brokenLog(process.log, breaks, life);
    const replica = await Replica.open({
      site: this.site,
      partition: this.#o.partition,
      log,
      keys: brokenKeys(process.keys, this.site, breaks),
      onFault: (fault) => hooks.fault(this, fault),
      snapshots: this.#store(life),
      snapshotEveryMs: options.snapshotEveryMs,
      timing: life,
      entryId: () => this.entryId(),
      ...(options.heldBytesMax === undefined ? {} : { unsettledBytesMax: options.heldBytesMax }),
      direct: {
        ask: (epoch, from) => life.promise((resolve) => void this.#askOrigin(epoch, from).then(resolve)),
        renew: () => this.server.lookAtPeer(),
      },
    });
    process.replica = replica;
    void replica.whenSpeaking().then(() => {
      if (this.process === process) this.speaks = true;
    });
    hooks.opened(this);
    const keeper = new Keeper({
      log,
      merge: replica.merge,
      time: life,
      partitions: this.#o.ground.partitions,
      leaving: () => this.#o.ground.leaving(this.site),
      entryId: () => this.entryId(),
      ...(options.rotateBytes === undefined
        ? {}
        : { rotation: { rule: { bytesMax: options.rotateBytes, monthly: false }, door: process.log } }),
      heartbeat: () => {
        const digest = replica.lastDigest();
        const rules = options.rules === true ? { rules: this.knowsRules } : {};
        if (digest === undefined) return rules;
        hooks.digest(this, digest.second, digest.value);
        return { digest, ...rules };
      },
    });
    process.keeper = keeper;
    replica.onChange((change) => {
      this.changes++;
      hooks.settled(this, change);
      keeper.changed(change);
    });
    replica.onEvent((event) => hooks.event(this, event));
    if (options.eraseAfterMs !== undefined) {
      const retention = retentionOf(options.eraseAfterMs);
      process.erasing = watchErasure({ site: this.site, life, log, replica, keys: process.keys, retention, breaks });
    }
    if (options.rules === true) watchRules(this.site, life, log, replica, () => this.entryId());
    const { receivers } = this.#o;
    if (receivers !== undefined)
      process.telling = openTelling({ site: this.site, number: this.lives, life, log, replica, receivers, breaks });
    process.door = new Door({
      life,
      log,
      replica,
      keys: process.keys,
      entryId: () => this.entryId(),
      forward: (draft) => life.promise((resolve) => void this.#forward(draft).then(resolve)),
    });
  }

  /** Between any two steps; nothing of it is told to anybody. */
  kill(): void {
    this.#begun?.end();
    this.#begun = undefined;
    this.process?.telling?.close();
    this.process?.log.abandon();
    this.process = undefined;
    this.speaks = false;
    this.lives++; // a start that waits for its server is void
  }
  takePlain(bytes: Uint8Array): void {
    const process = this.process;
    process?.life.run(() => process.log.take(bytes));
  }

  #askKey(measure: string): Promise<boolean> {
    const peer = this.#o.peer();
    return this.#o.line
      .ask<boolean>(this.site, peer.site, ASK_WITHIN_US, (reply) =>
        peer.process?.life.run(() => reply(peer.keyStore.held.has(measure))),
      )
      .then((held) => held === true);
  }
  /** L13, over HTTP: the other site's process reads its own disk. */
  #askOrigin(epoch: string, from: Seq): Promise<readonly OriginMessage[] | undefined> {
    const peer = this.#o.peer();
    return this.#o.line.ask<readonly OriginMessage[]>(this.site, peer.site, TOLD_WITHIN_US, (reply) => {
      const process = peer.process;
      process?.life.run(() => void process.log.read(peer.site, epoch, from, TOLD_MAX).then(reply));
    });
  }
  #forward(draft: EntryDraft): Promise<Forwarded | undefined> {
    const peer = this.#o.peer();
    return this.#o.line.ask<Forwarded | undefined>(this.site, otherSite(this.site), ASK_WITHIN_US, (reply) => {
      const process = peer.process;
      process?.life.run(() => void process.door?.take(draft).then(reply));
    });
  }

  /** Files: whole, or not there. */
  #store(life: Life): SnapshotStore {
    const { schedule } = this.#o;
    const blobs = this.#snapshots;
    const later = <T>(us: number, value: () => T): Promise<T> =>
      life.promise((resolve) =>
        schedule.after(us, () => {
          if (!life.isDead) resolve(value());
        }),
      );
    return {
      list: () => later(100, () => [...blobs.keys()].sort().reverse()),
      load: (name) => later(500, () => blobs.get(name)).then((parts) => parts && oneByOne(parts)),
      save: async (name, parts) => {
        const kept: Uint8Array[] = [];
        for await (const part of parts) kept.push(part);
        await later(SNAPSHOT_WRITE_US, () => void blobs.set(name, kept));
      },
      remove: (name) => later(100, () => void blobs.delete(name)),
    };
  }
}

async function* oneByOne(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part;
}
