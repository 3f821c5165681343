// What ingest needs of the rest of a site. The site wires it; tests give the same shapes.
import type { SiteLog } from '@vigie/log';
import type { ErrorKind, SiteId } from '@vigie/model';

/** Whose token it is (the directory of the live state). */
export interface IngestDevice {
  readonly deviceId: string;
  /** 32 hex digits; also the id of the measure's key. */
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  /** The measure has ended: its reports are refused, at either site. */
  readonly ended: boolean;
  /** How far fix times of this case may run ahead of the clock (recorded tracks sent faster than they happened); absent = the usual bound. */
  readonly aheadMs?: number;
}

/** Something worth a line in the site's log. Never holds a device id, a name or a coordinate. */
export interface IngestNote {
  readonly level: 'info' | 'warn' | 'error';
  readonly kind: ErrorKind | 'quarantine-full' | 'quarantine-failed' | 'forwarded';
  readonly detail: string;
  readonly measure?: string;
  readonly cause?: unknown;
}

/** Takes raw bytes of refused reports. Never throws and never waits. */
export interface QuarantinePort {
  keep(record: QuarantineRecord): void;
}
export interface QuarantineRecord {
  readonly measure: string;
  readonly deviceId: string;
  /** Milliseconds since the Unix epoch, by the site's clock. */
  readonly receivedAtMs: number;
  readonly field: string;
  readonly reason: string;
  readonly raw: Uint8Array;
}

/** Where an entry is, once stored. */
export interface StoredAt {
  readonly site: SiteId;
  readonly epoch: string;
  readonly seq: number;
}

/** The other site's ingest (L2). Undefined = it did not take the entry either. */
export interface PeerIngest {
  forward(entry: Uint8Array, timeoutMs: number): Promise<(StoredAt & { readonly both: boolean }) | undefined>;
}

export type IngestLog = Pick<SiteLog, 'site' | 'epoch' | 'append' | 'whenSeen' | 'peer' | 'received'>;

export interface IngestPorts {
  /** Of partitions 0, 1, ... */
  readonly logs: readonly IngestLog[];
  readonly deviceByTokenHash: (sha256Hex: string) => IngestDevice | undefined;
  /** False while the other site may hold what this one does not (L12): a device that is not known may be known in a second. */
  readonly knowsAll?: () => boolean;
  /** True when the fold has applied a report of this name; tells a repeat from a first, and never keeps one out of the log. */
  readonly knowsReport: (measure: string, deviceId: string, boot: number, seq: number) => boolean;
  /** True when live has the case. What the other site forwards of a case that is not known here yet would sort before it (L4). */
  readonly hasCase: (measure: string) => boolean;
  /** Undefined = the measure's key is not held here. */
  readonly seal: (measure: string, plain: Uint8Array) => Uint8Array | undefined;
  /** True: `seal` leaves bytes as they are (a test setting), and entries say so. */
  readonly plain?: boolean;
  /** True while the other site is away, so that what is stored lies on the disk of this site alone. */
  readonly alone?: () => boolean;
  readonly nowMs: () => number;
  readonly quarantine: QuarantinePort;
  readonly peer?: PeerIngest;
  /** The token the two sites show each other. */
  readonly internalToken: string;
  readonly note: (note: IngestNote) => void;
}
