// What a demonstration may do and production must refuse.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCaseSchema } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { ordersPort } from './orders.ts';
import { readSettings } from './settings.ts';
import { openSite } from './site.ts';
import { tokensOf } from './tokens.ts';

const order = newCaseSchema.parse({
  caseId: 'JU-1',
  authority: 'JU',
  legalBasis: 'StPO 237',
  mode: 'active',
  timezone: 'Europe/Zurich',
  devices: [{ deviceId: 'b-1', role: 'wearer' }],
  rules: [],
  validFrom: '2026-01-01T00:00:00Z',
  validTo: '2026-12-31T00:00:00Z',
  aheadS: 3600,
});

const NEW = { rulesVersion: () => 1, hasSharedZone: () => false };

test('a case whose fix times may run ahead of the clock is for demonstrations', () => {
  expect(ordersPort({ area: undefined, production: false }, NEW).compileCase(order, new Map()).ok).toBe(true);
  expect(ordersPort({ area: undefined, production: true }, NEW).compileCase(order, new Map())).toMatchObject({
    ok: false,
    error: { fields: [{ field: 'aheadS' }] },
  });
});

test('in production every token expires within 400 days, and one that ends soon is named at the start', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-tokens-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const tokensFile = join(dir, 'tokens.json');
  const nowMs = Date.parse('2026-11-22T12:00:00Z');
  const notes: string[] = [];
  const start = (...expires: readonly (string | undefined)[]) => {
    const tokens = expires.map((at, i) => ({
      sha256: `${i}`.repeat(64),
      role: 'sre',
      subject: `sre-${i}`,
      expires: at,
    }));
    writeFileSync(tokensFile, JSON.stringify({ tokens }));
    return tokensOf({ tokensFile, production: true }, nowMs, (_level, text) => void notes.push(text));
  };
  await expect(start('2027-11-01T00:00:00Z', undefined)).rejects.toThrow('the token of sre-1 needs an "expires"');
  await expect(start('2028-01-01T00:00:00Z', undefined)).rejects.toThrow('and 1 more do');
  await expect(start('soon')).rejects.toThrow('tokens[0] of the tokens file has an "expires"');
  await start('2026-11-21T00:00:00Z', '2026-12-01T00:00:00Z', '2027-11-01T00:00:00Z');
  expect(notes).toEqual(['tokens that expire within 30 days: sre-1']);
});

test('a site in production does not start with the tokens of a demonstration', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-site-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const tokensFile = join(dir, 'tokens.json');
  writeFileSync(tokensFile, JSON.stringify({ demonstration: true, tokens: [] }));
  const settings = readSettings({
    SITE: 'noirmont',
    HTTP_PORT: '0',
    INTERNAL_PORT: '0',
    PEER_URL: 'http://127.0.0.1:9',
    PUBLIC_URLS: 'noirmont=http://a,delemont=http://b',
    NATS_URL: '127.0.0.1:9',
    NATS_USER: 'site',
    NATS_PASSWORD: 'x',
    PG_URL: 'postgres://127.0.0.1:9/x',
    PG_APP_URL: 'postgres://127.0.0.1:9/x',
    DATA_DIR: dir,
    TOKENS_FILE: tokensFile,
    WRAPPING_KEY_FILE: join(dir, 'none'),
    INTERNAL_TOKEN: 'y',
    NODE_ENV: 'production',
  });
  if ('problems' in settings) throw new Error(settings.problems.join());
  await expect(openSite(settings, () => {})).rejects.toThrow('tokens of a demonstration');
});
