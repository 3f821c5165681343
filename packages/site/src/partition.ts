// One partition of a site's log (L1) with all that keeps it: reader and fold, notary, archivist, keeper. Each is an order of its own; what
// they share is the server, the clock, the keys and the disk.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RULES_VERSION } from '@vigie/engine';
import {
  ARCHIVES_DIR,
  Archives,
  Archivist,
  type DiskWatch,
  FileSnapshots,
  type HybridClock,
  type JetStreamSiteLog,
  Keeper,
  type PeerState,
  ROTATION,
  type Time,
  openJetStreamLog,
  partitionDir,
} from '@vigie/log';
import { ENTRY_MINOR, ENTRY_VERSION, compareEpochs } from '@vigie/model';
import { type KeyRing, Replica, type ReplicaFault, systemTiming } from '@vigie/replica';
import { bringArchives } from './archives.ts';
import type { Boundaries } from './boundaries.ts';
import type { BoundariesWatch } from './boundaries-watch.ts';
import { directSource } from './direct.ts';
import { type Rebuild, beginRebuild, openNotary } from './divergence.ts';
import type { OperatingIncidents } from './operating-incidents.ts';
import type { Note } from './operating-log.ts';
import { watchRules } from './rules-switch.ts';
import type { Settings } from './settings.ts';

/** Sorts before every other. */
const FIRST_EPOCH = '0-0';

export interface Partition {
  readonly log: JetStreamSiteLog;
  readonly replica: Replica;
  readonly keeper: Keeper;
  readonly archives: Archives;
  /** What this partition keeps beside its log. */
  readonly dataDir: string;
  readonly rebuild: Rebuild | undefined;
}

export interface PartitionParts {
  readonly settings: Settings;
  readonly snapshotKey: Uint8Array;
  readonly keys: KeyRing;
  readonly disk: DiskWatch | undefined;
  readonly time: Time;
  readonly clock: HybridClock;
  readonly boundaries: Boundaries | undefined;
  readonly boundariesWatch: BoundariesWatch;
  readonly incidents: OperatingIncidents;
  readonly note: Note;
  /** What the other site says of leaving, in all partitions together. */
  readonly leaving: () => Pick<PeerState, 'leaving' | 'staysForUs'>;
  readonly onEnd: (end: () => Promise<void>) => void;
  /** Ends all parts of the site and begins again. */
  readonly again: () => void;
}

export async function openPartition(partition: number, parts: PartitionParts): Promise<Partition> {
  const { settings, keys, disk, time, note, onEnd, again } = parts;
  const incidents = { set: parts.incidents.setterOf(partition) };
  const { site, partitions } = settings;
  const dataDir = partitionDir(settings.dataDir, partition);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const snapshots = new FileSnapshots({ dir: join(dataDir, 'snapshots'), key: parts.snapshotKey });
  const rebuild = await beginRebuild(dataDir, snapshots, incidents);
  const archives = await Archives.open(join(dataDir, ARCHIVES_DIR));
  const log = await openJetStreamLog({
    site,
    partition,
    partitions,
    servers: settings.nats.url,
    user: settings.nats.user,
    password: settings.nats.password,
    time,
    clock: parts.clock,
    note: (detail: string, cause?: unknown) => note('warn', detail, cause),
    archives,
    onHole: (detail) => incidents.set('log-hole', detail),
    bringArchives: (has) => bringArchives({ ...settings, partition, archives, note }, has),
    ...(disk === undefined ? {} : { disk }),
  });
  onEnd(() => log.close());
  let archivist: Archivist | undefined;
  const onHeartbeat = (data: unknown): void => {
    archivist?.heard(data);
    parts.boundariesWatch.heard(data);
  };
  const notary = await openNotary({ dataDir, log, time, incidents, note, onHeartbeat, again });
  onEnd(() => notary.close());
  const replica = await Replica.open({
    site,
    log,
    partition,
    keys,
    sealing: settings.sealing,
    snapshots,
    placeOf: parts.boundaries?.placeOf,
    direct: directSource({ ...settings, partition, log, incidents }),
    onFault: (fault) => {
      if (fault.kind === 'newer-format') incidents.set('newer-format', `${fault.place}: ${fault.detail}`);
      note('error', sayFault(fault));
    },
    timing: systemTiming(time),
  });
  onEnd(() => replica.close());
  archivist = new Archivist({
    log,
    merge: replica.merge,
    notary,
    archives,
    time,
    isCovered: (of, epoch) => compareEpochs(replica.snapshotThrough?.[of]?.epoch ?? FIRST_EPOCH, epoch) > 0,
    onNote: note,
  });
  onEnd(async () => archivist?.close());
  const keeper = new Keeper({
    log,
    merge: replica.merge,
    time,
    partitions,
    leaving: parts.leaving,
    entryId: () => randomBytes(16).toString('hex'),
    heartbeat: () => {
      const [digest, tree, held] = [replica.lastDigest(), notary.own(), archivist?.claims() ?? []];
      return {
        rules: RULES_VERSION,
        format: `${ENTRY_VERSION}.${ENTRY_MINOR}`,
        boundaries: parts.boundariesWatch.own,
        ...(digest === undefined ? {} : { digest }),
        ...(tree === undefined ? {} : { tree }),
        ...(held.length === 0 ? {} : { archives: held }),
      };
    },
    rotation: { rule: { ...ROTATION, bytesMax: settings.epochBytesMax }, door: log },
    onFailure: (result) => note('warn', `a heartbeat or admit was not stored: ${result.detail}`),
  });
  replica.onChange((change) => keeper.changed(change));
  onEnd(async () => keeper.stop());
  const nowMs = (): number => Math.floor(time.nowUs() / 1000);
  const stopSwitching = watchRules({ site, log, replica, nowMs, note });
  onEnd(async () => stopSwitching());
  return { log, replica, keeper, archives, dataDir, rebuild };
}

function sayFault(fault: ReplicaFault): string {
  const { kind, ...rest } = fault;
  return `replica, ${kind}: ${JSON.stringify(rest)}`;
}
