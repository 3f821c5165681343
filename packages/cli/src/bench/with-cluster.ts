// Both sites, fresh and on free ports, for as long as something is measured on them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../up/cluster.ts';

export async function withCluster<T>(say: (line: string) => void, act: (cluster: Cluster) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const cluster = await startCluster({
    dataDir,
    port: 0,
    fresh: true,
    say,
    onLost: (site, program, pid, exit) =>
      say(`${site} lost its ${program} (process ${pid}, ${exit.signal ?? exit.code})`),
  });
  try {
    return await act(cluster);
  } finally {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
