// For tests: a real HTTP server on a free port around one ingest, and a log in memory whose faults the test decides.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hash } from 'node:crypto';
import type { AppendResult, EntryDraft, PeerState } from '@vigie/log';
import { ReportBatchReader, type SiteId, type VectorPosition, logTimeUs, seqOf } from '@vigie/model';
import { type Ingest, createIngest } from './ingest.ts';
import type { IngestDevice, IngestNote, IngestPorts, QuarantineRecord } from './ports.ts';

export const MEASURE = '00112233445566778899aabbccddeeff';

/** Keeps what is appended; `next` decides what becomes of one append. */
export class TestLog {
  readonly site: SiteId;
  epoch = '1-test';
  readonly stored: EntryDraft[] = [];
  joined = true;
  reachable = true;
  seen = true;
  next: (draft: EntryDraft, store: () => AppendResult) => Promise<AppendResult> = (_draft, store) =>
    Promise.resolve(store());

  constructor(site: SiteId = 'noirmont') {
    this.site = site;
  }
  append(draft: EntryDraft): Promise<AppendResult> {
    return this.next(draft, () => {
      this.stored.push(draft);
      return { kind: 'stored', epoch: this.epoch, seq: seqOf(this.stored.length), t: logTimeUs(this.stored.length) };
    });
  }
  whenSeen(): Promise<boolean> {
    return Promise.resolve(this.joined && this.seen);
  }
  peer(): PeerState {
    return {
      joined: this.joined,
      reachable: this.reachable,
      epoch: '1-peer',
      seenByPeer: null,
      heardAgoMs: 0,
      clockSkewMs: 0,
      leaving: false,
      staysForUs: false,
    };
  }
  /** What has come over from the other site. */
  other: VectorPosition = {};
  received(): VectorPosition {
    if (this.stored.length === 0) return this.other;
    return { ...this.other, [this.site]: { epoch: this.epoch, seq: seqOf(this.stored.length) } };
  }
  /** Every report stored, as `boot.seq@at`. */
  reports(): string[] {
    const reader = new ReportBatchReader();
    return this.stored.flatMap((draft) =>
      draft.items.flatMap((item) => {
        reader.reset(item.bytes);
        return Array.from({ length: reader.count }, (_, i) => `${reader.boot(i)}.${reader.seq(i)}@${reader.at(i)}`);
      }),
    );
  }
}

export interface TestSite {
  readonly url: string;
  readonly log: TestLog;
  readonly ingest: Ingest;
  readonly notes: IngestNote[];
  readonly refused: QuarantineRecord[];
  readonly devices: Map<string, IngestDevice>;
  upload(body: unknown, token?: string): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  close(): Promise<void>;
}

export const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
export const device = (deviceId: string, more: Partial<IngestDevice> = {}): IngestDevice => ({
  deviceId,
  measure: MEASURE,
  caseId: 'case-1',
  authority: 'JU',
  ended: false,
  ...more,
});

export async function startTestSite(more: Partial<IngestPorts> = {}, log = new TestLog()): Promise<TestSite> {
  const notes: IngestNote[] = [];
  const refused: QuarantineRecord[] = [];
  const devices = new Map<string, IngestDevice>([['token-1', device('bracelet-1')]]);
  const ingest = createIngest({
    logs: [log],
    deviceByTokenHash: (sha) => [...devices].find(([token]) => hash('sha256', token) === sha)?.[1],
    knowsReport: () => false,
    hasCase: () => true,
    seal: (_measure, plain) => plain,
    plain: true,
    nowMs: () => NOW_MS,
    quarantine: { keep: (record) => void refused.push({ ...record, raw: record.raw.slice() }) },
    internalToken: 'between-sites',
    note: (note) => void notes.push(note),
    ...more,
  });
  const server: Server = createServer((req, res) => {
    void (req.url === '/internal/reports' ? ingest.handleInternal(req, res) : ingest.handle(req, res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    log,
    ingest,
    notes,
    refused,
    devices,
    upload: async (body, token = 'token-1') => {
      const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
      const answer = await fetch(`${url}/v1/reports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: raw as string,
      });
      return {
        status: answer.status,
        body: (await answer.json()) as Record<string, unknown>,
        headers: answer.headers,
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const fix = (seq: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  boot: 1,
  seq,
  at: new Date(NOW_MS - 60_000 + seq * 1000).toISOString(),
  lat: 47.2247,
  lon: 6.9575,
  accuracyM: 8,
  ...more,
});
