// How `./vigie site stop|start NAME` reaches a running `up`: one JSON line each way over a local socket.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isSiteId, type SiteId } from '@vigie/model';
import { CouldNotRun } from '../process/could-not-run.ts';
import { filesOf } from './layout.ts';

export const ACTIONS = ['start', 'stop'] as const;
export type Action = (typeof ACTIONS)[number];
export type ControlAnswer = { readonly ok: boolean; readonly message: string };

type Handler = (action: Action, site: SiteId) => Promise<ControlAnswer>;

/** Longer lines are refused; a request has two short words. */
const LINE_MAX = 1000;

/** Listens for one data folder. The socket lies in a folder of its own below /tmp, as socket paths end at about 100 bytes. */
export async function listenForControl(dataDir: string, handle: Handler): Promise<() => Promise<void>> {
  const { control } = filesOf(dataDir);
  // The data folder is ours alone, so a socket that is named there was left by an `up` that was killed.
  if (existsSync(control)) rmSync(dirname(socketOf(dataDir)), { recursive: true, force: true });
  const folder = mkdtempSync(join(tmpdir(), 'vigie-control-')); // mode 0700: only this user may connect
  const path = join(folder, 's');
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy()); // the asker is gone; nobody is left to tell
    socket.on('data', (part: string) => {
      text += part;
      if (text.length > LINE_MAX) socket.destroy();
      else if (text.endsWith('\n')) void answer(text, handle).then((reply) => socket.end(`${JSON.stringify(reply)}\n`));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  writeFileSync(control, `${JSON.stringify({ path })}\n`, { mode: 0o600 });
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        rmSync(folder, { recursive: true, force: true });
        rmSync(control, { force: true });
        resolve();
      });
    });
}

async function answer(text: string, handle: Handler): Promise<ControlAnswer> {
  try {
    const { action, site } = JSON.parse(text) as { action?: unknown; site?: unknown };
    if (!ACTIONS.includes(action as Action) || !isSiteId(site)) return { ok: false, message: 'not a request' };
    return await handle(action as Action, site);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

export function askControl(dataDir: string, action: Action, site: SiteId): Promise<ControlAnswer> {
  const path = socketOf(dataDir);
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('end', () => {
      if (text === '') reject(new CouldNotRun('./vigie up ended before it answered'));
      else resolve(JSON.parse(text) as ControlAnswer);
    });
    socket.on('error', () => {
      rmSync(dirname(path), { recursive: true, force: true }); // left by an `up` that was killed
      reject(notRunning(dataDir));
    });
    socket.write(`${JSON.stringify({ action, site })}\n`);
  });
}

function socketOf(dataDir: string): string {
  try {
    return (JSON.parse(readFileSync(filesOf(dataDir).control, 'utf8')) as { path: string }).path;
  } catch {
    throw notRunning(dataDir);
  }
}

const notRunning = (dataDir: string): CouldNotRun =>
  new CouldNotRun(`no ./vigie up runs on ${dataDir}: start one, or name its folder with --data`);
