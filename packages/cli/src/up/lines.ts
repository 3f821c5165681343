// The lines between the sites of an `up`, when they go through this process so that a drill can break them: the leaf connection of
// the log servers, and each site's HTTP requests to the other.
import type { SiteId } from '@vigie/model';
import { type Line, startLine } from '../process/line.ts';
import type { Layout } from './layout.ts';

export type Lines = {
  /** What replaces the direct addresses in the environment of a site's processes. */
  env(site: SiteId, env: Readonly<Record<string, string>>): Record<string, string>;
  /** Drops silently what this site sends to the other, or what both send. */
  cut(from: SiteId | 'both'): void;
  slow(delayMs: number, lossShare: number, random: () => number): void;
  mend(): void;
  stop(): Promise<void>;
};

export async function startLines({ ports }: Layout): Promise<Lines> {
  // By who dials: Delémont's log server dials Noirmont's.
  const leaf = await startLine(ports.noirmont.leaf);
  const http: Record<SiteId, Line> = {
    noirmont: await startLine(ports.delemont.http),
    delemont: await startLine(ports.noirmont.http),
  };
  const dialled: readonly (readonly [SiteId, Line])[] = [
    ['delemont', leaf],
    ['noirmont', http.noirmont],
    ['delemont', http.delemont],
  ];
  return {
    env: (site, env) => {
      const peerLeaf = new URL(env['NATS_PEER_LEAF_URL'] ?? '');
      peerLeaf.port = `${leaf.port}`;
      return { ...env, NATS_PEER_LEAF_URL: peerLeaf.href, PEER_URL: `http://127.0.0.1:${http[site].port}` };
    },
    cut: (from) => {
      for (const [dialler, line] of dialled) {
        if (from === 'both' || from === dialler) line.cut('toTarget');
        if (from === 'both' || from !== dialler) line.cut('fromTarget');
      }
    },
    slow: (delayMs, lossShare, random) => {
      for (const [, line] of dialled) line.slow({ delayMs, lossShare, random });
    },
    mend: () => {
      for (const [, line] of dialled) line.mend();
    },
    stop: async () => {
      await Promise.all(dialled.map(([, line]) => line.stop()));
    },
  };
}
