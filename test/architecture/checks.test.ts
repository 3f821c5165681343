// Types, lint, format and what nobody uses are part of `./vigie test`: a run that passes has passed them too.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './files.ts';

const MINUTES = 60_000;

function run(program: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const command = join(root, 'node_modules/.bin', program);
  return new Promise((resolve) => {
    execFile(command, args, { cwd: root, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, output: `${stdout}\n${stderr}`.trim() });
    });
  });
}

/** What the program complained of; its output is what the reader needs, the code alone would say nothing. */
async function complaints(program: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await run(program, args);
  return code === 0 ? '' : output || `exit code ${code}`;
}

const projects = readdirSync(join(root, 'packages')).flatMap((name) =>
  ['tsconfig.json', 'tsconfig.test.json']
    .map((file) => `packages/${name}/${file}`)
    .filter((path) => existsSync(join(root, path))),
);

test('there are packages to check', () => {
  expect(projects.length).toBeGreaterThanOrEqual(12);
});
test.concurrent.each(projects)('the types of %s hold', { timeout: 3 * MINUTES }, async (project) => {
  expect(await complaints('tsc', '-p', project)).toBe('');
});
test('the types of the tests and tools hold', { timeout: 3 * MINUTES }, async () => {
  expect(await complaints('tsc', '-p', 'test/tsconfig.json')).toBe('');
});
test('the linter finds nothing', { timeout: 5 * MINUTES }, async () => {
  expect(await complaints('oxlint', '--type-aware')).toBe('');
});
test('every file is formatted', { timeout: 3 * MINUTES }, async () => {
  expect(await complaints('biome', 'format', '--max-diagnostics=20', '.')).toBe('');
});
test('no file, dependency or exported value is unused', { timeout: 3 * MINUTES }, async () => {
  expect(await complaints('knip', '--no-progress', '--no-config-hints')).toBe('');
});
