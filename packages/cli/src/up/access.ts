// DATA/access.json: where the sites are and which tokens open them, for people's scripts and for acceptance checks.
import { renameSync, writeFileSync } from 'node:fs';
import type { SiteId } from '@vigie/model';
import { filesOf, type Program } from './layout.ts';
import type { Tokens } from './secrets.ts';

/** Null: that program does not run. A number that is no process would be somebody else's some day. */
export type SiteAccess = { readonly url: string; readonly pids: Readonly<Record<Program, number | null>> };

export type Access = {
  readonly sites: Readonly<Record<SiteId, SiteAccess>>;
  readonly tokens: Tokens & { readonly devices: Readonly<Record<string, string>> };
};

/** Replaces the file in one step, so that a reader sees the old one or the new one. */
export function writeAccess(dataDir: string, access: Access): string {
  const file = filesOf(dataDir).access;
  writeFileSync(`${file}.new`, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}
