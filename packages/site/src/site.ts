// Composition root: wires one of each part of a site, starts them in the order in which they need each other, ends them in reverse.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { type Door, type MembershipPort, type TokenTable, createApi } from '@vigie/api';
import type { ErasureView } from '@vigie/api/contract';
import { CONSOLE_DIST, cacheControlOf, consoleHeaders } from '@vigie/console';
import type { Dispatch } from '@vigie/dispatch';
import { sentence } from '@vigie/engine/reason';
import { type FileQuarantine, HttpPeerIngest, type Ingest, type IngestNote, createIngest } from '@vigie/ingest';
import {
  DiskWatch,
  HybridClock,
  MeasureKeys,
  type PeerState,
  type SiteClock,
  type SiteLog,
  type Time,
  joinedPeer,
  readWrappingKey,
  systemClock,
  systemTime,
} from '@vigie/log';
import { type KpiProfile, otherSite } from '@vigie/model';
import { SiteReplica } from '@vigie/replica';
import { archiveListener } from './archives.ts';
import { clusterView } from './cluster-view.ts';
import { watchCondition } from './condition.ts';
import { openDispatch } from './dispatch.ts';
import { retentionOf } from './erasure/retention.ts';
import { watchErasure } from './erasure/watch-erasure.ts';
import { closeServer, listen, siteServer } from './http-server.ts';
import { type SiteKeys, siteKeys } from './keys.ts';
import { logListener } from './log-door.ts';
import { rulesPort } from './rules-port.ts';
import { kpiProfileOf } from './kpi-profile.ts';
import { type MassSilenceState, watchMassSilence } from './mass-silence.ts';
import { membershipPort } from './membership.ts';
import { siteMetrics } from './metrics.ts';
import { OperatingIncidents } from './operating-incidents.ts';
import type { Note } from './operating-log.ts';
import { boundariesOf } from './boundaries.ts';
import { BoundariesWatch } from './boundaries-watch.ts';
import { Previews } from './previews.ts';
import { ordersPort } from './orders.ts';
import { type Partition, openPartition } from './partition.ts';
import { PeerKeys } from './peer-keys.ts';
import { openQuarantine } from './quarantine.ts';
import { projectionSource } from './projection-source.ts';
import { type SiteProjections, siteProjections } from './projections.ts';
import { siteKey } from './site-key.ts';
import type { Settings } from './settings.ts';
import { spreadZones } from './spread-zones.ts';
import { tokensOf } from './tokens.ts';
import { type UnobservedState, watchUnobserved } from './unobserved.ts';

const HEAP_LIMIT_BYTES = getHeapStatistics().heap_size_limit;
const NOT_LEAVING = { leaving: false, staysForUs: false };
/** Requests under way at the end of a site get this long. */
const CLOSE_GRACE_MS = 2_000;

export interface RunningSite {
  close(): Promise<void>;
}

/** Resolves once the site answers. Ends what it had started when a later part cannot start. */
export async function openSite(settings: Settings, note: Note): Promise<RunningSite> {
  const ends: (() => Promise<void>)[] = [];
  const time = systemTime(siteClock(settings));
  const incidents = new OperatingIncidents(() => Math.floor(time.nowUs() / 1000), note);
  let closed = false;
  const end = async (): Promise<void> => {
    for (const one of ends.splice(0).reverse()) await one();
  };
  const begin = async (): Promise<void> => {
    try {
      await start(settings, { note, time, incidents, onEnd: (one) => ends.push(one), again });
    } catch (cause) {
      await end();
      throw cause;
    }
  };
  // A start that fails now is nobody's to catch: the process ends and says so.
  const again = (): void => {
    if (closed) return;
    note('warn', 'the site begins again, in the same process');
    void end().then(() => (closed ? undefined : begin()));
  };
  await begin();
  return {
    close: async () => {
      closed = true;
      await end();
    },
  };
}

/** What outlives one beginning of a site. */
interface Ground {
  readonly note: Note;
  readonly time: Time;
  readonly incidents: OperatingIncidents;
  readonly onEnd: (end: () => Promise<void>) => void;
  /** Ends all parts and begins again. */
  readonly again: () => void;
}

async function start(settings: Settings, { note, time, incidents, onEnd, again }: Ground): Promise<void> {
  const { site } = settings;
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const nowMs = (): number => Math.floor(time.nowUs() / 1000);
  const tokens = await tokensOf(settings, nowMs(), note);
  const wrappingKey = await readWrappingKey(settings.wrappingKeyFile);

  const disk = await diskOf(settings);
  onEnd(async () => disk?.stop());
  const keys = await openKeys(settings, wrappingKey, note);
  onEnd(() => keys.close());
  const partitions: Partition[] = [];
  const logs = (): readonly SiteLog[] => partitions.map(({ log }) => log);
  const peer = (): PeerState => joinedPeer(logs().map((log) => log.peer()));
  const clock = new HybridClock(time);
  const boundaries = await boundariesOf(settings);
  const boundariesWatch = new BoundariesWatch(boundaries?.identity);
  const snapshotKey = siteKey(site, wrappingKey, 'snapshots');
  for (let partition = 0; partition < settings.partitions; partition++)
    partitions.push(
      await openPartition(partition, {
        settings,
        snapshotKey,
        keys: keys.ring,
        disk,
        time,
        clock,
        boundaries,
        boundariesWatch,
        incidents,
        note,
        // Nobody wants to leave before all are there.
        leaving: () => (partitions.length === settings.partitions ? peer() : NOT_LEAVING),
        onEnd,
        again,
      }),
    );
  const replica = new SiteReplica(partitions.map((one) => one.replica));

  const stopWatching = watchCondition({
    incidents,
    disk,
    monitor: settings.natsMonitor,
    clocks: () => ({ nowUs: time.nowUs(), newestT: replica.newestT, skewMs: peer().clockSkewMs }),
    // Before that, heartbeats of the past are being read.
    boundaries: () => (replica.caughtUp ? boundariesWatch.difference() : undefined),
    memory: () => ({ heldBytes: replica.heldBytes, limitBytes: HEAP_LIMIT_BYTES }),
  });
  onEnd(async () => stopWatching());

  const unobserved = watchUnobserved({ site, replica, peer, incidents, nowMs });
  onEnd(async () => unobserved.stop());
  const massSilence = watchMassSilence({ replica, incidents, note });
  onEnd(async () => massSilence.stop());

  const dispatch = await openDispatch({
    site,
    receiversFile: settings.receiversFile,
    production: settings.production,
    publicUrl: settings.publicUrls[site],
    joined: () => peer().joined,
    replica,
    wasOneOfMany: massSilence.wasOneOfMany,
    time,
    note,
  });
  onEnd(async () => dispatch.close());

  const rebuilds = partitions.flatMap(({ rebuild }) => rebuild ?? []);
  const projections = siteProjections(settings, projectionSource(logs(), replica, keys.ring), note, rebuilds);
  onEnd(() => projections.close());
  const retention = await retentionOf(settings);
  const { projector } = projections;
  const quarantine = await openQuarantine({
    dir: settings.dataDir,
    key: siteKey(site, wrappingKey, 'quarantine'),
    nowMs,
    note: ingestNote(note),
    onEnd,
  });
  const erasures = partitions.map((one, partition) => {
    const said = { set: incidents.setterOf(partition) };
    const { log } = one;
    const parts = { site, log, replica: one.replica, keys, quarantine, projector, retention, nowMs, note };
    return watchErasure({ ...parts, incidents: said });
  });
  onEnd(async () => void (await Promise.all(erasures.map((erasure) => erasure.stop()))));
  const stopSpreading = spreadZones(replica, note);
  onEnd(async () => stopSpreading());
  const ingest = openIngest(settings, { logs: logs(), replica, keys, quarantine, nowMs, note, onEnd });
  const kpi = await kpiProfileOf(settings);
  const previews = new Previews((detail, cause) => note('error', detail, cause));
  onEnd(() => previews.close());
  const api = apiOf(settings, {
    peer,
    replica,
    keys,
    ingest,
    projections,
    nowMs,
    note,
    tokens,
    kpi,
    incidents,
    unobserved,
    massSilence,
    erasures: () => erasures.flatMap((erasure) => erasure.list()),
    disk,
    dispatch,
    previews,
    rules: rulesPort(partitions, nowMs),
    membership: membershipPort(partitions, again),
  });
  const { internalToken, httpPort, httpHost, internalPort, internalHost } = settings;
  const archives = partitions.map((one) => one.archives);
  const answers = {
    ingest,
    api,
    knowsAll: () => replica.caughtUp,
    archives: archiveListener(archives, internalToken, note),
    log: logListener(logs(), internalToken, note),
  };
  const open = async (door: Door, port: number, host: string): Promise<void> => {
    const server = siteServer(answers, door);
    await listen(server, port, host);
    onEnd(() => closeServer(server, CLOSE_GRACE_MS));
    note('info', `listening on ${host}:${port} (${door})`);
  };
  if (internalPort !== undefined) await open('internal', internalPort, internalHost);
  await open(internalPort === undefined ? 'any' : 'public', httpPort, httpHost);
}

async function openKeys(settings: Settings, wrappingKey: Uint8Array, note: Note): Promise<SiteKeys> {
  const peer = new PeerKeys(settings.peerUrl, settings.internalToken);
  const keys = await MeasureKeys.open({
    file: join(settings.dataDir, 'keys.jsonl'),
    wrappingKey,
    fetch: (measure) => peer.ask(measure),
  });
  const { partitions, sealing } = settings;
  return siteKeys({ keys, peer, partitions, sealing, note });
}

interface Parts {
  readonly replica: SiteReplica;
  readonly keys: SiteKeys;
  readonly nowMs: () => number;
  readonly note: Note;
}

const ingestNote =
  (note: Note) =>
  ({ level, kind, detail, cause }: IngestNote): void =>
    note(level, `ingest, ${kind}: ${detail}`, cause);

function openIngest(
  settings: Settings,
  parts: Parts & {
    readonly logs: readonly SiteLog[];
    readonly quarantine: FileQuarantine;
    readonly onEnd: (end: () => Promise<void>) => void;
  },
): Ingest {
  const { logs, replica, keys, quarantine, nowMs, onEnd } = parts;
  const peer = new HttpPeerIngest(settings.peerUrl, settings.internalToken);
  onEnd(async () => peer.close());
  let knewAll = false;
  return createIngest({
    logs,
    deviceByTokenHash: (hash) => replica.deviceByTokenHash(hash),
    // Once everything is here and applied, further work is new: no case of the past comes with it.
    knowsAll: () => (knewAll ||= replica.holdsAll && !replica.hasWork),
    hasCase: (measure) => replica.hasCase(measure),
    knowsReport: (measure, deviceId, boot, seq) => replica.knowsReport(measure, deviceId, boot, seq),
    seal: (measure, plain) => keys.seal(measure, plain),
    plain: !settings.sealing,
    alone: () => replica.hasLeft(otherSite(settings.site)),
    nowMs,
    quarantine,
    peer,
    internalToken: settings.internalToken,
    note: ingestNote(parts.note),
  });
}

function apiOf(
  settings: Settings,
  parts: Parts & {
    readonly peer: () => PeerState;
    readonly ingest: Ingest;
    readonly membership: MembershipPort;
    readonly projections: SiteProjections;
    readonly tokens: TokenTable;
    readonly kpi: KpiProfile;
    readonly incidents: OperatingIncidents;
    readonly unobserved: UnobservedState;
    readonly massSilence: MassSilenceState;
    readonly erasures: () => readonly ErasureView[];
    readonly disk: DiskWatch | undefined;
    readonly dispatch: Dispatch;
    readonly previews: Previews;
    readonly rules: ReturnType<typeof rulesPort>;
  },
): ReturnType<typeof createApi> {
  const { peer, replica, keys, ingest, projections, nowMs, note, tokens, kpi, incidents, unobserved, disk, dispatch } =
    parts;
  const { massSilence, membership, erasures, previews, rules } = parts;
  const { site, publicUrls } = settings;
  return createApi({
    site,
    urls: publicUrls,
    replica,
    reader: projections.reader,
    projector: projections.projector,
    keys: keys.port,
    orders: ordersPort(settings, {
      rulesVersion: () => replica.rulesInForce,
      hasSharedZone: (zoneId) => replica.hasSharedZone(zoneId),
    }),
    preview: (job) => previews.run(job),
    tokens,
    internalToken: settings.internalToken,
    sentence,
    kpi,
    cluster: () =>
      clusterView({
        site,
        urls: publicUrls,
        nowMs: nowMs(),
        peer: peer(),
        left: replica.hasLeft(otherSite(site)),
        membership: membership.state(),
        status: replica.status(),
        rulesOff: rules.state().off,
        incidents: incidents.open(),
      }),
    unobserved: unobserved.state,
    massSilence: massSilence.state,
    erasures,
    membership,
    rules,
    ready: () => {
      const reasons: string[] = [...incidents.reasons()];
      if (!replica.caughtUp) reasons.push('the log is still being read');
      if (!projections.ready()) reasons.push('the database is not at the present schema');
      return { ready: reasons.length === 0, reasons };
    },
    metrics: siteMetrics(site, {
      status: () => replica.status(),
      peer,
      ingest: () => ingest.counters(),
      projector: () => projections.projector.status(),
      dispatch: () => dispatch.status(),
      incidents: () => incidents,
      freeBytes: () => disk?.freeBytes,
    }),
    console: { dir: CONSOLE_DIST, headers: consoleHeaders({ site, urls: publicUrls }), cacheControlOf },
    nowMs,
    note,
  });
}

/** Undefined: the store of the log server is not on this machine. */
async function diskOf({ natsStoreDir }: Settings): Promise<DiskWatch | undefined> {
  return natsStoreDir === undefined ? undefined : DiskWatch.open({ dir: natsStoreDir });
}

/** The clock of the machine, unless a drill shifts what this process takes for it. */
function siteClock({ clockOffsetMs }: Settings): SiteClock {
  const clock = systemClock();
  return clockOffsetMs === 0 ? clock : { nowUs: () => clock.nowUs() + clockOffsetMs * 1000 };
}
