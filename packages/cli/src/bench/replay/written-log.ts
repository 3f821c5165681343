// A log of both origins as two sites would have written it, laid on the log servers of both: genesis, the cases, then reports in entries
// of the size that ingest closes them at, half at each site, with the heartbeats and the `seen` that settle them.
import type { MeasureKeys } from '@vigie/log';
import { OriginWriter } from '@vigie/log/bench';
import {
  type AdmitData,
  type Entry,
  ITEM_OVERHEAD_BYTES,
  type Item,
  SITES,
  type Seen,
  type SiteId,
  logTimeUs,
  otherSite,
  seqOf,
} from '@vigie/model';
import { type BenchCountry, START_MS, measureOf } from './bench-country.ts';
import type { LogServers } from './log-servers.ts';

const EPOCH = '1-bench';
/** At which ingest closes an entry. */
const ENTRY_BYTES = 48_000;
const HEARTBEAT_US = 250_000;
/** Log time between two entries of what is written before the reports. */
const STEP_US = 2_000;

export interface Reporting {
  readonly reports: number;
  readonly perUpload: number;
  /** Reports a second of log time. */
  readonly perSecond: number;
}

type Writers = Readonly<Record<SiteId, readonly [own: OriginWriter, copy: OriginWriter]>>;

export class WrittenLog {
  readonly #writers: Writers;
  readonly #country: BenchCountry;
  readonly #keys: Pick<MeasureKeys, 'seal'>;
  readonly #seqs: Uint32Array;
  readonly #waiting: Record<SiteId, Item[]> = { noirmont: [], delemont: [] };
  readonly #waitingBytes: Record<SiteId, number> = { noirmont: 0, delemont: 0 };
  readonly #heardUs: Record<SiteId, number> = { noirmont: 0, delemont: 0 };
  #entries = 0;
  #next = 0;
  /** Log time of the newest entry. */
  nowUs = START_MS * 1000;
  /** Log time of the newest entry that says anything of a case: settled state must come to it. */
  settlesUs = 0;
  bytes = 0;
  reports = 0;

  private constructor(writers: Writers, country: BenchCountry, keys: Pick<MeasureKeys, 'seal'>) {
    this.#writers = writers;
    this.#country = country;
    this.#keys = keys;
    this.#seqs = new Uint32Array(country.persons);
  }

  static async begin(servers: LogServers, country: BenchCountry, keys: Pick<MeasureKeys, 'seal'>): Promise<WrittenLog> {
    const open = async (owner: SiteId): Promise<readonly [OriginWriter, OriginWriter]> => [
      await OriginWriter.open({ site: owner, servers: servers.urls[owner] }, owner, EPOCH),
      await OriginWriter.open({ site: otherSite(owner), servers: servers.urls[otherSite(owner)] }, owner, EPOCH),
    ];
    const writers = { noirmont: await open('noirmont'), delemont: await open('delemont') };
    const log = new WrittenLog(writers, country, keys);
    const admits = SITES.map((site) => ({ site, epoch: EPOCH, lastSeqs: {} }));
    const data: AdmitData = { generation: 'genesis', admits, both: true };
    await log.#write('noirmont', { kind: 'admit', items: [], data, entryId: 'genesis' });
    await log.#write('delemont', { kind: 'ok', items: [], data: { admitEntryId: 'genesis' } });
    return log;
  }

  /** Streams at Noirmont, and where they end. */
  streams(): { readonly name: string; readonly lastSeq: number }[] {
    const { noirmont, delemont } = this.#writers;
    return [
      { name: noirmont[0].stream, lastSeq: noirmont[0].seq },
      { name: delemont[1].stream, lastSeq: delemont[1].seq },
    ];
  }
  get entries(): number {
    return this.#writers.noirmont[0].seq + this.#writers.delemont[0].seq;
  }

  /** One entry a case, as they are recorded. */
  async cases(): Promise<void> {
    for (let person = 0; person < this.#country.persons; person++) {
      const measure = measureOf(person);
      const item = this.#sealed(measure, this.#country.casePayload(person));
      await this.#write('noirmont', { kind: 'case', items: [item] });
    }
    await this.#settleAll();
  }

  /** Everybody in turn; each upload at one site. */
  async uploads({ reports, perUpload, perSecond }: Reporting): Promise<void> {
    const { persons } = this.#country;
    const uploads = Math.ceil(reports / perUpload);
    const uploadUs = (perUpload * 1e6) / perSecond;
    const stepMs = Math.floor((persons * 1000) / perSecond);
    let us = this.nowUs;
    for (let i = 0; i < uploads; i++) {
      us += uploadUs;
      const person = this.#next;
      this.#next = (person + 1) % persons;
      const count = Math.min(perUpload, reports - i * perUpload);
      const seq = this.#seqs[person] as number;
      this.#seqs[person] = seq + count;
      const plain = this.#country.upload(person, seq + 1, count, Math.floor(us / 1000), stepMs);
      this.reports += count;
      const site: SiteId = person % 2 === 0 ? 'noirmont' : 'delemont';
      await this.#add(site, this.#sealed(measureOf(person), plain), us);
      await this.#heartbeats(us);
    }
    for (const site of SITES) await this.#flush(site, us);
    await this.#settleAll();
  }

  async close(): Promise<void> {
    for (const site of SITES) for (const writer of this.#writers[site]) await writer.close();
  }

  #sealed(measure: string, plain: Uint8Array): Item {
    const sealed = this.#keys.seal(measure, plain);
    if (!sealed.ok) throw new Error(sealed.error.detail);
    return { measure, bytes: sealed.value };
  }
  async #add(site: SiteId, item: Item, us: number): Promise<void> {
    const size = item.bytes.length + ITEM_OVERHEAD_BYTES;
    if (this.#waitingBytes[site] + size > ENTRY_BYTES) await this.#flush(site, us);
    this.#waiting[site].push(item);
    this.#waitingBytes[site] += size;
  }
  async #flush(site: SiteId, us: number): Promise<void> {
    const items = this.#waiting[site];
    if (items.length === 0) return;
    this.#waiting[site] = [];
    this.#waitingBytes[site] = 0;
    await this.#write(site, { kind: 'reports', items }, us);
  }
  /** After 250 ms of quiet (L6). */
  async #heartbeats(us: number): Promise<void> {
    for (const site of SITES)
      while (us - this.#heardUs[site] >= HEARTBEAT_US)
        await this.#write(site, { kind: 'heartbeat', items: [], data: {} }, this.#heardUs[site] + HEARTBEAT_US);
  }
  /** Both have seen everything, and shown an entry after it. */
  async #settleAll(): Promise<void> {
    this.settlesUs = this.nowUs;
    for (let i = 0; i < 2; i++)
      for (const site of SITES) await this.#write(site, { kind: 'heartbeat', items: [], data: {} });
    for (const site of SITES) for (const writer of this.#writers[site]) await writer.flushed();
  }

  async #write(site: SiteId, content: Pick<Entry, 'kind' | 'items'> & Partial<Entry>, us?: number): Promise<void> {
    const t = Math.max(this.nowUs + 1, Math.floor(us ?? this.nowUs + STEP_US));
    this.nowUs = t;
    this.#heardUs[site] = t;
    const seenSeq = this.#writers[otherSite(site)][0].seq;
    const seen: Seen = seenSeq === 0 ? null : { epoch: EPOCH, seq: seqOf(seenSeq) };
    const entry: Entry = { v: 1, entryId: `bench-${this.#entries++}`, seen, ...content, t: logTimeUs(t) };
    for (const item of entry.items) this.bytes += item.bytes.length;
    await Promise.all(this.#writers[site].map((writer) => writer.write(entry)));
  }
}
