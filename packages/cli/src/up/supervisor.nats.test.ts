// The supervisor with real log servers and databases; a small program stands where the site process will run. `up` itself is run as
// its users run it, and killed as nobody should.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { SITES, type SiteId } from '@vigie/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guard } from '../process/child.ts';
import { fillFolder } from '../ca/folder.ts';
import { freePorts } from '../process/free-ports.ts';
import { identify } from '../process/identity.ts';
import { repositoryRoot } from '../process/repository-root.ts';
import { until } from '../process/until.ts';
import type { Access } from './access.ts';
import { filesOf } from './layout.ts';

const STAND_IN = join(import.meta.dirname, 'site-stand-in.ts');
const MAIN = join(repositoryRoot(), 'packages/cli/src/main.ts');
const LIMIT_MS = 60_000;

let dataDir: string;
let running: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigie-test-up-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  if (existsSync(filesOf(dataDir).access)) await gone(allPids());
  rmSync(dataDir, { recursive: true, force: true });
});

type Run = { readonly child: ChildProcess; readonly output: () => string; readonly exited: Promise<number | null> };

function vigie(...args: readonly string[]): Run {
  const [command, ...rest] = [...guard(), process.execPath, MAIN, ...args];
  const child = spawn(command as string, rest, {
    env: { ...process.env, VIGIE_SITE_MAIN: STAND_IN },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => text, exited };
}

async function up(...args: readonly string[]): Promise<Run> {
  const run = vigie('up', '--data', dataDir, '--persons', '0', ...args);
  const isUp = await until(
    () => (run.output().includes('Stop with Ctrl-C') ? true : run.child.exitCode === null ? undefined : false),
    LIMIT_MS,
  );
  expect(isUp === true ? 'up' : run.output()).toBe('up');
  return run;
}

const access = (): Access => JSON.parse(readFileSync(filesOf(dataDir).access, 'utf8')) as Access;
const allPids = (): number[] =>
  SITES.flatMap((site) => Object.values(access().sites[site].pids).filter((pid) => pid !== null));
const ask = async (site: SiteId, token = ''): Promise<Record<string, unknown>> => {
  const answer = await fetch(access().sites[site].url, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as Record<string, unknown>;
};
async function gone(pids: readonly number[]): Promise<void> {
  const left = await until(() => (pids.some((pid) => identify(pid) !== undefined) ? undefined : true), 20_000);
  expect(left).toBe(true);
}

test('up starts six processes from the deployed files, writes access.json for its owner only, and Ctrl-C ends them all', async () => {
  const run = await up('--port', '0');
  expect(statSync(filesOf(dataDir).access).mode & 0o777).toBe(0o600);
  const { sites, tokens } = access();
  const pids = allPids();
  expect(new Set(pids).size).toBe(6);
  expect(Object.keys(tokens.cantons)).toHaveLength(26);
  expect(run.output()).toContain(tokens.operator);
  for (const site of SITES) {
    expect(run.output()).toContain(`http://${site}.localhost:${new URL(sites[site].url).port}`);
    // The application's role is bound by row-level security, and a token is known by its sum alone.
    expect(await ask(site, tokens.cantons['JU'])).toEqual({
      site,
      beyondRowSecurity: false,
      keyBytes: 32,
      role: 'canton',
    });
    expect(await ask(site, 'wrong')).not.toHaveProperty('role');
  }
  run.child.kill('SIGINT');
  expect(await run.exited).toBe(0);
  await gone(pids);
  expect(allPids()).toEqual([]);
  const late = vigie('rule', 'list', '--data', dataDir);
  expect(await late.exited).toBe(2);
  expect(late.output()).toContain('no ./vigie up runs on');
});

test('the log servers are joined by a line that refuses a stranger’s certificate', async () => {
  await up('--port', '0');
  const children = JSON.parse(readFileSync(filesOf(dataDir).children, 'utf8')) as {
    children: { name: string; pid: number }[];
  };
  const nats = children.children.find(({ name }) => name === 'noirmont nats');
  const settings = readFileSync(`/proc/${nats?.pid}/environ`, 'utf8').split('\0');
  const setting = (name: string): string =>
    settings.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const leafs = async (): Promise<number> => {
    const answer = await fetch(`http://${setting('NATS_MONITOR')}/leafz`);
    return ((await answer.json()) as { leafnodes: number }).leafnodes;
  };
  await expect.poll(leafs, { timeout: 20_000 }).toBe(1);

  const foreign = join(dataDir, 'foreign');
  await fillFolder(foreign, [{ name: 'delemont', hosts: ['delemont'] }], {
    now: new Date(),
    authorityDays: 9,
    days: 9,
  });
  expect(await leafHandshake(Number(setting('NATS_LEAF_PORT')), foreign)).toMatch(/certificate|alert|closed|reset/i);
  expect(await leafHandshake(Number(setting('NATS_LEAF_PORT')), filesOf(dataDir).certificates)).toBe('accepted');

  // Roles of the log server: nobody without a password; the reader reads and never writes.
  const client = (user: string, password: string, ...lines: readonly string[]): Promise<string> =>
    talk(Number(setting('NATS_PORT')), [
      `CONNECT {"verbose":false,"user":"${user}","pass":"${password}"}`,
      ...lines,
      'PING',
    ]);
  expect(await client('site', 'guess')).toContain('Authorization Violation');
  expect(await client('site', setting('NATS_PASSWORD'), 'PUB log.x 1', 'x')).toBe('PONG');
  expect(await client('reader', setting('NATS_READER_PASSWORD'), 'PUB log.x 1', 'x')).toContain(
    'Permissions Violation for Publish',
  );
  expect(await client('reader', setting('NATS_READER_PASSWORD'), 'PUB $JS.API.STREAM.DELETE.LOG 0', '')).toContain(
    'Permissions Violation for Publish',
  );
  expect(await client('reader', setting('NATS_READER_PASSWORD'), 'PUB $JS.API.STREAM.INFO.LOG 0', '')).toBe('PONG');
});

/** The first line that the server says after its greeting. */
async function talk(port: number, lines: readonly string[]): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write(lines.map((line) => `${line}\r\n`).join(''));
  const said = await new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes) => resolve(bytes.toString().split('\r\n')[0] ?? ''));
    socket.once('error', reject);
  });
  socket.destroy();
  return said;
}

/** nats-server greets in the clear, then both sides turn to TLS; a refusal shows at the first read after the handshake. */
async function leafHandshake(port: number, certificates: string): Promise<string> {
  const plain = connectTcp(port, '127.0.0.1');
  await new Promise((resolve) => plain.once('data', resolve));
  const socket = connectTls({
    socket: plain,
    cert: readFileSync(join(certificates, 'delemont.pem')),
    key: readFileSync(join(certificates, 'delemont.key')),
    ca: readFileSync(join(filesOf(dataDir).certificates, 'ca.pem')),
    servername: 'noirmont',
  });
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(error.message));
    socket.once('close', () => resolve('closed'));
    // Without a password in time the server ends a line it has accepted; a pong before that is its acceptance.
    socket.once('secureConnect', () => socket.write('CONNECT {"tls_required":true,"user":"delemont","pass":"x"}\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve('accepted');
    });
  });
}

test('one site is stopped and comes back with its data; what was killed stays down until asked for', async () => {
  const run = await up('--port', '0');
  const before = access().sites.noirmont;
  const stop = vigie('site', 'stop', 'noirmont', '--data', dataDir);
  expect([await stop.exited, stop.output()]).toEqual([0, 'noirmont is stopped; the other site goes on\n']);
  await gone(Object.values(before.pids).filter((pid) => pid !== null));
  expect(access().sites.noirmont).toEqual({ url: before.url, pids: { nats: null, postgres: null, site: null } });
  expect(await ask('delemont')).toHaveProperty('site', 'delemont');

  const start = vigie('site', 'start', 'noirmont', '--data', dataDir);
  expect(await start.exited).toBe(0);
  expect(await ask('noirmont')).toHaveProperty('site', 'noirmont');
  const after = access().sites.noirmont;
  expect(after.url).toBe(before.url);
  for (const program of ['nats', 'postgres', 'site'] as const)
    expect(after.pids[program]).not.toBe(before.pids[program]);

  const victim = access().sites.delemont.pids.postgres ?? 0;
  expect(victim).toBeGreaterThan(1);
  process.kill(victim, 'SIGKILL');
  await expect.poll(run.output).toContain(`delemont lost its postgres (process ${victim}, SIGKILL)`);
  await expect.poll(() => access().sites.delemont.pids.postgres).toBe(null);
  expect(await vigie('site', 'start', 'delemont', '--data', dataDir).exited).toBe(0);
  expect(access().sites.delemont.pids.postgres).not.toBe(victim);
});

test('kill -9 of up leaves nothing that blocks the next start', async () => {
  const first = await up('--port', '0');
  const pids = allPids();
  first.child.kill('SIGKILL');
  await first.exited;
  await gone(pids);
  const second = await up('--port', '0');
  expect(allPids().filter((pid) => pids.includes(pid))).toEqual([]);
  second.child.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});

test('a second up on the same data is refused, and says who has it', async () => {
  const first = await up('--port', '0');
  const second = vigie('up', '--data', dataDir, '--persons', '0', '--port', '0');
  expect(await second.exited).toBe(2);
  expect(second.output()).toContain(`in use by another ./vigie up (process ${first.child.pid})`);
});

test('a taken port is named with its holder before anything starts', async () => {
  const [port] = (await freePorts(1)) as [number];
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
  // Noirmont's monitor, the fourth of its ports
  const run = vigie('up', '--data', dataDir, '--persons', '0', '--port', `${port - 3}`);
  expect(await run.exited).toBe(2);
  holder.close();
  expect(run.output()).toContain(`port ${port} (for noirmont's monitor) is taken by process ${process.pid}`);
  expect(existsSync(join(dataDir, 'noirmont'))).toBe(false);
});

test('a folder with other files is not touched, also with --fresh', async () => {
  const precious = join(dataDir, 'thesis.txt');
  writeFileSync(precious, 'x');
  const run = vigie('up', '--data', dataDir, '--fresh', '--persons', '0', '--port', '0');
  expect(await run.exited).toBe(2);
  expect(run.output()).toContain('holds other files');
  expect(existsSync(precious)).toBe(true);
});

test('what cannot run says so in a sentence, with exit code 2', async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['site', 'stop', 'noirmont', '--data', dataDir], 'no ./vigie up runs on'],
    [['site', 'drain', 'noirmont', '--data', dataDir], 'no ./vigie up runs on'],
    [['site', 'stop', 'bern'], 'Allowed choices are noirmont, delemont'],
    [['up', '--port', 'x'], 'whole number'],
    [['up', '--feed', join(dataDir, 'nowhere'), '--data', join(dataDir, 'up')], '--feed: there is no folder'],
    [['up', '--check', '--feed', join(dataDir, 'nowhere')], '--feed: there is no folder'],
    [['up', '--feed', dataDir, '--data', join(dataDir, 'up')], 'holds no CSV file with the columns'],
    [['up', '--speed', '3'], '--speed is of a --feed'],
    [['up', '--json'], '--json needs --check'],
    [['evaluate', '--wrong'], "unknown option '--wrong'"],
    [['frobnicate'], "unknown command 'frobnicate'"],
  ];
  for (const [args, message] of cases) {
    const run = vigie(...args);
    expect([args, await run.exited]).toEqual([args, 2]);
    expect(run.output()).toContain(message);
    expect(run.output()).not.toContain('    at ');
    expect(run.output()).not.toContain('starting both sites');
  }
});

test('the launcher is POSIX sh in every part', () => {
  const files = execFileSync('sh', ['-c', 'ls vigie tools/prepare/*.sh'], { cwd: repositoryRoot(), encoding: 'utf8' });
  const scripts = files.trim().split('\n');
  expect(scripts.length).toBeGreaterThan(4);
  for (const script of scripts) execFileSync('sh', ['-n', script], { cwd: repositoryRoot() });
});
