import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What git keeps, and what it would keep; nothing that is ignored. */
export function repositoryFiles(...paths: readonly string[]): string[] {
  // Who runs the tests need not be who cloned.
  const git = (...args: readonly string[]): string[] =>
    execFileSync('git', ['-c', 'safe.directory=*', ...args], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    }).split('\0');
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--deduplicate', '--', ...paths];
  const gone = new Set(git('ls-files', '--deleted', '-z'));
  return git(...args).filter((name) => name !== '' && !gone.has(name));
}
