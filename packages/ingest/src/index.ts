// Device authentication, uploads, group commit, durable answers, quarantine.
export { createIngest, type Ingest, type IngestCounters } from './ingest.ts';
export type {
  IngestDevice,
  IngestNote,
  IngestPorts,
  PeerIngest,
  QuarantinePort,
  QuarantineRecord,
  StoredAt,
} from './ports.ts';
export { HttpPeerIngest, INTERNAL_REPORTS_PATH } from './forward.ts';
export { FileQuarantine, type QuarantineOptions, readQuarantine } from './quarantine.ts';
export * as ingestLimits from './limits.ts';
