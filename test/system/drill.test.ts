// One short real drill, as an SRE runs it. What depends on how busy the machine is (delays, gaps) is the drill's own verdict and
// exit code; what may never happen on any machine is held here.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const MINUTES = 60_000;

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

function drill(...args: readonly string[]): Promise<Ran> {
  return drillWith({}, ...args);
}
function drillWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  const main = join(root, 'packages/cli/src/main.ts');
  return new Promise((resolve) => {
    const options = { cwd: root, maxBuffer: 16 << 20, env: { ...process.env, ...env } };
    execFile(process.execPath, [main, 'drill', ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    );
  });
}

test('[L10] [L11] [L14] [L15] a drill kills Le Noirmont: nothing lost, doubled or missed, and it leaves its history', {
  timeout: 4 * MINUTES,
}, async () => {
  const { code, stdout, stderr } = await drill('kill-noirmont', '--json', '--runtime', 'processes');
  expect([0, 1], stderr).toContain(code);
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { ok: boolean; verdicts: { ok: boolean }[] };
  expect(result, stderr).toMatchObject({
    drill: 'kill-noirmont',
    lost: 0,
    doubled: 0,
    missed: 0,
    dispatch: { never: 0, twiceWhileJoined: 0 },
    digestsEqual: true,
    runtime: 'processes',
  });
  expect(result.ok).toBe(code === 0);
  expect(result.ok).toBe(result.verdicts.every(({ ok }) => ok));
  const folder = realpathSync(join(root, '.cache/drills/latest'));
  expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual(result);
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('<svg');
  expect(readFileSync(join(folder, 'history.jsonl'), 'utf8').split('\n').length).toBeGreaterThan(20_000);
});

test('a name that is none exits 2 with a sentence, and --list names every drill', async () => {
  const [unknown, list] = await Promise.all([drill('kill-geneva'), drill('--list')]);
  expect(unknown).toMatchObject({ code: 2, stdout: '' });
  expect(unknown.stderr).toContain("there is no drill 'kill-geneva'");
  expect(list.code).toBe(0);
  expect(list.stdout).toMatch(/^escalation +nobody acknowledges /m);
});

test.skipIf(existsSync('/var/run/docker.sock'))('containers without an engine exit 2 with a sentence', async () => {
  const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const { code, stdout, stderr } = await drillWith(nowhere, 'kill-log', '--runtime', 'containers');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('no container engine answers');
});
