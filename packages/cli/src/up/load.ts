// Who reports to the sites of an `up`: a simulated fleet, or recorded tracks. Separate from the supervisor, which knows no persons.
import type { Cluster } from './cluster.ts';

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

export async function startLoad(_cluster: Cluster, _options: LoadOptions, _say: (line: string) => void): Promise<Load> {
  return { devices: {}, stop: async () => {} };
}
