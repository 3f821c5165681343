// Erasure at two sites: who begins it, what each does, and when it is certified (D4).
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileQuarantine, type QuarantineRecord, readQuarantine } from '@vigie/ingest';
import { MeasureKeys } from '@vigie/log';
import { SITES, type SiteId } from '@vigie/model';
import { ErasureJob, KeyDestroyer } from '@vigie/replica';
import { expect, onTestFinished, test } from 'vitest';
import { DispatchingSites } from '../testing/dispatching-sites.ts';
import { Retention } from './retention.ts';

/** The sites' clock shows 2026-11-22: the case that ended on 10 December 2025 has to be erased by 10 December 2026. */
const ENDED = { legalBasis: 'ZGB 28c', validFrom: '2025-10-01T00:00:00Z', validTo: '2025-12-10T00:00:00Z' } as const;
const RAW_KEY = new Uint8Array(32).fill(9);
const LEGAL_DATE = '2026-12-10T00:00:00.000Z';

class ErasingSites {
  readonly two: DispatchingSites;
  readonly keys: Record<SiteId, MeasureKeys>;
  readonly quarantines: Record<SiteId, FileQuarantine>;
  readonly folder: string;
  readonly rows = { noirmont: true, delemont: true };
  readonly #destroyers = new Map<SiteId, KeyDestroyer>();

  constructor(
    two: DispatchingSites,
    keys: Record<SiteId, MeasureKeys>,
    quarantines: Record<SiteId, FileQuarantine>,
    folder: string,
  ) {
    this.two = two;
    this.keys = keys;
    this.quarantines = quarantines;
    this.folder = folder;
  }

  /** The case ended about a year ago; both sites hold its key. */
  static async start(more: object = ENDED): Promise<ErasingSites> {
    const two = await DispatchingSites.start({});
    onTestFinished(() => two.dispose());
    const folder = mkdtempSync(join(tmpdir(), 'vigie-erasure-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const wrappingKey = Buffer.alloc(32, 7);
    const open = (site: SiteId) => MeasureKeys.open({ file: join(folder, site), wrappingKey });
    const keys = { noirmont: await open('noirmont'), delemont: await open('delemont') };
    onTestFinished(async () => {
      for (const site of SITES) await keys[site].close();
    });
    const openRaw = (site: SiteId) => {
      const dir = join(folder, `${site}-raw`);
      mkdirSync(dir);
      return FileQuarantine.open({ dir, key: RAW_KEY, note: ({ detail }) => expect(detail).toBe('nothing to say') });
    };
    const quarantines = { noirmont: await openRaw('noirmont'), delemont: await openRaw('delemont') };
    onTestFinished(async () => {
      for (const site of SITES) await quarantines[site].close();
    });
    const sites = new ErasingSites(two, keys, quarantines, folder);
    await two.court(more);
    return sites;
  }
  /** Both sites have a key of their own making here, which is enough to be destroyed. */
  async giveKeys(measure: string): Promise<void> {
    const made = await this.keys.noirmont.create();
    const wrapped = this.keys.noirmont.wrapped(made) as string;
    if (!(await this.keys.delemont.accept(made, wrapped))) throw new Error('Delémont does not take the key');
    this.renamed.set(measure, made);
  }
  /** The measure of the simulated case, by the id under which its key was made. */
  readonly renamed = new Map<string, string>();

  job(site: SiteId): ErasureJob {
    const { log, replica } = this.two.at(site);
    return new ErasureJob({
      site,
      log,
      replica,
      retention: new Retention(),
      nowMs: () => Math.floor(this.two.time.nowUs() / 1000),
      nextSlice: () => Promise.resolve(),
    });
  }
  destroyer(site: SiteId): KeyDestroyer {
    const { log, replica } = this.two.at(site);
    const known = this.#destroyers.get(site);
    const made =
      known ??
      new KeyDestroyer({
        site,
        log,
        replica,
        destroy: (measure) => this.keys[site].destroy(this.renamed.get(measure) ?? measure),
        eraseRaw: (measures) => this.quarantines[site].erase(measures),
        whenProjected: () => Promise.resolve(this.rows[site]),
      });
    this.#destroyers.set(site, made);
    return made;
  }
  /** One look of a site's destroyer, while simulated time goes on. */
  async look(site: SiteId): Promise<number> {
    const looking = this.destroyer(site).look();
    let said: number | undefined;
    void looking.then((n) => (said = n));
    await this.two.until(() => said !== undefined);
    await this.two.pass(1_000);
    return looking;
  }
  async run(site: SiteId): Promise<number> {
    const job = this.job(site);
    const erased = await job.run((await job.look()).due);
    await this.two.pass(1_000);
    return erased;
  }
  measure(): string {
    const [measure] = this.two.at('noirmont').replica.measures();
    return measure ?? '';
  }
  /** A report that was refused, of a device of that measure. */
  async refused(site: SiteId, measure: string): Promise<void> {
    const record = { measure, deviceId: 'b-1', receivedAtMs: 1, field: 'lat', reason: 'must be a number' };
    this.quarantines[site].keep({ ...record, raw: Buffer.from('47.2247,7.0') });
    await this.quarantines[site].flush();
  }
  raw(site: SiteId): Promise<readonly QuarantineRecord[]> {
    return readQuarantine(join(this.folder, `${site}-raw`), RAW_KEY);
  }
  file(site: SiteId): string {
    return readFileSync(join(this.folder, site), 'latin1');
  }
}

test('[D4] joined, Noirmont erases what is due, once; each site destroys its key and says so, and then it is certified', async () => {
  const sites = await ErasingSites.start();
  const measure = sites.measure();
  await sites.giveKeys(measure);
  const found = await sites.job('delemont').look();
  expect(found.due).toMatchObject([{ measure, authority: 'JU', legalBasis: 'ZGB 28c', legalDate: LEGAL_DATE }]);
  expect(await sites.run('delemont')).toBe(0);
  expect(await sites.run('noirmont')).toBe(1);
  expect(await sites.run('noirmont')).toBe(0);
  for (const site of SITES) {
    expect([...sites.two.at(site).replica.measures()]).toEqual([]);
    expect(await sites.look(site)).toBe(1);
    expect(await sites.look(site)).toBe(0);
    expect(sites.file(site)).toBe('');
  }
  for (const site of SITES) {
    const [[, erasure] = []] = sites.two.at(site).replica.erasures();
    expect(erasure).toMatchObject({ authority: 'JU', legalDate: LEGAL_DATE });
    expect(erasure !== undefined && sites.job(site).isCertified(erasure)).toBe(true);
    expect(await sites.job(site).look()).toEqual({ due: [], overdue: 0, firstLegalDate: undefined });
  }
});

test('[D4] apart, nothing is erased, and both say so well before the legal date; healed, it runs', async () => {
  const sites = await ErasingSites.start();
  sites.two.cluster.cut();
  await sites.two.pass(3_000);
  for (const site of SITES) {
    expect(await sites.run(site)).toBe(0);
    expect(await sites.job(site).look()).toMatchObject({ overdue: 1, firstLegalDate: LEGAL_DATE });
    expect([...sites.two.at(site).replica.measures()]).toHaveLength(1);
  }
  sites.two.cluster.heal();
  await sites.two.pass(3_000);
  expect(await sites.run('noirmont')).toBe(1);
  for (const site of SITES) {
    expect([...sites.two.at(site).replica.measures()]).toEqual([]);
    // Erased, and still said as long as a key is there.
    expect(await sites.job(site).look()).toMatchObject({ due: [], overdue: 1 });
  }
});

test('[D4] what was refused of its devices is deleted before the key is said to be destroyed, and what others sent stays', async () => {
  const sites = await ErasingSites.start();
  const measure = sites.measure();
  await sites.giveKeys(measure);
  const other = 'ab'.repeat(16);
  for (const site of SITES) for (const of of [measure, other]) await sites.refused(site, of);
  await sites.run('noirmont');
  const inTheWay = join(sites.folder, 'noirmont-raw', 'quarantine.0.new');
  mkdirSync(inTheWay);
  await expect(sites.destroyer('noirmont').look()).rejects.toThrow('EISDIR');
  rmSync(inTheWay, { recursive: true });
  for (const site of SITES) {
    expect(await sites.look(site)).toBe(1);
    expect((await sites.raw(site)).map((record) => record.measure)).toEqual([other]);
  }
});

test('[D4] a site that is alone erases; the other does its part when it is back', async () => {
  const sites = await ErasingSites.start();
  await sites.giveKeys(sites.measure());
  sites.two.at('noirmont').keeper.drain('anna');
  await sites.two.until(() => sites.two.at('delemont').replica.merge.hasLeft('noirmont'));
  expect(await sites.run('delemont')).toBe(1);
  expect(await sites.look('delemont')).toBe(1);
  const certified = (): boolean => {
    const [[, erasure] = []] = sites.two.at('delemont').replica.erasures();
    return erasure !== undefined && sites.job('delemont').isCertified(erasure);
  };
  expect(certified()).toBe(false);
  sites.two.at('noirmont').keeper.undrain();
  await sites.two.until(() => !sites.two.at('delemont').replica.merge.hasLeft('noirmont'));
  await sites.two.pass(2_000);
  expect(await sites.look('noirmont')).toBe(1);
  expect(certified()).toBe(true);
});

test('[D4] a key is not said to be destroyed while its rows are there, or the disk did not do it', async () => {
  const sites = await ErasingSites.start();
  await sites.giveKeys(sites.measure());
  await sites.run('noirmont');
  sites.rows.noirmont = false;
  expect(await sites.look('noirmont')).toBe(0);
  sites.rows.noirmont = true;
  expect(await sites.look('noirmont')).toBe(1);
  const { log, replica } = sites.two.at('delemont');
  const full = new KeyDestroyer({
    site: 'delemont',
    log,
    replica,
    destroy: () => Promise.reject(new Error('no space left on device')),
    eraseRaw: () => Promise.resolve(),
    whenProjected: () => Promise.resolve(true),
  });
  await expect(full.look()).rejects.toThrow('no space left');
  await sites.two.pass(1_000);
  const [[, erasure] = []] = sites.two.at('noirmont').replica.erasures();
  expect(Object.keys(erasure?.destroyedAt ?? {})).toEqual(['noirmont']);
});

test('[D4] a measure that runs, one with no policy, and one that ended lately are left alone; a stop ends a measure early', async () => {
  for (const more of [
    { ...ENDED, validTo: '2027-01-01T00:00:00Z' },
    { ...ENDED, legalBasis: 'StGB 67b' },
    { ...ENDED, validTo: '2025-12-23T00:00:00Z' },
  ]) {
    const sites = await ErasingSites.start(more);
    expect((await sites.job('noirmont').look()).due).toEqual([]);
  }
  const sites = await ErasingSites.start({ ...ENDED, validTo: '2030-01-01T00:00:00Z' });
  const payload = new TextEncoder().encode(JSON.stringify({ by: 'anna', reason: 'served' }));
  const item = { measure: sites.measure(), bytes: payload };
  await sites.two.at('noirmont').log.append({ entryId: 'stop', kind: 'stop', plain: true, items: [item] });
  await sites.two.pass(1_000);
  const stoppedMs = Math.floor(sites.two.time.nowUs() / 1000);
  const later = new ErasureJob({
    site: 'noirmont',
    log: sites.two.at('noirmont').log,
    replica: sites.two.at('noirmont').replica,
    retention: new Retention(),
    nowMs: () => stoppedMs + 340 * 86_400_000,
    nextSlice: () => Promise.resolve(),
  });
  expect((await later.look()).due.map(({ legalDate }) => legalDate.slice(0, 10))).toEqual(['2027-11-22']);
});
