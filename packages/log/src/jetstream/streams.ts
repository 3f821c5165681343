// The streams of a site's log server (L1, L10): how they are made, and the check that the server made what was asked.
import {
  SITES,
  type SiteId,
  epochNumber,
  isSiteId,
  otherSite,
  parseStreamName,
  partitionName,
  streamName,
} from '@vigie/model';
import type { ArchiveIndex } from '../archive/archive-file.ts';
import { UnusableServer } from './session.ts';
import type { ApiAnswer, JetStreamApi, StreamConfig, StreamInfo } from './api.ts';

/** The start of the log server that opened an epoch: its id is new at every start. */
const SERVER_KEY = 'vigie-server';
/** How many partitions the log had when an epoch was opened; not written: one. */
const PARTITIONS_KEY = 'vigie-partitions';
/** The stream of the other server that this one is a copy of. */
const COPY_KEY = 'vigie-copy';

export const entrySubject = (site: SiteId, epoch: string, partition: number): string =>
  `log.${site}.${epoch}.${partitionName(partition)}`;

/** An own epoch that came back from the other site's mirror. */
const backName = (site: SiteId, epoch: string, partition: number): string =>
  streamName(site, epoch, partition).replace(/^LOG_/, 'BACK_');

export interface KnownStream {
  readonly name: string;
  readonly site: SiteId;
  readonly epoch: string;
  readonly lastSeq: number;
  readonly bytes: number;
  readonly sealed: boolean;
  /** A copy of the other server's stream: it only follows that one. */
  readonly copy: boolean;
  /** An own epoch that came back. */
  readonly back: boolean;
  /** No stream of the log server: the epoch is an archive. */
  readonly archived: boolean;
  readonly serverId: string | undefined;
}

export function knownStreams(infos: readonly StreamInfo[], partition: number): KnownStream[] {
  return infos.flatMap(({ config, state }) => {
    const parsed = parseStreamName(config.name.replace(/^BACK_/, 'LOG_'));
    if (parsed === undefined || parsed.partition !== partition || !isSiteId(parsed.site)) return [];
    return [
      {
        name: config.name,
        site: parsed.site,
        epoch: parsed.epoch,
        lastSeq: state.last_seq,
        bytes: state.bytes,
        sealed: config.sealed === true,
        copy: config.metadata?.[COPY_KEY] !== undefined,
        back: config.name.startsWith('BACK_'),
        archived: false,
        serverId: config.metadata?.[SERVER_KEY],
      },
    ];
  });
}

/**
 * How many partitions the log on this server has, in all of them together; undefined: there is no log on it yet. A copy says nothing of
 * it. Cases would move between orders, so it never changes.
 */
export function partitionsOf(infos: readonly StreamInfo[]): number | undefined {
  for (const { config } of infos) {
    const { metadata } = config;
    if (parseStreamName(config.name) === undefined || metadata?.[COPY_KEY] !== undefined) continue;
    return Number(metadata?.[PARTITIONS_KEY] ?? 1);
  }
  return undefined;
}
export const otherPartitions = (theirs: number, own: number): string =>
  `the log was begun with ${theirs} partition${theirs === 1 ? '' : 's'} and PARTITIONS says ${own}: ` +
  'the number stays as it is for as long as the log goes on, and is the same at both sites';

/** An archive, where streams are listed: closed for ever, and never asked of the log server. */
export const archivedStream = ({ site, epoch, size }: Pick<ArchiveIndex, 'site' | 'epoch' | 'size'>): KnownStream => ({
  name: `archive ${site} ${epoch}`,
  site,
  epoch,
  lastSeq: size,
  bytes: 0,
  sealed: true,
  copy: false,
  back: false,
  archived: true,
  serverId: undefined,
});

/** Epochs are numbered without gaps, so a gap is an epoch that this site has lost: the other may have it as an archive. */
export function isEpochMissing(streams: readonly KnownStream[]): boolean {
  return SITES.some((site) => {
    const numbers = new Set(streams.filter((one) => one.site === site).map(({ epoch }) => epochNumber(epoch)));
    return Math.max(0, ...numbers) > numbers.size;
  });
}

/** No limit, no purge, no delete; never re-created (L1). */
const WITHOUT_LIMITS = {
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  num_replicas: 1,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msg_size: -1,
  max_msgs_per_subject: -1,
  max_consumers: -1,
  deny_delete: true,
  deny_purge: true,
  allow_direct: true,
} as const;

export interface OriginSpec {
  readonly site: SiteId;
  readonly epoch: string;
  readonly partition: number;
  readonly partitions: number;
  readonly serverId: string;
}

export function originConfig({ site, epoch, partition, partitions, serverId }: OriginSpec): StreamConfig {
  const several = partitions === 1 ? {} : { [PARTITIONS_KEY]: String(partitions) };
  return {
    ...WITHOUT_LIMITS,
    name: streamName(site, epoch, partition),
    subjects: [entrySubject(site, epoch, partition)],
    metadata: { [SERVER_KEY]: serverId, ...several },
  };
}

export interface CopySpec {
  /** The stream on the other server. */
  readonly from: string;
  readonly domain: SiteId;
  /** The stream here, and what is published to it. */
  readonly name: string;
  readonly subject: string;
}

export function copySpec(owner: SiteId, epoch: string, partition: number, here: SiteId): CopySpec {
  const from = streamName(owner, epoch, partition);
  const place = `${owner}.${epoch}.${partitionName(partition)}`;
  return owner === here
    ? { from, domain: otherSite(owner), name: backName(owner, epoch, partition), subject: `back.${place}` }
    : { from, domain: owner, name: from, subject: `copy.${place}` };
}

export const copyConfig = (spec: CopySpec): StreamConfig => ({
  ...WITHOUT_LIMITS,
  name: spec.name,
  subjects: [spec.subject],
  allow_atomic: true,
  metadata: { [COPY_KEY]: spec.from },
});

/** Old servers drop fields that they do not know without an error, so what came back is compared with what was asked. */
export function differences(asked: StreamConfig, got: StreamConfig): string[] {
  return Object.entries(asked)
    .filter(([field, value]) => !holds(value, got[field]))
    .map(([field, value]) => `${field}: asked ${JSON.stringify(value)}, got ${JSON.stringify(got[field])}`);
}
function holds(asked: unknown, got: unknown): boolean {
  if (typeof asked !== 'object' || asked === null) return asked === got;
  if (typeof got !== 'object' || got === null) return false;
  return Object.entries(asked).every(([key, value]) => holds(value, (got as { [key: string]: unknown })[key]));
}

/** Throws when the server does not make what was asked: nothing may be written to such a stream. */
export async function createStream(api: JetStreamApi, config: StreamConfig): Promise<ApiAnswer<StreamInfo>> {
  const made = await api.create(config);
  if (!made.ok) return made;
  const wrong = differences(config, made.value.config);
  if (wrong.length > 0) throw new UnusableServer(`the log server made ${config.name} otherwise: ${wrong.join('; ')}`);
  return made;
}
