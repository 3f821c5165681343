// Both sites over the in-memory log, with time moved by hand: replicas, keepers, keys, and cuts of the line.
import { type HybridClock, Keeper, ManualTime, MemoryCluster, type MemoryLog, type OriginMessage } from '@vigie/log';
import { type Result, SITES, type SiteId, fail, ok, otherSite, seqOf } from '@vigie/model';
import { Replica } from '../replica.ts';
import { MemorySnapshots } from '../snapshot-store.ts';
import type { Timing } from '../timing.ts';
import type { KeyRing, ReplicaFault, ReplicaOptions } from '../types.ts';

/** Adds one to every byte: enough to tell sealed from plain, and keys that are held from those that are not. */
export class TestKeys implements KeyRing {
  readonly held: Set<string> | undefined;
  /** What the other site gives when asked. */
  readonly obtainable = new Set<string>();

  constructor(held?: Iterable<string>) {
    this.held = held === undefined ? undefined : new Set(held);
  }
  has(measure: string): boolean {
    return this.held === undefined || this.held.has(measure);
  }
  open(measure: string, bytes: Uint8Array): Result<Uint8Array> {
    return this.has(measure) ? ok(bytes.map((byte) => byte - 1)) : fail('key-missing', measure);
  }
  seal(measure: string, plain: Uint8Array): Result<Uint8Array> {
    return this.has(measure) ? ok(plain.map((byte) => byte + 1)) : fail('key-missing', measure);
  }
  async fetch(measure: string): Promise<boolean> {
    if (this.obtainable.has(measure)) this.held?.add(measure);
    return this.has(measure);
  }
}

export class TestSite {
  readonly site: SiteId;
  readonly log: MemoryLog;
  readonly replica: Replica;
  readonly keeper: Keeper;
  readonly keys: TestKeys;
  readonly faults: ReplicaFault[];

  constructor(o: Omit<TestSite, 'stop'>) {
    this.site = o.site;
    this.log = o.log;
    this.replica = o.replica;
    this.keeper = o.keeper;
    this.keys = o.keys;
    this.faults = o.faults;
  }
  async stop(): Promise<void> {
    this.keeper.stop();
    await this.replica.close();
    await this.log.close();
  }
}

/** One turn of the event loop, and what it set off. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** What the partitions of a site share. */
export interface Shared {
  readonly time: ManualTime;
  readonly clocks: Readonly<Record<SiteId, HybridClock>>;
}

export class TwoSites {
  readonly time: ManualTime;
  readonly cluster: MemoryCluster;
  readonly timing: Timing;
  readonly snapshots: Record<SiteId, MemorySnapshots> = {
    noirmont: new MemorySnapshots(),
    delemont: new MemorySnapshots(),
  };
  readonly keys: Record<SiteId, TestKeys>;
  readonly sites: { [site in SiteId]?: TestSite } = {};
  /** Sites that answer when the other asks for their origin itself (L13). */
  readonly answersDirectly = new Set<SiteId>();
  #entries = 0;

  readonly #options: Partial<ReplicaOptions>;
  readonly #shared: Shared | undefined;

  /** @param shared where these are one partition of two sites */
  constructor(keys: Partial<Record<SiteId, TestKeys>> = {}, options: Partial<ReplicaOptions> = {}, shared?: Shared) {
    this.#options = options;
    this.#shared = shared;
    this.time = shared?.time ?? new ManualTime();
    this.cluster = new MemoryCluster({ time: this.time });
    this.keys = { noirmont: keys.noirmont ?? new TestKeys(), delemont: keys.delemont ?? new TestKeys() };
    const { time } = this;
    this.timing = {
      nowUs: () => time.nowUs(),
      after: (ms, run) => time.after(ms, run),
      soon: (run) => void setImmediate(run),
    };
  }

  /** Both sites, joined and with their first epochs admitted. */
  static async start(
    keys: Partial<Record<SiteId, TestKeys>> = {},
    options: Partial<ReplicaOptions> = {},
  ): Promise<TwoSites> {
    const two = new TwoSites(keys, options);
    for (const site of SITES) await two.open(site);
    const admitted = (site: SiteId): boolean => {
      const epochs = two.at(site).replica.merge.epochs();
      return epochs.length === 2 && epochs.every((epoch) => epoch.admitted);
    };
    await two.until(() => SITES.every(admitted));
    return two;
  }

  at(site: SiteId): TestSite {
    const found = this.sites[site];
    if (found === undefined) throw new Error(`${site} is not open`);
    return found;
  }
  get noirmont(): TestSite {
    return this.at('noirmont');
  }
  get delemont(): TestSite {
    return this.at('delemont');
  }

  async open(site: SiteId): Promise<TestSite> {
    const log = this.cluster.open(site, this.#shared?.clocks[site]);
    const faults: ReplicaFault[] = [];
    const keys = this.keys[site];
    const replica = await Replica.open({
      site,
      log,
      keys,
      onFault: (fault) => void faults.push(fault),
      snapshots: this.snapshots[site],
      snapshotEveryMs: Number.POSITIVE_INFINITY,
      timing: this.timing,
      direct: {
        ask: async (epoch, from) => {
          const other = otherSite(site);
          return this.answersDirectly.has(other) ? this.at(other).log.read(other, epoch, from, 256) : undefined;
        },
        renew: () => log.renewCopy(),
      },
      ...this.#options,
    });
    const keeper = new Keeper({
      log,
      merge: replica.merge,
      time: this.time,
      entryId: () => `hb-${site}-${this.#entries++}`,
      heartbeat: () => {
        const digest = replica.lastDigest();
        return digest === undefined ? {} : { digest };
      },
    });
    replica.onChange((change) => keeper.changed(change));
    const opened = new TestSite({ site, log, replica, keeper, keys, faults });
    this.sites[site] = opened;
    return opened;
  }

  /** The process dies; its log server lives. */
  async kill(site: SiteId): Promise<void> {
    await this.at(site).stop();
    delete this.sites[site];
  }

  async pass(ms: number, stepMs = 20): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.time.advance(Math.min(stepMs, left));
      await turn();
      await turn();
    }
  }
  async until(holds: () => boolean, limitMs = 30_000): Promise<void> {
    for (let passed = 0; !holds(); passed += 10) {
      if (passed > limitMs) throw new Error(`did not come true within ${limitMs} ms of simulated time`);
      await this.pass(10, 10);
    }
  }
  /** Until both have settled everything that was in their logs when this was called. */
  async settle(): Promise<void> {
    const last = SITES.map((site) => this.at(site).replica.status().liveT);
    const through = Math.max(...last, this.time.nowUs() - 1);
    await this.until(() =>
      SITES.every((site) => {
        const { settledT, waitingForKeys } = this.at(site).replica.status();
        return settledT >= through && waitingForKeys === 0;
      }),
    );
  }
  /** A cut, until both know of it; before it nothing is under way. */
  async part(): Promise<void> {
    await this.pass(2_000);
    this.cluster.cut();
    await this.pass(1_500);
  }
  /** The cut heals, and what each side did in it is settled and compared. */
  async meet(): Promise<void> {
    this.cluster.heal();
    await this.settle();
    await this.pass(4_000);
  }
  /** Everything in the logs of a site, as a replay reads it. */
  async messages(site: SiteId): Promise<OriginMessage[]> {
    const { log, replica } = this.at(site);
    const all: OriginMessage[] = [];
    for (const { site: of, epoch } of replica.merge.epochs())
      all.push(...(await log.read(of, epoch, seqOf(1), 100_000)));
    return all;
  }
  async dispose(): Promise<void> {
    for (const site of SITES) if (this.sites[site] !== undefined) await this.kill(site);
  }
  other(site: SiteId): TestSite {
    return this.at(otherSite(site));
  }
}
