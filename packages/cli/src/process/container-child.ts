// The same programs, each in a container of its own: another process that cannot outlive us, by testcontainers' own reaper. They run
// from this checkout, mounted at its own path, on the host's network, so that ports, paths and the line between the sites are those of
// processes; the image gives only the system's libraries.
import { createWriteStream, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type * as Testcontainers from 'testcontainers';
import type { Child, ChildSpec, Exit, Launch } from './child.ts';
import { repositoryRoot } from './repository-root.ts';
import { until } from './until.ts';

/** Any image with glibc and util-linux. */
const IMAGE = 'debian:13-slim';

const drillImage = (): string => process.env['VIGIE_DRILL_IMAGE'] ?? IMAGE;

/** How programs are launched in containers; a sentence when no engine answers, or it cannot run the image. */
export async function containerLaunch(dataDir: string): Promise<Launch | { readonly why: string }> {
  const containers = await import('testcontainers');
  try {
    await containers.getContainerRuntimeClient();
  } catch {
    return { why: 'no container engine answers' };
  }
  const launch: Launch = (spec) => startContainer(containers, spec, dataDir);
  try {
    const probe = await launch({ name: 'probe', command: process.execPath, args: ['--version'], logFile: '/dev/null' });
    const { code } = await probe.exited;
    return code === 0 ? launch : { why: `a container of ${drillImage()} does not run Node (exit code ${code})` };
  } catch (cause) {
    return {
      why: `a container of ${drillImage()} cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`,
    };
  }
}

/** Loaded only where somebody drills: it takes seconds. */
type Containers = typeof Testcontainers;

async function startContainer(containers: Containers, spec: ChildSpec, dataDir: string): Promise<Child> {
  const { GenericContainer, StartupCheckStrategy, getContainerRuntimeClient } = containers;
  /** Whether it serves is asked by whoever starts it, as of a process. */
  class Started extends StartupCheckStrategy {
    checkStartupState = async () => 'SUCCESS' as const;
  }
  const log = createWriteStream(spec.logFile, { flags: 'a' });
  const [entry = spec.command, ...rest] = [...(spec.prefix ?? []), spec.command, ...spec.args];
  const started = await new GenericContainer(drillImage())
    .withEntrypoint([entry])
    .withCommand(rest)
    .withEnvironment({ ...definedOf(spec.env), PATH: process.env['PATH'] ?? '' })
    .withNetworkMode('host')
    .withBindMounts(mountsOf(spec, dataDir))
    .withWaitStrategy(new Started())
    .withLogConsumer((stream) => stream.pipe(log))
    .withAutoRemove(false)
    .start();
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(started.getId());
  const { State } = await client.container.inspect(container);
  let exit: Exit | undefined;
  const exited = container.wait().then(async ({ StatusCode }: { StatusCode: number }): Promise<Exit> => {
    await client.container.remove(container, { removeVolumes: true });
    // The engine gives what a shell would: 128 and the number of the signal.
    exit =
      StatusCode > 128
        ? { code: null, signal: SIGNALS[StatusCode - 128] ?? 'SIGKILL' }
        : { code: StatusCode, signal: null };
    return exit;
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (exit !== undefined) return;
    // It may have ended meanwhile; then there is nothing left to signal.
    container.kill({ signal }).catch(() => undefined);
  };
  return {
    name: spec.name,
    pid: State.Pid,
    ownPid: 1,
    logFile: spec.logFile,
    exited,
    exit: () => exit,
    kill,
    stop: async (signal, graceMs) => {
      kill(signal);
      const gone = await until(() => exit, graceMs);
      if (gone !== undefined) return gone;
      kill('SIGKILL');
      return exited;
    },
  };
}

const SIGNALS: Readonly<Record<number, NodeJS.Signals>> = { 2: 'SIGINT', 9: 'SIGKILL', 15: 'SIGTERM' };

/** At their own paths: the checkout and the programs to read, the data to write. */
function mountsOf({ command }: ChildSpec, dataDir: string) {
  const read = new Set([repositoryRoot(), dirname(realpathSync(process.execPath)), ...realDirsOf(command)]);
  return [
    ...[...read].map((path) => ({ source: path, target: path, mode: 'ro' as const })),
    { source: dataDir, target: dataDir, mode: 'rw' as const },
  ];
}

function realDirsOf(command: string): string[] {
  if (!command.startsWith('/')) return [];
  return [dirname(command), dirname(realpathSync(command))];
}

const definedOf = (env: ChildSpec['env'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
