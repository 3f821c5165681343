// A process id may be given to another process later; with the time it started it names one process for good.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type ProcessId = { readonly pid: number; readonly startedAt: string };

/** Undefined when no such process runs. A zombie does not run. */
export function identify(pid: number): ProcessId | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may hold anything; the fields after it are state (3rd) ... start time (22nd).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return { pid, startedAt: fields[19] ?? '' };
    }
    const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim();
    return startedAt === '' ? undefined : { pid, startedAt };
  } catch {
    return undefined; // no such process
  }
}

export function stillRuns(process: ProcessId): boolean {
  return identify(process.pid)?.startedAt === process.startedAt;
}

/** The command line of a process, for people; empty when it cannot be read. */
export function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return shortened(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
    return execFileSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' })
      .trim()
      .slice(0, 120);
  } catch {
    return '';
  }
}

/** The program's name without its folder, and the beginning of its arguments. */
function shortened(command: string): string {
  const [program = '', ...args] = command.trim().split(' ');
  const line = [program.slice(program.lastIndexOf('/') + 1), ...args].join(' ');
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`;
}
