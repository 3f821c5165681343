import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SITES } from '@vigie/model';
import { expect, onTestFinished, test } from 'vitest';
import { readReceivers } from './receivers.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-receivers-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}
const desk = {
  id: 'desk',
  channel: 'webhook',
  url: 'http://127.0.0.1:9/',
  secretFile: 'desk.secret',
  authorities: '*',
  levels: [0],
};
async function read(receivers: readonly object[], production = false) {
  const dir = folder();
  writeFileSync(join(dir, 'desk.secret'), ' whsec_c2VjcmV0\n');
  writeFileSync(join(dir, 'receivers.json'), JSON.stringify({ receivers }));
  return readReceivers(join(dir, 'receivers.json'), production);
}

test('a receiver is read with its secret and with what it follows if it says nothing else', async () => {
  expect(await read([desk])).toMatchObject({
    ok: true,
    value: [{ id: 'desk', secret: 'whsec_c2VjcmV0', follow: ['withdrawn', 'refuted', 'explained', 'switched_off'] }],
  });
});

test.each([
  ['a second one of the same name', [desk, desk], 'two receivers are called desk'],
  ['a secret that is not there', [{ ...desk, secretFile: 'none' }], 'the secret of desk, cannot be read'],
  ['an id that could be a name', [{ ...desk, id: 'Anna Muster' }], 'receivers.0.id'],
  ['no level', [{ ...desk, levels: [] }], 'receivers.0.levels'],
  ['a level beyond the ladder', [{ ...desk, levels: [5] }], 'receivers.0.levels.0'],
  ['an unknown field', [{ ...desk, secret: 'in plain' }], 'secret'],
  ['an address that is none', [{ ...desk, url: 'file:///etc/passwd' }], 'receivers.0.url'],
  ['a number that is none', [{ ...desk, channel: 'sms', secretFile: undefined, to: 'Anna' }], 'receivers.0.to'],
])('%s is refused, and the sentence says where', async (_what, receivers, why) => {
  const result = await read(receivers);
  expect(result.ok ? '' : result.error.detail).toContain(why);
});

test('in production nothing leaves this machine unencrypted', async () => {
  const relay = { host: 'mail.example', port: 25, tls: 'none' };
  const mail = {
    ...desk,
    channel: 'mail',
    url: undefined,
    secretFile: undefined,
    relay,
    from: 'a@b.ch',
    to: ['c@d.ch'],
  };
  for (const receiver of [{ ...desk, url: 'http://other.example/' }, mail]) {
    expect((await read([receiver])).ok).toBe(true);
    const refused = await read([receiver], true);
    expect(refused.ok ? '' : refused.error.detail).toContain('unencrypted');
  }
  expect((await read([desk], true)).ok).toBe(true);
});

test.each(SITES)('the example deployed at %s is what a site takes in production', async (site) => {
  const dir = folder();
  const example = await readFile(join(import.meta.dirname, `../../../deploy/${site}/receivers.json`), 'utf8');
  writeFileSync(join(dir, 'receivers.json'), example);
  mkdirSync(join(dir, 'receivers'));
  for (const name of ['ju-case-system.secret', 'sms.token', 'mail.password'])
    writeFileSync(join(dir, 'receivers', name), 'secret');
  const receivers = await readReceivers(join(dir, 'receivers.json'), true);
  expect(receivers.ok ? receivers.value.map(({ channel }) => channel) : receivers.error.detail).toEqual([
    'webhook',
    'sms',
    'mail',
  ]);
});
