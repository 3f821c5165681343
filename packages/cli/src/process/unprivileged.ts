// Postgres refuses to run as root. This finds a way to run it as `nobody` from a checkout that `nobody` may not even enter
// (below /root, for instance), without moving or opening anything.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { CouldNotRun } from './could-not-run.ts';

/** What to put in front of a command, and who must own its files; nothing for an ordinary user. */
export type Runner = {
  readonly prefix: readonly string[] | undefined;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
};

const ORDINARY: Runner = { prefix: undefined, owner: undefined };
const PDEATHSIG = ['--pdeathsig', 'KILL'] as const;

let found: Promise<Runner> | undefined;

/** `initdb` is the program that has to run, `dataDir` the folder it has to reach; asked once per process. */
export function unprivilegedRunner(initdb: string, dataDir: string): Promise<Runner> {
  found ??= find(initdb, dataDir);
  return found;
}

async function find(initdb: string, dataDir: string): Promise<Runner> {
  if (process.getuid?.() !== 0) return ORDINARY;
  const { uid, gid } = nobody();
  const problems: string[] = [];
  for (const runner of candidates(uid, gid)) {
    const problem = await tryOut(runner, initdb, dataDir);
    if (problem === undefined) return runner;
    problems.push(problem);
  }
  throw new CouldNotRun(
    'Postgres does not run as root, and could not be started as `nobody` either: run as an ordinary user, or put the checkout and ' +
      `--data where every user may enter and have setpriv (package util-linux). What was tried:\n  ${problems.join('\n  ')}`,
  );
}

function candidates(uid: number, gid: number): Runner[] {
  const asNobody = ['--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups'];
  return [
    {
      // CAP_DAC_OVERRIDE passes closed folders; access(2), by which Postgres looks for its files, heeds it only with this secure bit.
      prefix: [
        'setpriv',
        ...PDEATHSIG,
        ...asNobody,
        '--securebits=+no_setuid_fixup',
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=-all,+dac_override',
        '--',
      ],
      owner: { uid, gid },
    },
    // A container without that capability, or with no second user: a namespace in which our own number shows as that of `nobody`.
    {
      prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--', 'setpriv', ...PDEATHSIG, '--'],
      owner: undefined,
    },
  ];
}

/** Undefined when it works; otherwise the command's own complaint. */
async function tryOut(runner: Runner, initdb: string, dataDir: string): Promise<string | undefined> {
  const [command = '', ...args] = runner.prefix ?? [];
  try {
    // --show finds the server program and prints settings; nothing is made.
    const probe = 'cd "$1" && exec "$2" --show --pgdata="$3"';
    await promisify(execFile)(command, [...args, 'sh', '-c', probe, 'sh', dirname(dataDir), initdb, dataDir]);
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const line = (stderr ?? '').trim().split('\n').at(-1);
    return line === undefined || line === '' ? message : line;
  }
}

function nobody(): { uid: number; gid: number } {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  if (line === null)
    throw new CouldNotRun(
      'Postgres does not run as root, and this system has no user `nobody`: run as an ordinary user',
    );
  return { uid: Number(line[1]), gid: Number(line[2]) };
}
