// The deployed configuration and what `up` puts over it must name the same things, or what runs here is not what is deployed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SITES, type SiteId } from '@vigie/model';
import { readSettings } from '@vigie/site';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../process/repository-root.ts';
import { readEnvFile } from './env-file.ts';
import { siteEnv } from './site-env.ts';

const deployed = (site: SiteId, file: string): string => join(repositoryRoot(), 'deploy', site, file);

/** Given by the operator, never in a file of the repository; deploy/README.md lists them. */
const SECRETS: Readonly<Record<SiteId, readonly string[]>> = {
  noirmont: ['NATS_LEAF_PASSWORD'],
  delemont: ['NATS_PEER_LEAF_URL'],
};
const SECRETS_OF_BOTH = [
  'NATS_PASSWORD',
  'NATS_SYS_PASSWORD',
  'NATS_READER_PASSWORD',
  'PG_URL',
  'PG_APP_URL',
  'INTERNAL_TOKEN',
];

const ports = { http: 1, nats: 2, leaf: 3, monitor: 4, postgres: 5 };
const tokens = { operator: 'o', sre: 's', auditor: 'a', cantons: {} };
const secrets = {
  natsSite: 'a',
  natsSys: 'b',
  natsReader: 'c',
  natsLeaf: 'd',
  pgSuperuser: 'e',
  pgOwner: 'f',
  pgApp: 'g',
  internalToken: 'h',
  wrappingKey: 'i',
  tokens,
};
const envOf = (site: SiteId) =>
  siteEnv({ dataDir: '/data', ports: { noirmont: ports, delemont: ports } }, site, secrets);

for (const site of SITES) {
  test(`every variable of ${site}'s nats.conf is in its site.env, or a secret the operator gives`, () => {
    const used = [...readFileSync(deployed(site, 'nats.conf'), 'utf8').matchAll(/: \[? ?\$([A-Z_]+)/g)].map(
      (m) => m[1],
    );
    expect(used.length).toBeGreaterThan(8);
    const given = [...Object.keys(readEnvFile(deployed(site, 'site.env'))), ...SECRETS[site], ...SECRETS_OF_BOTH];
    expect(used.filter((name) => name !== undefined && !given.includes(name))).toEqual([]);
  });

  test(`up sets nothing for ${site} that a deployment could not set, and keeps what is no port, path or secret`, () => {
    const file = readEnvFile(deployed(site, 'site.env'));
    const env = envOf(site);
    const known = [...Object.keys(file), ...SECRETS.noirmont, ...SECRETS.delemont, ...SECRETS_OF_BOTH];
    // Delémont has no listener for leaf nodes; its ports are set and unused.
    known.push('NATS_LEAF_HOST', 'NATS_LEAF_PORT');
    expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([]);
    for (const name of ['SITE', 'NATS_USER', 'SEALING', 'AREA_OF_VALIDITY', 'LOG_LEVEL'])
      expect([name, env[name]]).toEqual([name, file[name]]);
    expect([file['NODE_ENV'], env['NODE_ENV']]).toEqual(['production', 'development']);
  });

  test(`the site process of ${site} reads its settings from the deployed file and the operator's secrets`, () => {
    const given = Object.fromEntries([...SECRETS[site], ...SECRETS_OF_BOTH].map((name) => [name, 'x']));
    const settings = readSettings({ ...readEnvFile(deployed(site, 'site.env')), ...given });
    expect(settings).not.toHaveProperty('problems');
    expect(settings).toMatchObject({ site, production: true, sealing: true });
    expect(readSettings(envOf(site))).toMatchObject({ site, production: false, sealing: true });
  });

  test(`no secret of ${site} lies in the repository`, () => {
    const file = readEnvFile(deployed(site, 'site.env'));
    expect([...SECRETS[site], ...SECRETS_OF_BOTH].filter((name) => name in file)).toEqual([]);
  });
}

test('the two sites differ in nats.conf only by name, domain and the ends of their line', () => {
  const lines = (site: SiteId): string[] =>
    readFileSync(deployed(site, 'nats.conf'), 'utf8').split('leafnodes {')[0]?.split('\n') ?? [];
  const [noirmont, delemont] = [lines('noirmont'), lines('delemont')];
  expect(noirmont.length).toBe(delemont.length);
  const differing = noirmont.filter((line, index) => line !== delemont[index]).map((line) => line.trim().split(':')[0]);
  expect(differing).toEqual([
    "# The log server of Le Noirmont. Whatever begins with $ comes from the environment (site.env and the operator's secrets).",
    'server_name',
    'domain',
  ]);
});

test('the databases of both sites are set alike', () => {
  for (const file of ['postgresql.conf', 'pg_hba.conf']) {
    const settings = (site: SiteId): string[] =>
      readFileSync(deployed(site, file), 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith('#'));
    expect(settings('noirmont')).toEqual(settings('delemont'));
  }
});
