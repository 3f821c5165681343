// This site's Postgres: schema, projector, reader. The site starts and detects without it; whatever needs rows waits for it.
import { ProjectionReader, type ProjectionSource, Projector, dropProjections, migrate } from '@vigie/projections';
import type { Rebuild } from './divergence.ts';
import type { Note } from './operating-log.ts';
import type { Settings } from './settings.ts';

const MIGRATE_RETRY_MS = 1_000;

export interface SiteProjections {
  readonly projector: Projector;
  readonly reader: ProjectionReader;
  /** True once the schema is there and the projector runs. */
  readonly ready: () => boolean;
  close(): Promise<void>;
}

/** `rebuilds`: rows were made from what is no longer trusted; they go before any is written or read. */
export function siteProjections(
  settings: Settings,
  source: ProjectionSource,
  note: Note,
  rebuilds: readonly Rebuild[],
): SiteProjections {
  const reader = new ProjectionReader({
    url: settings.pgAppUrl,
    site: settings.site,
    onFault: (detail, cause) => note('error', detail, cause),
  });
  const projector = new Projector({
    source,
    url: settings.pgOwnerUrl,
    onFault: (fault) => note('error', fault.detail, fault.cause),
  });
  const stop = new AbortController();
  let ready = false;
  const starting = (async () => {
    while (!stop.signal.aborted) {
      try {
        if (rebuilds.length > 0) await dropProjections(settings.pgOwnerUrl);
        await migrate(settings.pgOwnerUrl);
        for (const rebuild of rebuilds) await rebuild.done();
        ready = true;
        projector.start();
        return;
      } catch (cause) {
        note('error', 'the database cannot be brought to the present schema; trying again', cause);
        await pause(MIGRATE_RETRY_MS, stop.signal);
      }
    }
  })();
  return {
    projector,
    reader,
    ready: () => ready,
    close: async () => {
      stop.abort();
      await starting;
      await projector.close();
      await reader.close();
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
