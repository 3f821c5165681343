import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fillFolder } from './folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-test-ca-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const holders = [
  { name: 'noirmont', hosts: ['noirmont.example', '127.0.0.1'] },
  { name: 'delemont', hosts: ['delemont.example'] },
];
const day = (n: number): Date => new Date(Date.UTC(2026, 10, 22) + n * 86_400_000);
const term = (n: number) => ({ now: day(n), authorityDays: 3650, days: 800 });
const certificate = (name: string): X509Certificate => new X509Certificate(readFileSync(join(folder, `${name}.pem`)));

test('a site certificate is signed by the authority, fits its key, and names the hosts', async () => {
  expect(await fillFolder(folder, holders, term(0))).toEqual(['ca', 'noirmont', 'delemont']);
  const [ca, noirmont] = [certificate('ca'), certificate('noirmont')];
  expect(ca.ca).toBe(true);
  expect(noirmont.ca).toBe(false);
  expect(noirmont.verify(ca.publicKey)).toBe(true);
  expect(noirmont.checkIssued(ca)).toBe(true);
  expect(noirmont.checkPrivateKey(createPrivateKey(readFileSync(join(folder, 'noirmont.key'))))).toBe(true);
  expect(noirmont.checkHost('noirmont.example')).toBe('noirmont.example');
  expect(noirmont.checkHost('delemont.example')).toBeUndefined();
  expect(noirmont.checkIP('127.0.0.1')).toBe('127.0.0.1');
  // TLS web server and client authentication
  expect(noirmont.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
});

test('keys are readable by their owner only', async () => {
  await fillFolder(folder, holders, term(0));
  for (const name of ['ca', 'noirmont', 'delemont'])
    expect(statSync(join(folder, `${name}.key`)).mode & 0o777).toBe(0o600);
});

test('a second run makes nothing; near its end a certificate is renewed under the same authority', async () => {
  await fillFolder(folder, holders, term(0));
  const ca = certificate('ca').fingerprint256;
  expect(await fillFolder(folder, holders, term(700))).toEqual([]);
  expect(await fillFolder(folder, holders, term(771))).toEqual(['noirmont', 'delemont']);
  expect(certificate('ca').fingerprint256).toBe(ca);
});

test('with a new authority every certificate is made anew', async () => {
  await fillFolder(folder, holders, term(0));
  expect(await fillFolder(folder, holders, term(3640))).toEqual(['ca', 'noirmont', 'delemont']);
  expect(certificate('delemont').verify(certificate('ca').publicKey)).toBe(true);
});
