// The settings of one site process: the only place that reads the environment. deploy/<site>/site.env holds production's values.
import { ROTATION } from '@vigie/log';
import { PARTITIONS_MAX, SITES, type SiteId, isPartitionCount, isSiteId } from '@vigie/model';

/** A box in which zones are expected to lie, degrees of WGS84; outside it a zone gets a warning. */
export type AreaOfValidity = readonly [west: number, south: number, east: number, north: number];

export interface Settings {
  readonly site: SiteId;
  readonly production: boolean;
  readonly httpHost: string;
  readonly httpPort: number;
  /** Where /internal and /metrics answer; undefined: at the same port as everything else, which production refuses. */
  readonly internalPort: number | undefined;
  readonly internalHost: string;
  /** Base URL of what is between the sites (/internal) at the other site, as this site reaches it. */
  readonly peerUrl: string;
  /** Base URLs of both consoles, as people reach them. */
  readonly publicUrls: Readonly<Record<SiteId, string>>;
  readonly nats: { readonly url: string; readonly user: string; readonly password: string };
  /** Owner of the schema: migrations only. */
  readonly pgOwnerUrl: string;
  /** The role that serves queries: no superuser, no bypassrls. */
  readonly pgAppUrl: string;
  /** A folder on the disk of the log server's store; undefined: it lies on another machine. */
  readonly natsStoreDir: string | undefined;
  /** Monitoring address of the log server, host:port. */
  readonly natsMonitor: string | undefined;
  readonly dataDir: string;
  readonly tokensFile: string;
  readonly wrappingKeyFile: string;
  /** Who is told of alarms (packages/dispatch/src/receivers.ts); none: nobody but by console and event stream. */
  readonly receiversFile: string | undefined;
  /** Clocks and thresholds of this centre as JSON; absent: the shipped profile. */
  readonly kpiProfileFile: string | undefined;
  /** How long measures are kept after their end, by legal basis and canton (erasure/retention.ts); absent: only what the law fixes. */
  readonly retentionFile: string | undefined;
  /** Cantons and municipalities as GeoJSON, the same at both sites; absent: places are not named. */
  readonly boundariesFile: string | undefined;
  /** Shared by the two sites, for /internal. */
  readonly internalToken: string;
  readonly area: AreaOfValidity | undefined;
  /** False only in tests that show what sealing hides. */
  readonly sealing: boolean;
  /** An epoch of the own origin that is larger is closed; another one begins (L10). */
  readonly epochBytesMax: number;
  /** Partitions of the log (L1): fixed when it begins, and the same at both sites. */
  readonly partitions: number;
  readonly logLevel: string;
  /** Milliseconds by which this process takes its clock to be ahead; 0 but in the drill `clock-skew`. */
  readonly clockOffsetMs: number;
}

/** Every epoch costs an admit and an archive: smaller ones only cost. */
const EPOCH_BYTES_LEAST = 100_000;

/** Switzerland with a margin: a zone outside is more likely swapped coordinates than a court's wish. */
const SWITZERLAND: AreaOfValidity = [5.9, 45.7, 10.6, 47.9];

/** Reads the settings, or says every one that is missing or wrong, in one go. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
): Settings | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const need = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') problems.push(`${name} is not set`);
    return value ?? '';
  };
  const site = need('SITE');
  if (site !== '' && !isSiteId(site)) problems.push(`SITE must be one of ${SITES.join(', ')}, not '${site}'`);
  const port = (name: string, text: string): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 0 || number > 65_535) problems.push(`${name} must be a port number`);
    return number;
  };
  const httpPort = port('HTTP_PORT', need('HTTP_PORT'));
  const internalPort = env['INTERNAL_PORT'] ? port('INTERNAL_PORT', env['INTERNAL_PORT']) : undefined;
  const publicUrls = readPublicUrls(need('PUBLIC_URLS'), problems);
  const area = readArea(env['AREA_OF_VALIDITY'] ?? 'CH', problems);
  const settings: Settings = {
    site: site as SiteId,
    production: env['NODE_ENV'] === 'production',
    httpHost: env['HTTP_HOST'] ?? '127.0.0.1',
    httpPort,
    internalPort,
    internalHost: env['INTERNAL_HOST'] ?? '127.0.0.1',
    peerUrl: need('PEER_URL'),
    publicUrls,
    nats: { url: need('NATS_URL'), user: need('NATS_USER'), password: need('NATS_PASSWORD') },
    pgOwnerUrl: need('PG_URL'),
    pgAppUrl: need('PG_APP_URL'),
    natsStoreDir: env['NATS_STORE_DIR'] || undefined,
    natsMonitor: env['NATS_MONITOR'] || undefined,
    dataDir: need('DATA_DIR'),
    tokensFile: need('TOKENS_FILE'),
    wrappingKeyFile: need('WRAPPING_KEY_FILE'),
    receiversFile: env['RECEIVERS_FILE'] || undefined,
    kpiProfileFile: env['KPI_PROFILE_FILE'] || undefined,
    boundariesFile: env['BOUNDARIES_FILE'] || undefined,
    retentionFile: env['RETENTION_FILE'] || undefined,
    internalToken: need('INTERNAL_TOKEN'),
    area,
    sealing: env['SEALING'] !== 'off',
    epochBytesMax: Number(env['EPOCH_BYTES_MAX'] ?? ROTATION.bytesMax),
    partitions: Number(env['PARTITIONS'] ?? 1),
    logLevel: env['LOG_LEVEL'] ?? 'info',
    clockOffsetMs: Number(env['CLOCK_OFFSET_MS'] ?? 0),
  };
  if (!(settings.epochBytesMax >= EPOCH_BYTES_LEAST))
    problems.push(`EPOCH_BYTES_MAX must be ${EPOCH_BYTES_LEAST} or more`);
  if (!isPartitionCount(settings.partitions)) problems.push(`PARTITIONS must be 1 to ${PARTITIONS_MAX}`);
  if (!Number.isSafeInteger(settings.clockOffsetMs)) problems.push('CLOCK_OFFSET_MS must be whole milliseconds');
  if (settings.production && internalPort === undefined)
    problems.push('INTERNAL_PORT is not set: in production /internal and /metrics have a port of their own');
  if (settings.production && settings.clockOffsetMs !== 0) problems.push('CLOCK_OFFSET_MS is refused in production');
  if (settings.production && !settings.sealing) problems.push('SEALING=off is refused in production');
  return problems.length > 0 ? { problems } : settings;
}

/** `noirmont=https://...,delemont=https://...` */
function readPublicUrls(text: string, problems: string[]): Record<SiteId, string> {
  const urls: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [site, url] = part.split('=', 2);
    if (site !== undefined && url !== undefined && isSiteId(site)) urls[site] = url.replace(/\/$/, '');
  }
  for (const site of SITES) if (text !== '' && urls[site] === undefined) problems.push(`PUBLIC_URLS lacks ${site}=URL`);
  return urls as Record<SiteId, string>;
}

/** `CH`, `off`, or `west,south,east,north`. */
function readArea(text: string, problems: string[]): AreaOfValidity | undefined {
  if (text === 'off') return undefined;
  if (text === 'CH') return SWITZERLAND;
  const [west, south, east, north] = text.split(',').map(Number);
  if (
    west === undefined ||
    south === undefined ||
    east === undefined ||
    north === undefined ||
    !(west < east && south < north)
  ) {
    problems.push('AREA_OF_VALIDITY must be CH, off, or west,south,east,north in degrees');
    return undefined;
  }
  return [west, south, east, north];
}
