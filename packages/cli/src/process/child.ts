// A child process that cannot outlive us: on Linux the kernel kills it when we die, however we die. Its output goes to a file.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

export type ChildSpec = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly logFile: string;
  /** Replaces the guard that ends the child with us; it must do the same. */
  readonly prefix?: readonly string[] | undefined;
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Child = {
  readonly name: string;
  /** As this machine numbers it. */
  readonly pid: number;
  /** As it knows itself, where that is another number. */
  readonly ownPid?: number;
  readonly logFile: string;
  readonly exited: Promise<Exit>;
  /** The exit, once it happened. */
  exit(): Exit | undefined;
  /** Asks with `signal`, insists with SIGKILL after `graceMs`, and returns when the process is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
};

/** How a program becomes a child: a process, or a container. */
export type Launch = (spec: ChildSpec) => Promise<Child>;

/** Ends with us on systems where the kernel does not see to it; a plain exit of ours takes this path everywhere. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startChild(spec: ChildSpec): Promise<Child> {
  const log = openSync(spec.logFile, 'a');
  const [command, args] = guarded(spec);
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } finally {
    closeSync(log);
  }
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${spec.name} has no process id`);
  running.add(child);
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      exit = { code, signal };
      resolve(exit);
    });
  });
  return {
    name: spec.name,
    pid,
    logFile: spec.logFile,
    exited,
    exit: () => exit,
    kill: (signal) => {
      if (exit === undefined) child.kill(signal);
    },
    stop: async (signal, graceMs) => {
      if (exit === undefined) child.kill(signal);
      const gone = await until(() => exit, graceMs);
      if (gone !== undefined) return gone;
      child.kill('SIGKILL');
      return exited;
    },
  };
}

function guarded(spec: ChildSpec): [string, string[]] {
  const [command, ...args] = [...(spec.prefix ?? guard()), spec.command, ...spec.args];
  return [command as string, args];
}

/**
 * What to put before a command so that the kernel ends it with us: `setpriv` (util-linux), which replaces itself by the command, so
 * that the process id stays the command's own. Empty where there is none.
 */
export function guard(): readonly string[] {
  return hasSetpriv() ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
}

let setpriv: boolean | undefined;

function hasSetpriv(): boolean {
  setpriv ??= probeSetpriv();
  return setpriv;
}

function probeSetpriv(): boolean {
  try {
    // Busybox has a setpriv without --pdeathsig.
    execFileSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The last lines of a child's log, for messages to people. */
export function lastLines(file: string, count = 12): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return `(${file} cannot be read)`;
  }
}
