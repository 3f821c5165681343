// The door of the devices: POST /v1/reports, on bare node:http because it is called thousands of times a second. Whatever comes
// in, the answer is a durable promise, a refusal per report, or a problem document; never a crash, never a 500.
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  ENTRY_BYTES_MAX,
  FIX_TIME_AHEAD_MS_MAX,
  type Item,
  type Report,
  UPLOAD_BYTES_MAX,
  UPLOAD_REPORTS_MAX,
  type VectorPosition,
  decodeEntry,
  encodeReportBatch,
  formatPosition,
  inPartition,
  laterOf,
  must,
  partitionOf,
  seqOf,
} from '@vigie/model';
import { BodyReader } from './body.ts';
import { type Commit, type CommitCounters, type CommitOutcome, GroupCommit } from './commit.ts';
import { ITEM_BYTES_MAX, ITEM_REPORTS_MAX, QUEUE_BYTES_MAX, SEEN_WAIT_MS } from './limits.ts';
import type { IngestDevice, IngestLog, IngestPorts, StoredAt } from './ports.ts';
import { sendProblem } from './problem.ts';
import { type Holder, RecentReports, contentHash, recentName } from './recent-reports.ts';
import { type RefusedReport, type Upload, rawOfRefused, readUpload } from './upload.ts';

export interface IngestCounters extends CommitCounters {
  uploads: number;
  accepted: number;
  duplicates: number;
  rejected: number;
  both: number;
  site: number;
  problems: number;
}

export interface Ingest {
  /** POST /v1/reports. Resolves once answered; never rejects. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** POST /internal/reports: an entry of the other site's ingest (L2). */
  handleInternal(req: IncomingMessage, res: ServerResponse): Promise<void>;
  counters(): Readonly<IngestCounters>;
  readonly queuedBytes: number;
}

export function createIngest(ports: IngestPorts): Ingest {
  return new HttpIngest(ports);
}

/** What one upload waits for. */
interface Taken {
  readonly commits: readonly Commit[];
  readonly duplicates: number;
}

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;
const ENDED = 'the measure has ended; its positions are no longer taken';

class HttpIngest implements Ingest {
  readonly #ports: IngestPorts;
  /** Of partitions 0, 1, ... */
  readonly #commits: readonly GroupCommit[];
  readonly #recent = new RecentReports();
  readonly #uploads = new BodyReader(UPLOAD_BYTES_MAX);
  readonly #forwarded = new BodyReader(ENTRY_BYTES_MAX);
  readonly #counters = { uploads: 0, accepted: 0, duplicates: 0, rejected: 0, both: 0, site: 0, problems: 0 };

  constructor(ports: IngestPorts) {
    this.#ports = ports;
    this.#commits = ports.logs.map((log) => new GroupCommit({ ...ports, log }));
  }
  counters(): Readonly<IngestCounters> {
    const commits: CommitCounters = { entries: 0, items: 0, forwarded: 0, failed: 0, diskFull: 0 };
    for (const { counters } of this.#commits)
      for (const name of Object.keys(commits) as (keyof CommitCounters)[]) commits[name] += counters[name];
    return { ...this.#counters, ...commits };
  }
  get queuedBytes(): number {
    let bytes = 0;
    for (const commit of this.#commits) bytes += commit.queuedBytes;
    return bytes;
  }
  #partitionOf(measure: string): number {
    return partitionOf(measure, this.#commits.length);
  }
  #logOf(measure: string): IngestLog {
    return must(this.#ports.logs[this.#partitionOf(measure)], 'a log for every measure');
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    this.#counters.uploads++;
    const body = await this.#uploads.read(req);
    if (body.kind === 'gone') return;
    if (req.method !== 'POST')
      return this.#problem(res, 'invalid-input', { status: 405, headers: { allow: 'POST' }, detail: 'only POST' });
    const token = BEARER.exec(req.headers.authorization ?? '')?.[1];
    const device = token === undefined ? undefined : this.#ports.deviceByTokenHash(hash('sha256', token));
    if (device === undefined)
      return token === undefined || (this.#ports.knowsAll?.() ?? true)
        ? this.#problem(res, 'unauthenticated', { detail: 'the token of a device is needed' })
        : this.#problem(res, 'starting', { detail: 'not every device is known here yet' });
    if (body.kind === 'busy') return this.#problem(res, 'overloaded', { detail: 'too many uploads at once' });
    if (body.kind === 'too_large')
      return this.#problem(res, 'invalid-input', {
        status: 413,
        detail: `an upload holds at most ${UPLOAD_BYTES_MAX} bytes; send it in parts`,
        fields: [{ field: 'body', reason: `is larger than ${UPLOAD_BYTES_MAX} bytes (UPLOAD_BYTES_MAX)` }],
      });
    if ((req.headers['content-encoding'] ?? 'identity') !== 'identity')
      return this.#problem(res, 'invalid-input', {
        status: 415,
        detail: 'uploads are plain JSON',
        fields: [{ field: 'Content-Encoding', reason: 'is not taken' }],
      });
    const moreAheadMs = Math.max(0, (device.aheadMs ?? 0) - FIX_TIME_AHEAD_MS_MAX);
    const upload = readUpload(body.bytes, device.deviceId, this.#ports.nowMs() + moreAheadMs);
    if (upload.kind !== 'read') return this.#refuseWhole(res, device, body.bytes, upload);
    await this.#answer(res, device, body.bytes, upload);
  }

  async #answer(
    res: ServerResponse,
    device: IngestDevice,
    bytes: Uint8Array,
    upload: Extract<Upload, { kind: 'read' }>,
  ): Promise<void> {
    if (device.ended) return this.#refuseEnded(res, device, upload);
    if (upload.refused.length > 0) this.#quarantine(device, bytes, upload.refused);
    const taken = this.#take(device, upload.reports);
    if (taken === 'overloaded') return this.#problem(res, 'overloaded', { detail: 'too much waits for the log' });
    if (taken === 'key_missing') return this.#problem(res, 'key-missing', { detail: 'this site cannot seal yet' });

    let both = upload.reports.length > 0;
    let newest: StoredAt | undefined;
    let trouble: Exclude<CommitOutcome, { kind: 'stored' }> | undefined;
    for (const commit of taken.commits) {
      const outcome = commit.outcome ?? (await commit.done);
      if (outcome.kind !== 'stored') {
        trouble = outcome;
        continue;
      }
      both &&= outcome.both;
      if (newest === undefined || outcome.at.seq > newest.seq) newest = outcome.at;
    }
    if (trouble?.kind === 'disk_full') return this.#problem(res, 'disk-full', { detail: trouble.detail });
    if (trouble !== undefined) return this.#problem(res, 'log-unreachable', { detail: trouble.detail });
    const accepted = upload.reports.length - taken.duplicates;
    const position =
      newest === undefined ? undefined : inPartition(vectorOf(newest), this.#partitionOf(device.measure));
    this.#sendTaken(res, { accepted, duplicates: taken.duplicates, refused: upload.refused, both, position });
  }

  /** Queues what is new of an upload and says which commits cover all of it. */
  #take(device: IngestDevice, reports: readonly Report[]): Taken | 'overloaded' | 'key_missing' {
    const own: Holder = { commits: undefined };
    let others: Set<Commit> | undefined;
    let fresh: Report[] | undefined;
    let duplicates = 0;
    for (let i = 0; i < reports.length; i++) {
      const report = reports[i] as Report;
      const content = contentHash(report);
      const name = recentName(device.measure, report, content);
      const original = this.#recent.find(name, content);
      if (original === own || (typeof original === 'object' && this.#covers(device, original))) {
        duplicates++;
        fresh ??= reports.slice(0, i);
        if (original !== own) for (const commit of original.commits ?? []) (others ??= new Set()).add(commit);
        continue;
      }
      const { boot, seq } = report;
      if (original === undefined && boot !== undefined && seq !== undefined)
        if (this.#ports.knowsReport(device.measure, device.deviceId, boot, seq)) duplicates++;
      this.#recent.remember(name, content, own);
      fresh?.push(report);
    }
    const items = this.#seal(device, fresh ?? reports);
    if (items === undefined) return 'key_missing';
    let bytes = 0;
    for (const item of items) bytes += item.bytes.length;
    if (this.queuedBytes + bytes > QUEUE_BYTES_MAX) return 'overloaded';
    const commit = must(this.#commits[this.#partitionOf(device.measure)], 'a group commit for every measure');
    const commits = items.map((item) => commit.add(item));
    own.commits = commits;
    return { commits: others === undefined ? commits : [...commits, ...others], duplicates };
  }

  /**
   * An original that failed covers nothing. One that only this site's log held, in an epoch that has ended since, may be gone
   * with its disk (L10): the repeat is stored again.
   */
  #covers({ measure }: IngestDevice, { commits }: Holder): boolean {
    const log = this.#logOf(measure);
    return (
      commits !== undefined &&
      commits.every(
        ({ outcome }) =>
          outcome === undefined ||
          (outcome.kind === 'stored' &&
            (outcome.both || (outcome.at.site === log.site && outcome.at.epoch === log.epoch))),
      )
    );
  }

  #seal(device: IngestDevice, reports: readonly Report[]): readonly Item[] | undefined {
    const items: Item[] = [];
    for (let start = 0; start < reports.length; ) {
      const end = itemEnd(reports, start);
      const part = start === 0 && end === reports.length ? reports : reports.slice(start, end);
      const bytes = this.#ports.seal(device.measure, encodeReportBatch(device.deviceId, part));
      if (bytes === undefined) return undefined;
      items.push({ measure: device.measure, bytes });
      start = end;
    }
    return items;
  }

  #sendTaken(
    res: ServerResponse,
    o: {
      accepted: number;
      duplicates: number;
      refused: readonly RefusedReport[];
      both: boolean;
      position: VectorPosition | undefined;
    },
  ): void {
    this.#counters.accepted += o.accepted;
    this.#counters.duplicates += o.duplicates;
    this.#counters.rejected += o.refused.length;
    this.#counters[o.both ? 'both' : 'site'] += o.accepted + o.duplicates;
    const position = formatPosition(o.position ?? this.#received());
    const rejected = o.refused.length === 0 ? '[]' : JSON.stringify(o.refused);
    const alone = !o.both && this.#ports.alone?.() === true ? ',"alone":true' : '';
    const body = `{"accepted":${o.accepted},"duplicates":${o.duplicates},"rejected":${rejected},"durable":"${o.both ? 'both' : 'site'}"${alone},"position":"${position}"}`;
    if (res.destroyed) return;
    res.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'vigie-position': position,
    });
    res.end(body);
  }

  /** Nothing of an ended measure is stored, not even in quarantine. */
  #refuseEnded(res: ServerResponse, device: IngestDevice, upload: Extract<Upload, { kind: 'read' }>): void {
    const count = upload.reports.length + upload.refused.length;
    this.#ports.note({
      level: 'info',
      kind: 'measure-ended',
      measure: device.measure,
      detail: `${count} reports after the end of the measure were refused`,
    });
    const refused = Array.from({ length: count }, (_, index) => ({ index, field: 'deviceId', reason: ENDED }));
    this.#sendTaken(res, { accepted: 0, duplicates: 0, refused, both: false, position: undefined });
  }

  #refuseWhole(
    res: ServerResponse,
    device: IngestDevice,
    bytes: Uint8Array,
    upload: Exclude<Upload, { kind: 'read' }>,
  ): void {
    switch (upload.kind) {
      case 'foreign_device':
        return this.#problem(res, 'forbidden', {
          detail: 'the token is of another device',
          fields: [{ field: 'deviceId', reason: 'is not the device of this token' }],
        });
      case 'too_many':
        return this.#problem(res, 'invalid-input', {
          status: 413,
          detail: `an upload holds at most ${UPLOAD_REPORTS_MAX} reports; send it in parts`,
          fields: [
            { field: 'reports', reason: `holds ${upload.count}, more than ${UPLOAD_REPORTS_MAX} (UPLOAD_REPORTS_MAX)` },
          ],
        });
      case 'not_json': {
        const reason = `${upload.reason}, at byte ${upload.offset}`;
        this.#quarantineWhole(device, bytes, 'body', reason);
        return this.#problem(res, 'invalid-input', {
          detail: `the body ${reason}`,
          fields: [{ field: 'body', reason }],
        });
      }
      case 'wrong_shape':
        this.#quarantineWhole(device, bytes, upload.field, upload.reason);
        return this.#problem(res, 'invalid-input', {
          status: 422,
          detail: `${upload.field} ${upload.reason}`,
          fields: [{ field: upload.field, reason: upload.reason }],
        });
    }
  }

  #quarantine(device: IngestDevice, bytes: Uint8Array, refused: readonly RefusedReport[]): void {
    const raws = rawOfRefused(bytes, refused);
    for (const [i, { field, reason }] of refused.entries()) {
      this.#keep(device, raws[i] ?? bytes, field, reason);
    }
  }
  #quarantineWhole(device: IngestDevice, bytes: Uint8Array, field: string, reason: string): void {
    this.#counters.rejected++;
    if (!device.ended) this.#keep(device, bytes, field, reason);
  }
  #keep({ measure, deviceId }: IngestDevice, raw: Uint8Array, field: string, reason: string): void {
    this.#ports.quarantine.keep({ measure, deviceId, receivedAtMs: this.#ports.nowMs(), field, reason, raw });
  }

  async handleInternal(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await this.#forwarded.read(req);
    if (body.kind === 'gone') return;
    const token = BEARER.exec(req.headers.authorization ?? '')?.[1] ?? '';
    if (!sameSecret(token, this.#ports.internalToken)) return this.#problem(res, 'unauthenticated');
    if (body.kind === 'busy') return this.#problem(res, 'overloaded');
    if (body.kind === 'too_large') return this.#problem(res, 'invalid-input', { status: 413 });
    const entry = decodeEntry(body.bytes);
    if (!entry.ok || entry.value.kind !== 'reports')
      return this.#problem(res, 'invalid-input', { detail: 'only whole entries of reports are forwarded' });
    const { entryId, kind, items, plain } = entry.value;
    const { hasCase } = this.#ports;
    const [first] = items;
    if (
      first === undefined ||
      !items.every(({ measure }) => this.#partitionOf(measure) === this.#partitionOf(first.measure))
    )
      return this.#problem(res, 'invalid-input', { detail: 'an entry holds reports of one partition' });
    const log = this.#logOf(first.measure);
    if (!items.every(({ measure }) => hasCase(measure)))
      return this.#problem(res, 'overloaded', { detail: 'a case of this entry has not arrived here yet' });
    const result = await log.append({ entryId, kind, items, ...(plain === undefined ? {} : { plain }) });
    if (result.kind !== 'stored')
      return this.#problem(
        res,
        result.kind === 'refused' && result.reason === 'disk_full' ? 'disk-full' : 'log-unreachable',
        { detail: result.detail },
      );
    const both = await log.whenSeen(result.epoch, result.seq, SEEN_WAIT_MS);
    if (res.destroyed) return;
    const answer = JSON.stringify({ site: log.site, epoch: result.epoch, seq: result.seq, both });
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
    res.end(answer);
  }

  #received(): VectorPosition {
    return this.#ports.logs.reduce<VectorPosition>(
      (position, log, partition) => laterOf(position, inPartition(log.received(), partition)),
      {},
    );
  }

  #problem(...[res, kind, more]: Parameters<typeof sendProblem>): void {
    this.#counters.problems++;
    sendProblem(res, kind, more);
  }
}

const vectorOf = ({ site, epoch, seq }: StoredAt): VectorPosition => ({ [site]: { epoch, seq: seqOf(seq) } });

const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));

/** One past the last report of the item that starts at `start`. */
function itemEnd(reports: readonly Report[], start: number): number {
  let bytes = 0;
  let end = start;
  while (end < reports.length && end - start < ITEM_REPORTS_MAX) {
    bytes += 48 + extrasBytesMax(reports[end] as Report);
    if (bytes > ITEM_BYTES_MAX && end > start) break;
    end++;
  }
  return end;
}

/** Upper bound: a UTF-16 unit of a name becomes at most six bytes of JSON. */
function extrasBytesMax(report: Report): number {
  let units = 0;
  if (report.otherEvents) for (const name of report.otherEvents) units += name.length + 1;
  if (report.beacons) for (const name of report.beacons) units += name.length + 1;
  return units === 0 ? 0 : 40 + 6 * units;
}
