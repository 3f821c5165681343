// A small real log and real views in memory, for tests: entries are encoded and decoded as in a stream, views are set by the
// test as a fold would leave them.
import type { OpenedItem } from '@vigie/engine';
import type { OriginMessage } from '@vigie/log';
import {
  type Entry,
  type EntryKind,
  type Item,
  type Report,
  ReportBatchReader,
  type Result,
  type Seq,
  type SiteId,
  type VectorPosition,
  ENTRY_VERSION,
  decodeEntry,
  encodeEntry,
  encodeReportBatch,
  fail,
  inPartition,
  laterOf,
  logTimeUs,
  ok,
  seqOf,
  utf8Decode,
  utf8Encode,
} from '@vigie/model';
import type { LogEpoch, ProjectedCase, ProjectionSource } from './source.ts';
import { epochKey } from './write/checkpoint.ts';

export class MemorySource implements ProjectionSource {
  readonly #logs = new Map<
    string,
    { partition: number; site: SiteId; epoch: string; lastSeq?: Seq; messages: OriginMessage[] }
  >();
  readonly #views = new Map<string, ProjectedCase>();
  readonly #dirty = new Set<string>();
  readonly #reader = new ReportBatchReader();
  /** Where what follows is appended. */
  partition = 0;
  readonly missingKeys = new Set<string>();
  readonly erasedMeasures = new Set<string>();
  #t = 1_800_000_000_000_000;
  reads = 0;
  reading = false;
  logAway = false;

  append(site: SiteId, epoch: string, kind: EntryKind, items: readonly Item[]): Seq {
    const { partition } = this;
    const key = epochKey({ site, epoch, partition });
    const log = this.#logs.get(key) ?? { partition, site, epoch, messages: [] };
    this.#logs.set(key, log);
    const seq = seqOf(log.messages.length + 1);
    this.#t += 1000;
    const entryId = `${key}:${seq}`;
    const entry: Entry = { v: ENTRY_VERSION, entryId, t: logTimeUs(this.#t), kind, seen: null, plain: true, items };
    const bytes = encodeEntry(entry);
    log.messages.push({ site, epoch, seq, bytes, entry: decodeEntry(bytes) });
    for (const item of items) this.#dirty.add(item.measure);
    return seq;
  }
  appendReports(site: SiteId, epoch: string, measure: string, deviceId: string, reports: readonly Report[]): Seq {
    return this.append(site, epoch, 'reports', [{ measure, bytes: encodeReportBatch(deviceId, reports) }]);
  }
  appendJson(site: SiteId, epoch: string, kind: EntryKind, measure: string, ...payloads: readonly object[]): Seq {
    const items = payloads.map((payload) => ({ measure, bytes: utf8Encode(JSON.stringify(payload)) }));
    return this.append(site, epoch, kind, items);
  }
  setView(view: ProjectedCase): void {
    this.#views.set(view.measure, view);
    this.#dirty.add(view.measure);
  }
  removeView(measure: string): void {
    this.#views.delete(measure);
    this.#dirty.add(measure);
  }
  endEpoch(site: SiteId, epoch: string, lastSeq: Seq): void {
    const log = this.#logs.get(epochKey({ site, epoch, partition: this.partition }));
    if (log !== undefined) log.lastSeq = lastSeq;
  }
  touch(measure: string): void {
    this.#dirty.add(measure);
  }

  caughtUp(): boolean {
    return !this.reading;
  }
  received(): VectorPosition {
    let position: VectorPosition = {};
    for (const { partition, site, epoch, messages } of this.#logs.values())
      position = laterOf(position, inPartition({ [site]: { epoch, seq: seqOf(messages.length) } }, partition));
    return position;
  }
  measures(): Iterable<string> {
    return this.#views.keys();
  }
  takeDirty(max: number): readonly string[] {
    const taken = [...this.#dirty].slice(0, max);
    for (const measure of taken) this.#dirty.delete(measure);
    return taken;
  }
  caseView(measure: string): ProjectedCase | undefined {
    return this.#views.get(measure);
  }
  epochs(): readonly LogEpoch[] {
    return [...this.#logs.values()].map(({ partition, site, epoch, lastSeq }) => ({
      partition,
      site,
      epoch,
      ...(lastSeq === undefined ? {} : { lastSeq }),
    }));
  }
  readLog(of: LogEpoch, from: Seq, limit: number): Promise<readonly OriginMessage[]> {
    this.reads++;
    if (this.logAway) return Promise.resolve([]);
    return Promise.resolve(this.#logs.get(epochKey(of))?.messages.slice(from - 1, from - 1 + limit) ?? []);
  }
  open(entry: Entry, item: Item): Result<OpenedItem | undefined> {
    const { measure } = item;
    if (this.missingKeys.has(measure)) return fail('key-missing', `key of ${measure}`);
    if (entry.kind === 'reports') return ok({ kind: 'reports', measure, batch: this.#reader.reset(item.bytes) });
    return ok({ kind: entry.kind, measure, ...(JSON.parse(utf8Decode(item.bytes)) as object) } as OpenedItem);
  }
  erased(measure: string): boolean {
    return this.erasedMeasures.has(measure);
  }
}
