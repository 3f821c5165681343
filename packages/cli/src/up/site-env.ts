// The environment of a site's processes: the deployed configuration of that site, with ports, paths and secrets of this `up`.
// packages/site/src/settings.ts reads it; deploy/<site>/site.env has production's values.
//
// TOKENS_FILE holds {"tokens":[{"sha256":HEX,"role":"operator"|"sre"|"auditor"|"canton","canton"?:"JU"}]}: the SHA-256 of each bearer
// token, so that the file gives nobody access. WRAPPING_KEY_FILE holds 32 bytes in hex, the same at both sites.
import { join } from 'node:path';
import { type SiteId, otherSite } from '@vigie/model';
import { repositoryRoot } from '../process/repository-root.ts';
import { readEnvFile } from './env-file.ts';
import { filesOf, type Layout, loopbackUrl, publicUrl, sitePaths } from './layout.ts';
import type { Secrets } from './secrets.ts';

export type SiteEnvOptions = {
  /** `CH`, `off`, or `west,south,east,north` in degrees. */
  readonly areaOfValidity?: string;
  readonly sealing?: boolean;
  readonly logLevel?: string;
  /** Of the log; as deployed, if left out. */
  readonly partitions?: number;
};

export const PG_DATABASE = 'vigie';
/** Owns the schema; used for migrations only. */
export const PG_OWNER = 'vigie_owner';
/** Serves queries: neither superuser nor past row-level security. */
export const PG_APP = 'vigie_app';
/** Reads who read what. */
export const PG_AUDITOR = 'vigie_auditor';
export const PG_SUPERUSER = 'vigie_admin';

export function siteEnv(
  layout: Layout,
  site: SiteId,
  secrets: Secrets,
  options: SiteEnvOptions = {},
): Record<string, string> {
  const own = layout.ports[site];
  const paths = sitePaths(layout.dataDir, site);
  const files = filesOf(layout.dataDir);
  const pgUrl = (role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${own.postgres}/${PG_DATABASE}`;
  return {
    ...readEnvFile(join(repositoryRoot(), 'deploy', site, 'site.env')),
    NODE_ENV: 'development',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: `${own.http}`,
    // One port for everything on a machine of one's own.
    INTERNAL_PORT: '',
    PEER_URL: loopbackUrl(layout, otherSite(site)),
    PUBLIC_URLS: `noirmont=${publicUrl(layout, 'noirmont')},delemont=${publicUrl(layout, 'delemont')}`,
    NATS_HOST: '127.0.0.1',
    NATS_PORT: `${own.nats}`,
    NATS_MONITOR: `127.0.0.1:${own.monitor}`,
    NATS_URL: `127.0.0.1:${own.nats}`,
    NATS_STORE_DIR: paths.nats,
    NATS_MAX_FILE_STORE: '50GB',
    NATS_LEAF_HOST: '127.0.0.1',
    NATS_LEAF_PORT: `${own.leaf}`,
    NATS_PEER_LEAF_URL: `tls://delemont:${secrets.natsLeaf}@127.0.0.1:${layout.ports.noirmont.leaf}`,
    NATS_CERT_FILE: join(files.certificates, `${site}.pem`),
    NATS_KEY_FILE: join(files.certificates, `${site}.key`),
    NATS_CA_FILE: join(files.certificates, 'ca.pem'),
    NATS_PASSWORD: secrets.natsSite,
    NATS_SYS_PASSWORD: secrets.natsSys,
    NATS_READER_PASSWORD: secrets.natsReader,
    NATS_LEAF_PASSWORD: secrets.natsLeaf,
    PG_HOST: '127.0.0.1',
    PG_PORT: `${own.postgres}`,
    PG_DATA_DIR: paths.postgres,
    PG_URL: pgUrl(PG_OWNER, secrets.pgOwner),
    PG_APP_URL: pgUrl(PG_APP, secrets.pgApp),
    DATA_DIR: paths.site,
    TOKENS_FILE: files.tokens,
    WRAPPING_KEY_FILE: files.wrappingKey,
    RECEIVERS_FILE: files.receivers,
    INTERNAL_TOKEN: secrets.internalToken,
    AREA_OF_VALIDITY: options.areaOfValidity ?? 'CH',
    SEALING: options.sealing === false ? 'off' : 'on',
    LOG_LEVEL: options.logLevel ?? 'info',
    ...(options.partitions === undefined ? {} : { PARTITIONS: `${options.partitions}` }),
  };
}
