// The measurements of `./vigie bench`: each prints one JSON object with its figures and the baseline measured in the same run.

export interface BenchOptions {
  /** How many monitored persons, for those that count in persons. */
  readonly persons?: number;
  /** How many reports, for those that read a log. */
  readonly reports?: number;
  /** Reports of one upload, for the same. */
  readonly perUpload?: number;
  readonly rounds?: number;
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  /** `say` is for progress; the answer is what is printed, and `ok: false` in it ends with exit code 1. */
  run(say: (line: string) => void, options: BenchOptions): Promise<object>;
}

/** In the order of `bench --list`. */
export const BENCHES: readonly Bench[] = [
  {
    name: 'ingest',
    about: 'acknowledged reports a second over HTTP, beside the same uploads on the bare log',
    run: async (say) => {
      const [{ withCluster }, { benchIngest }] = await Promise.all([import('./with-cluster.ts'), import('@vigie/sim')]);
      return withCluster(say, (cluster) =>
        benchIngest({
          access: { urls: cluster.urls, tokens: cluster.tokens },
          nats: {
            server: `127.0.0.1:${cluster.layout.ports.noirmont.nats}`,
            user: 'site',
            password: cluster.secrets.natsSite,
          },
          say,
        }),
      );
    },
  },
  {
    name: 'detect',
    about: 'first attempt to send a report to the incident on the other site, at 1,000 reports a second',
    run: async (say) => {
      const [{ withCluster }, { benchDetect }] = await Promise.all([import('./with-cluster.ts'), import('@vigie/sim')]);
      return withCluster(say, (cluster) =>
        benchDetect({ access: { urls: cluster.urls, tokens: cluster.tokens }, say }),
      );
    },
  },
  {
    name: 'replay',
    about: 'reports a second from the start of a log to settled state, beside bare reading of the same messages',
    run: async (say, { persons = 10_000, reports = 2_000_000, perUpload = 10, rounds = 3 }) => {
      const { benchReplay } = await import('./replay/bench-replay.ts');
      return benchReplay({ persons, reports, perUpload, rounds, say });
    },
  },
  {
    name: 'restart',
    about: 'a site process begins anew with a snapshot of everybody and a tail after it: until it is ready',
    run: async (say, { persons = 100_000, reports = 1_000_000, perUpload = 10, rounds = 3 }) => {
      const { benchRestart } = await import('./replay/bench-restart.ts');
      return benchRestart({ persons, reports, perUpload, rounds, say });
    },
  },
  {
    name: 'geofence',
    about: 'reports per CPU-second through the whole engine, beside two reference designs; verdicts compared',
    run: async (say, { persons = 20_000, rounds = 3 }) => {
      const { runGeofence } = await import('./geofence/run-geofence.ts');
      return runGeofence({ persons, rounds }, say);
    },
  },
  {
    name: 'memory',
    about: 'bytes per person in one engine; size of its snapshot and time to write and load it',
    run: async (say, { persons = 100_000 }) => {
      const { benchMemory } = await import('./geofence/bench-memory.ts');
      return benchMemory({ persons, say });
    },
  },
];
