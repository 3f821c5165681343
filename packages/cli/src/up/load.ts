// Who reports to the sites of an `up`: a simulated fleet, or recorded tracks. Separate from the supervisor, which knows no persons.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type Source, feed, fleet, startLoad as startReporting } from '@vigie/sim';
import { CouldNotRun } from '../process/could-not-run.ts';
import type { Cluster } from './cluster.ts';
import { filesOf } from './layout.ts';

export type LoadOptions = {
  readonly persons: number;
  readonly feed?: string | undefined;
  readonly speed: number;
};

export type Load = {
  /** Device id to bearer token, for access.json. */
  readonly devices: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

/** The country of the demonstration is the same at every start. */
const SEED = 1;

/** Before anything is started. The tracks are read twice, as their times are moved to when they are played. */
export function checkLoad({ feed: folder }: Pick<LoadOptions, 'feed'>): void {
  if (folder === undefined) return;
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
    throw new CouldNotRun(`--feed: there is no folder ${folder}`);
  try {
    feed({ dir: folder, seed: SEED, startMs: Date.now() });
  } catch (cause) {
    throw new CouldNotRun(`--feed: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

export async function startLoad(cluster: Cluster, options: LoadOptions, say: (line: string) => void): Promise<Load> {
  const known = knownDevices(cluster.dataDir);
  if (options.feed === undefined && options.persons === 0) return { devices: known, stop: async () => {} };
  const source = sourceOf(options, say);
  say(`writing ${source.cases.length} cases`);
  return startReporting({
    access: { urls: cluster.urls, tokens: cluster.tokens },
    source,
    speed: options.speed,
    knownDevices: known,
    say,
  });
}

function sourceOf(options: LoadOptions, say: (line: string) => void): Source {
  const startMs = Date.now();
  if (options.feed === undefined) return fleet({ seed: SEED, persons: options.persons, startMs });
  const tracks = feed({ dir: options.feed, seed: SEED, startMs });
  for (const { file, line, reason } of tracks.bad.slice(0, 20)) say(`${file} line ${line} is left out: ${reason}`);
  if (tracks.bad.length > 20) say(`${tracks.bad.length - 20} more lines are left out`);
  return tracks;
}

/** Tokens that an earlier `up` on the same data was given; their cases are in the log. */
function knownDevices(dataDir: string): Readonly<Record<string, string>> {
  const { access } = filesOf(dataDir);
  if (!existsSync(access)) return {};
  const { tokens } = JSON.parse(readFileSync(access, 'utf8')) as { tokens?: { devices?: Record<string, string> } };
  return tokens?.devices ?? {};
}
