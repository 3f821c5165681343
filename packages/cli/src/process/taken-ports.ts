// Which of some ports are taken, and by whom: said before anything starts.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { commandOf } from './identity.ts';

export type TakenPort = { readonly port: number; readonly pid: number | undefined; readonly command: string };

export async function takenPorts(ports: readonly number[]): Promise<TakenPort[]> {
  const taken: TakenPort[] = [];
  for (const port of ports) {
    if (await isFree(port)) continue;
    const pid = holderOf(port);
    taken.push({ port, pid, command: pid === undefined ? '' : commandOf(pid) });
  }
  return taken;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(new Error(`port ${port} cannot be used: ${error.message}`, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The process that listens on a port; undefined when the system does not say (another user's process, for instance). */
function holderOf(port: number): number | undefined {
  return process.platform === 'linux' ? holderByProc(port) : holderByLsof(port);
}

const LISTEN = '0A';

function holderByProc(port: number): number | undefined {
  const inodes = new Set<string>();
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of linesOf(table)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(wanted) === true && fields[3] === LISTEN && fields[9] !== undefined)
        inodes.add(`socket:[${fields[9]}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of namesIn('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of namesIn(`/proc/${pid}/fd`)) {
      if (inodes.has(targetOf(`/proc/${pid}/fd/${fd}`))) return Number(pid);
    }
  }
  return undefined;
}

function holderByLsof(port: number): number | undefined {
  try {
    const pid = execFileSync('lsof', ['-t', '-n', '-P', '-sTCP:LISTEN', `-iTCP:${port}`], { encoding: 'utf8' });
    return Number(pid.split('\n')[0]) || undefined;
  } catch {
    return undefined;
  }
}

// A process may end, or belong to somebody else, while its folder is read: then it holds nothing that we can name.
function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
