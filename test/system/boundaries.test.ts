// Two sites that were given different boundaries, on real processes: both say so, for as long as it is so, and nothing else stops.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from '@vigie/cli';
import { SITES, type SiteId } from '@vigie/model';
import { afterEach, beforeEach, expect, test } from 'vitest';

let cluster: Cluster;
let dataDir: string;
const said: string[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'vigie-boundaries-'));
  cluster = await startCluster({ dataDir, port: 0, say: (line) => said.push(line) });
});
afterEach(async () => {
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface View {
  readonly incidents: readonly { readonly kind: string; readonly detail: string }[];
  readonly peer: { readonly joined: boolean };
  readonly digest: { readonly equal: boolean | null } | null;
}
async function viewOf(site: SiteId): Promise<View> {
  const headers = { authorization: `Bearer ${cluster.tokens.operator}` };
  return (await fetch(`${cluster.urls[site]}/v1/cluster`, { headers })).json() as Promise<View>;
}
const detailAt = async (site: SiteId): Promise<string | undefined> =>
  (await viewOf(site)).incidents.find(({ kind }) => kind === 'boundaries')?.detail;
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}\n${said.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
async function restartWith(site: SiteId, boundariesFile: string): Promise<void> {
  await cluster.stopSite(site);
  cluster.nextStart(site, { env: { BOUNDARIES_FILE: boundariesFile } });
  await cluster.startSite(site);
}

test('[JD2] sites with different boundaries both say so, until both have the same', async () => {
  const boundariesFile = join(dataDir, 'boundaries.geojson');
  const ring = [7, 7.5, 7.5, 7, 7].map((lon, i) => [lon, i === 2 || i === 3 ? 47.5 : 47]);
  const feature = { type: 'Feature', properties: { canton: 'JU' }, geometry: { type: 'Polygon', coordinates: [ring] } };
  writeFileSync(boundariesFile, JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
  expect(await Promise.all(SITES.map(detailAt))).toEqual([undefined, undefined]);
  await restartWith('delemont', boundariesFile);
  await until('said at both', async () =>
    (await Promise.all(SITES.map(detailAt))).every((detail) => detail !== undefined),
  );
  expect(await detailAt('noirmont')).toMatch(/this site has no boundaries, the other site boundaries [0-9a-f]{16}/);
  await until('joined and equal', async () =>
    (await Promise.all(SITES.map(viewOf))).every(({ peer, digest }) => peer.joined && digest?.equal === true),
  );
  await restartWith('noirmont', boundariesFile);
  await until('over at both', async () =>
    (await Promise.all(SITES.map(detailAt))).every((detail) => detail === undefined),
  );
});
