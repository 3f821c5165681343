import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const env = {
  SITE: 'delemont',
  HTTP_PORT: '7200',
  INTERNAL_PORT: '7105',
  PEER_URL: 'http://127.0.0.1:7100',
  PUBLIC_URLS: 'noirmont=http://noirmont.localhost:7100/,delemont=http://delemont.localhost:7200',
  NATS_URL: '127.0.0.1:4222',
  NATS_USER: 'site',
  NATS_PASSWORD: 'x',
  PG_URL: 'postgres://owner@127.0.0.1/vigie',
  PG_APP_URL: 'postgres://app@127.0.0.1/vigie',
  DATA_DIR: '/var/lib/vigie',
  TOKENS_FILE: '/etc/vigie/tokens.json',
  WRAPPING_KEY_FILE: '/etc/vigie/wrapping.key',
  INTERNAL_TOKEN: 'y',
};

test('settings are read, with a box around Switzerland as the area of validity', () => {
  expect(readSettings(env)).toMatchObject({
    site: 'delemont',
    httpHost: '127.0.0.1',
    publicUrls: { noirmont: 'http://noirmont.localhost:7100' },
    area: [5.9, 45.7, 10.6, 47.9],
    sealing: true,
  });
  expect(readSettings({ ...env, EPOCH_BYTES_MAX: '0' })).toMatchObject({
    problems: [expect.stringContaining('EPOCH')],
  });
  expect(readSettings({ ...env, AREA_OF_VALIDITY: 'off' })).toMatchObject({ area: undefined });
});

test('everything that is wrong is said in one go, by name', () => {
  expect(
    readSettings({
      ...env,
      SITE: 'bern',
      HTTP_PORT: 'x',
      NATS_URL: '',
      PUBLIC_URLS: 'noirmont=http://a',
      AREA_OF_VALIDITY: '1,2',
    }),
  ).toEqual({
    problems: [
      "SITE must be one of noirmont, delemont, not 'bern'",
      'HTTP_PORT must be a port number',
      'PUBLIC_URLS lacks delemont=URL',
      'AREA_OF_VALIDITY must be CH, off, or west,south,east,north in degrees',
      'NATS_URL is not set',
    ],
  });
});

test('production refuses a log in plain text', () => {
  expect(readSettings({ ...env, NODE_ENV: 'production', SEALING: 'off' })).toEqual({
    problems: ['SEALING=off is refused in production'],
  });
});

test('production wants a port of its own for what is between the sites', () => {
  const { INTERNAL_PORT: _, ...without } = env;
  expect(readSettings(without)).toMatchObject({ internalPort: undefined });
  expect(readSettings({ ...without, NODE_ENV: 'production' })).toEqual({
    problems: ['INTERNAL_PORT is not set: in production /internal and /metrics have a port of their own'],
  });
  expect(readSettings(env)).toMatchObject({ internalPort: 7105, internalHost: '127.0.0.1' });
  expect(readSettings({ ...env, INTERNAL_PORT: '70000' })).toEqual({
    problems: ['INTERNAL_PORT must be a port number'],
  });
});

test('production refuses a clock that is shifted for a drill', () => {
  expect(readSettings({ ...env, CLOCK_OFFSET_MS: '30000' })).toMatchObject({ clockOffsetMs: 30_000 });
  expect(readSettings({ ...env, NODE_ENV: 'production', CLOCK_OFFSET_MS: '30000' })).toEqual({
    problems: ['CLOCK_OFFSET_MS is refused in production'],
  });
  expect(readSettings({ ...env, CLOCK_OFFSET_MS: 'late' })).toEqual({
    problems: ['CLOCK_OFFSET_MS must be whole milliseconds'],
  });
});
