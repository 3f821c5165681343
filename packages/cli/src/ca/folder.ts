// The files of a certificate authority: ca.pem, ca.key, and SITE.pem, SITE.key for each site.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { daysLeft, type Issued, issue, makeAuthority } from './certificates.ts';

export type Holder = { readonly name: string; readonly hosts: readonly string[] };
export type Term = { readonly now: Date; readonly authorityDays: number; readonly days: number };

/** Makes what is missing and renews what ends within `RENEW_DAYS`. Returns the names of the certificates it made. */
export async function fillFolder(folder: string, holders: readonly Holder[], term: Term): Promise<string[]> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made: string[] = [];
  let authority = read(folder, 'ca');
  if (authority === undefined || daysLeft(authority.certificate, term.now) < RENEW_DAYS) {
    authority = await makeAuthority('Vigie CA', { from: term.now, days: term.authorityDays });
    write(folder, 'ca', authority);
    made.push('ca');
  }
  for (const { name, hosts } of holders) {
    const known = read(folder, name);
    const isGood = known !== undefined && daysLeft(known.certificate, term.now) >= RENEW_DAYS;
    // A certificate of an older authority is good for nothing.
    if (isGood && !made.includes('ca')) continue;
    write(folder, name, await issue(authority, name, hosts, { from: term.now, days: term.days }));
    made.push(name);
  }
  return made;
}

const RENEW_DAYS = 30;

function read(folder: string, name: string): Issued | undefined {
  const [pem, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  if (!existsSync(pem) || !existsSync(key)) return undefined;
  return { certificate: readFileSync(pem, 'utf8'), key: readFileSync(key, 'utf8') };
}

function write(folder: string, name: string, issued: Issued): void {
  writeFileSync(join(folder, `${name}.key`), `${issued.key}\n`, { mode: 0o600 });
  writeFileSync(join(folder, `${name}.pem`), `${issued.certificate}\n`);
}
