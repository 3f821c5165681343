// The streams of a site's log server (L1, L10): how they are made, and the check that the server made what was asked.
import { SITES, type SiteId, epochNumber, isSiteId, otherSite, parseStreamName, streamName } from '@vigie/model';
import type { ArchiveIndex } from '../archive/archive-file.ts';
import { UnusableServer } from './session.ts';
import type { ApiAnswer, JetStreamApi, StreamConfig, StreamInfo } from './api.ts';

/** The start of the log server that opened an epoch: its id is new at every start. */
const SERVER_KEY = 'vigie-server';
/** The stream of the other server that this one is a copy of. */
const COPY_KEY = 'vigie-copy';

export const entrySubject = (site: SiteId, epoch: string, partition: number): string =>
  `log.${site}.${epoch}.${String(partition).padStart(2, '0')}`;

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

export function originConfig(site: SiteId, epoch: string, partition: number, serverId: string): StreamConfig {
  return {
    ...WITHOUT_LIMITS,
    name: streamName(site, epoch, partition),
    subjects: [entrySubject(site, epoch, partition)],
    metadata: { [SERVER_KEY]: serverId },
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
  const place = `${owner}.${epoch}.${String(partition).padStart(2, '0')}`;
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
