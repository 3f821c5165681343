// `./vigie test`: vitest over every project; its last line, made by test/support/closing-line.ts, becomes ours.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { guard } from '../process/child.ts';
import { repositoryRoot } from '../process/repository-root.ts';

type Count = { readonly passed: number; readonly failed: number; readonly skipped: number };

export async function runTests(filters: readonly string[], projects: readonly string[]): Promise<number> {
  const root = repositoryRoot();
  const args = ['run', ...projects.flatMap((project) => ['--project', project]), ...filters];
  const [command, ...rest] = [...guard(), process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), ...args];
  const child = spawn(command as string, rest, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...browser(root), ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  // Ctrl-C reaches the whole group; vitest ends its children, and then we print what it had.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  let held = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    held += text;
    const end = held.trimEnd().lastIndexOf('\n') + 1; // the last line may be the closing one; it waits
    process.stdout.write(held.slice(0, end));
    held = held.slice(end);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const closing = countOf(held);
  if (closing === undefined) process.stdout.write(held);
  const count = judge(closing, code);
  process.stdout.write(`${lineOf(count)}\n`);
  return count.failed > 0 ? 1 : 0;
}

/** The browser that `./vigie` fetched, unless the user names one. */
function browser(root: string): { CHROMIUM_PATH?: string } {
  const fetched = join(root, '.cache/chromium/bin/chromium');
  return process.env['CHROMIUM_PATH'] === undefined && existsSync(fetched) ? { CHROMIUM_PATH: fetched } : {};
}

/** A run that found no test, or ended badly without a failed test, has failed. */
export function judge(closing: Count | undefined, code: number | null): Count {
  const count = closing ?? { passed: 0, failed: 0, skipped: 0 };
  const isBad = count.failed === 0 && (code !== 0 || count.passed === 0);
  return isBad ? { ...count, failed: 1 } : count;
}

export function countOf(line: string): Count | undefined {
  const match = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(line.trim());
  if (match === null) return undefined;
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
}

export const lineOf = ({ passed, failed, skipped }: Count): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
