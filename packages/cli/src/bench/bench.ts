// The measurements of `./vigie bench`: each prints one JSON object with its figures and the baseline measured in the same run.

export interface Bench {
  readonly name: string;
  readonly about: string;
  /** `say` is for progress; the answer is what is printed. */
  run(say: (line: string) => void): Promise<object>;
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
];
