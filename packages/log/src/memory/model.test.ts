// A small random model of two sites: cuts in one direction too, crashes, restarts of log servers, lost disks, snapshots.
// Whatever happens, what the two sites have settled must be prefixes of one another; when faults stop, both settle everything.
import { type SiteId, SITES, otherSite } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type LogSubscription,
  type MergeChange,
  type MergeSnapshot,
  type PlacedEntry,
  GENESIS,
  Keeper,
  ManualTime,
  Merge,
  followLog,
} from '../index.ts';
import { MemoryCluster } from './memory-cluster.ts';
import type { MemoryLog } from './memory-log.ts';

interface Running {
  readonly log: MemoryLog;
  readonly merge: Merge;
  readonly keeper: Keeper;
  readonly following: LogSubscription;
  readonly settled: string[];
  readonly onChange: (change: MergeChange) => void;
}
interface Kept {
  readonly snapshot: MergeSnapshot;
  readonly settled: readonly string[];
}

const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Model {
  readonly time = new ManualTime();
  readonly cluster: MemoryCluster;
  readonly running: { [site in SiteId]?: Running | undefined } = {};
  readonly kept: { [site in SiteId]?: Kept } = {};
  /** The longest that any site has settled in any of its lives: nothing settled may ever differ from it. */
  readonly longest: string[] = [];
  readonly stored = new Set<string>();
  readonly lostDisk = { noirmont: false, delemont: false };
  /** A site was left or founded: what one settles alone does not survive its disk. */
  alone = false;
  generation = GENESIS;
  /** Found inside of a callback, told at the next step. */
  failure: Error | undefined;
  /** Sites that hold nothing of what waits to settle now and then. */
  readonly parks: ReadonlySet<SiteId>;
  /** Windows read again, of all models. */
  static reread = 0;
  #ids = 0;
  #dice: number;

  constructor(seed: number, parks: readonly SiteId[] = []) {
    this.#dice = seed | 1;
    this.parks = new Set(parks);
    this.cluster = new MemoryCluster({ time: this.time, mirrorsAtOnce: () => this.#atOnce() });
  }

  async start(site: SiteId): Promise<void> {
    if (this.running[site] !== undefined) return;
    const kept = this.kept[site];
    const log = this.cluster.open(site);
    const merge = kept === undefined ? new Merge({ self: site }) : Merge.restore(kept.snapshot);
    const settled = [...(kept?.settled ?? [])];
    const keeper = new Keeper({ log, merge, time: this.time, entryId: () => this.id() });
    const onChange = (change: MergeChange): void => {
      for (const e of change.settled) this.#checkBothDisks(site, e);
      for (const e of change.settled)
        this.#note(site, settled, `${e.t} ${e.site}.${e.epoch}:${e.seq} ${e.entry.entryId}`);
      keeper.changed(change);
      if (this.parks.has(site) && this.#atOnce() > 4) merge.park();
    };
    const following = await followLog({ log, merge, onChange });
    this.running[site] = { log, merge, keeper, following, settled, onChange };
    await flush();
  }
  async stop(site: SiteId): Promise<void> {
    const run = this.running[site];
    if (run === undefined) return;
    this.running[site] = undefined;
    run.keeper.stop();
    run.following.stop();
    await run.log.close();
  }
  keep(site: SiteId): void {
    const run = this.running[site];
    if (run === undefined) return;
    this.kept[site] = { snapshot: JSON.parse(JSON.stringify(run.merge.snapshot())), settled: [...run.settled] };
  }
  async append(site: SiteId): Promise<void> {
    const entryId = this.id();
    const result = await this.running[site]?.log.append({ kind: 'reports', entryId, items: [] });
    if (result?.kind === 'stored') this.stored.add(entryId);
  }
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10) {
      this.time.advance(Math.min(10, left));
      await flush();
      for (const site of SITES) await this.#readAgain(site);
    }
    if (this.failure !== undefined) throw this.failure;
  }
  /** What settling stands before is read from the disk, in windows of any size. */
  async #readAgain(site: SiteId): Promise<void> {
    const run = this.running[site];
    for (let wanted = run?.merge.wanted; run !== undefined && wanted !== undefined; wanted = run.merge.wanted) {
      const { epoch, from, limit } = wanted;
      const messages = await run.log.read(wanted.site, epoch, from, Math.min(limit, 1 + this.#atOnce()));
      if (this.running[site] !== run || messages.length === 0) return;
      Model.reread++;
      run.onChange(run.merge.takeAgain(messages));
    }
  }
  /** 0 to 7 messages, mostly few: origins reach the other site in pieces. */
  #atOnce(): number {
    this.#dice = (Math.imul(this.#dice, 1_103_515_245) + 12_345) >>> 0;
    return this.#dice >>> 29;
  }
  id(): string {
    return `e${this.#ids++}`;
  }
  /** L8: whatever is settled lies on both disks. */
  #checkBothDisks(site: SiteId, e: PlacedEntry): void {
    if (this.lostDisk.noirmont || this.lostDisk.delemont || this.alone) return;
    const there = this.cluster.server(otherSite(site)).disk.stream(e.site, e.epoch)?.messages.length ?? 0;
    if (there < e.seq) this.failure ??= new Error(`${site} settles ${e.epoch}:${e.seq}, which the other has not`);
  }
  #note(site: SiteId, settled: string[], name: string): void {
    const i = settled.push(name) - 1;
    if (i === this.longest.length) this.longest.push(name);
    else if (this.longest[i] !== name)
      throw new Error(
        `${site} settles ${name} as number ${i}, where ${this.longest[i] ?? 'nothing'} was settled before`,
      );
  }
}

type Step = readonly [name: string, run: (m: Model, site: SiteId, ms: number) => Promise<void> | void];
const STEPS: readonly Step[] = [
  ['append', (m, site) => m.append(site)],
  ['append', (m, site) => m.append(site)],
  ['advance', (m, _, ms) => m.advance(ms)],
  ['advance', (m, _, ms) => m.advance(ms)],
  ['advance', (m, _, ms) => m.advance(ms)],
  ['cut', (m) => m.cluster.cut()],
  ['one-way cut', (m, site) => m.cluster.cut(site)],
  ['heal', (m) => m.cluster.heal()],
  ['heal', (m) => m.cluster.heal()],
  ['restart the log server', (m, site) => m.cluster.startServer(site)],
  ['stop the log server', (m, site) => m.cluster.stopServer(site)],
  ['keep a snapshot', (m, site) => m.keep(site)],
  ['stop the site', (m, site) => m.stop(site)],
  ['start the site', (m, site) => m.start(site)],
  [
    // The whole machine: the other one keeps everything that was settled together.
    'lose the disk',
    async (m, site) => {
      if (m.alone || m.lostDisk[site] || m.lostDisk[otherSite(site)]) return;
      m.lostDisk[site] = true;
      await m.stop(site);
      delete m.kept[site];
      m.cluster.stopServer(site);
      m.cluster.server(site).disk.clear();
    },
  ],
  ['bring an old backup', bringBackup],
  [
    'drain',
    (m, site) => {
      if (m.lostDisk.noirmont || m.lostDisk.delemont) return;
      m.alone = true;
      m.running[site]?.keeper.drain('sre');
    },
  ],
  ['undrain', (m, site) => m.running[site]?.keeper.undrain()],
  ['found', found],
];

/** The operator may be wrong: the other site may live. Two foundings of one parent are an operator's to choose between. */
async function found(m: Model, site: SiteId): Promise<void> {
  const run = m.running[site];
  if (run === undefined || m.lostDisk.noirmont || m.lostDisk.delemont) return;
  if (run.merge.generation !== m.generation) return;
  m.alone = true;
  const answer = await run.keeper.found('an operator');
  if (answer.kind === 'founded') m.generation = answer.generation;
}

async function bringBackup(m: Model, site: SiteId, ms: number): Promise<void> {
  if (m.alone || m.lostDisk[site] || m.lostDisk[otherSite(site)]) return;
  m.lostDisk[site] = true;
  const backup = m.cluster.server(site).disk.copy();
  await m.append(site);
  await m.advance(ms);
  await m.stop(site);
  delete m.kept[site];
  m.cluster.server(site).disk = backup;
  m.cluster.startServer(site);
}

const script = fc.array(
  fc.record({ step: fc.nat(STEPS.length - 1), site: fc.constantFrom(...SITES), ms: fc.integer({ min: 1, max: 1500 }) }),
  { minLength: 5, maxLength: 40 },
);

const parks = fc.subarray([...SITES]);

test(
  '[L8] [L10] [L11] [L12] settled sequences are prefixes of one another through cuts, crashes, lost disks, leaves and foundings, and meet when faults stop',
  async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.nat(), parks, async (steps, seed, parking) => {
        const m = new Model(seed, parking);
        const trace: string[] = [];
        try {
          for (const site of SITES) await m.start(site);
          for (const { step, site, ms } of steps) {
            const [name, run] = STEPS[step] as Step;
            trace.push(`${name} ${site} ${ms}`);
            await run(m, site, ms);
            expect(m.failure).toBeUndefined();
          }
          await finish(m);
        } catch (cause) {
          throw new Error(trace.join('\n'), { cause });
        } finally {
          for (const site of SITES) await m.stop(site);
        }
      }),
      { numRuns: Number(process.env['MODEL_RUNS'] ?? 150) },
    );
    expect(Model.reread).toBeGreaterThan(100);
  },
  Number(process.env['MODEL_TIMEOUT_MS'] ?? 120_000),
);

async function finish(m: Model): Promise<void> {
  m.cluster.heal();
  for (const site of SITES) {
    if (!m.cluster.server(site).up) m.cluster.startServer(site);
    await m.start(site);
  }
  await m.advance(1000);
  for (const site of SITES) m.running[site]?.keeper.undrain();
  await m.advance(6000);
  for (const site of SITES) await m.append(site);
  const last = [...m.stored].slice(-2);
  await m.advance(3000);
  const [a, b] = SITES.map((site) => m.running[site] as Running) as [Running, Running];
  const common = Math.min(a.settled.length, b.settled.length);
  expect(a.settled.slice(0, common)).toEqual(b.settled.slice(0, common));
  const missing = [a, b].flatMap((run) =>
    last
      .filter((name) => !run.settled.some((settled) => settled.endsWith(` ${name}`)))
      .map((name) => ({
        name,
        at: run.log.site,
        epochs: run.merge.epochs(),
      })),
  );
  expect(missing).toEqual([]);
  // While no disk was lost, everything that was stored is settled, once.
  const lost = m.lostDisk.noirmont || m.lostDisk.delemont;
  const times = [...m.stored].map((name) => a.settled.filter((settled) => settled.endsWith(` ${name}`)).length);
  expect(lost ? [] : times.filter((n) => n !== 1)).toEqual([]);
}
