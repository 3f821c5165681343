// What the conformance suite needs of two connected sites, whatever their logs are made of.
import type { SiteId } from '@vigie/model';
import type { RotationDoor, SiteLog } from '../types.ts';

export interface TwoSites {
  /** Opens a log as a site process does; the log server runs already. */
  open(site: SiteId): Promise<SiteLog & RotationDoor>;
  cut(from?: SiteId): void;
  heal(): void;
  stopServer(site: SiteId): Promise<void>;
  startServer(site: SiteId): Promise<void>;
  /** The stopped server's disk is empty when it starts again. */
  loseDisk(site: SiteId): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 5;

/** Asks until the answer is true; names what was waited for when it does not come. */
export async function eventually(what: string, ask: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
