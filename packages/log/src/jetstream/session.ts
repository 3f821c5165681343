// One connection to the own log server, and what is known of that server: its version, its domain, its start.
import { readFileSync } from 'node:fs';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type SiteId, compareEpochs, decodeEntry } from '@vigie/model';
import type { JetStreamApi } from './api.ts';
import type { Mirrors } from './mirrors.ts';
import type { KnownStream } from './streams.ts';

export interface ServerAddress {
  readonly site: SiteId;
  /** `nats://host:port` of the own log server. */
  readonly servers: string | readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** PEM files. */
  readonly tls?: { readonly caFile: string; readonly certFile?: string; readonly keyFile?: string };
}

export interface Session {
  readonly nc: NatsConnection;
  /** Of the own log server, and of the other site's. */
  readonly api: JetStreamApi;
  readonly peerApi: JetStreamApi;
  readonly mirrors: Mirrors;
}

const VERSION_MIN = [2, 15, 1] as const;
const CONNECT_TIMEOUT_MS = 2000;
const PING_MS = 2000;

/** A log server that must not be written to: wrong version, domain, or not making what is asked. */
export class UnusableServer extends Error {}

/** Throws UnusableServer, or what the client throws when the server is not reached. */
export async function connectTo(o: ServerAddress): Promise<NatsConnection> {
  const nc = await connect({
    servers: typeof o.servers === 'string' ? o.servers : [...o.servers],
    name: `vigie-${o.site}`,
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // A stack for every request that goes well: 8 % of a site's time while it catches up.
    noAsyncTraces: true,
    ...(o.user === undefined ? {} : { user: o.user, pass: o.password ?? '' }),
    ...(o.tls === undefined ? {} : { tls: tlsFiles(o.tls) }),
  });
  const unusable = whyUnusable(nc, o.site);
  if (unusable === undefined) return nc;
  await nc.close();
  throw new UnusableServer(unusable);
}

function tlsFiles(tls: NonNullable<ServerAddress['tls']>): { ca: string; cert?: string; key?: string } {
  return {
    ca: readFileSync(tls.caFile, 'utf8'),
    ...(tls.certFile === undefined ? {} : { cert: readFileSync(tls.certFile, 'utf8') }),
    ...(tls.keyFile === undefined ? {} : { key: readFileSync(tls.keyFile, 'utf8') }),
  };
}

function whyUnusable(nc: NatsConnection, site: SiteId): string | undefined {
  const { version = '', domain } = (nc.info ?? {}) as { version?: string; domain?: string };
  const parts = version.split(/[.-]/).map(Number);
  const at = VERSION_MIN.findIndex((least, i) => (parts[i] ?? 0) !== least);
  if (at >= 0 && (parts[at] ?? 0) < (VERSION_MIN[at] ?? 0))
    return `nats-server ${version} is too old: ${VERSION_MIN.join('.')} or newer is needed`;
  return domain === site ? undefined : `the log server is of JetStream domain '${domain ?? ''}', not '${site}'`;
}

/** The t of the newest own entry on disk, so that a clock that went back while the site was away is not followed (L5). */
export async function lastOwnT(api: JetStreamApi, streams: readonly KnownStream[], site: SiteId): Promise<number> {
  const newest = streams
    .filter((stream) => stream.site === site && stream.lastSeq > 0)
    .sort((a, b) => compareEpochs(b.epoch, a.epoch))[0];
  return newest === undefined ? 0 : ((await timeAt(api, newest.name, newest.lastSeq)) ?? 0);
}

/** The t of the entry at a sequence; undefined: there is none that can be read. */
export async function timeAt(api: JetStreamApi, stream: string, seq: number): Promise<number | undefined> {
  const got = await api.message(stream, seq);
  const entry = got.ok && got.value !== undefined ? decodeEntry(got.value) : undefined;
  return entry?.ok === true ? entry.value.t : undefined;
}
