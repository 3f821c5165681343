// Zones that many orders share: on the map with their names, and to choose from in an order. They hold no personal data.
import type { Page, SharedZoneView } from '@vigie/api/contract';
import { useEffect, useState } from 'react';
import { readAll } from '../client/pages.ts';
import { pause } from '../client/pause.ts';
import { useClient, useDesk } from './desk-context.ts';

/** As many as the sites hold at most. */
const SHARED_ZONES_MAX = 10_000;
/** A school that moves is no emergency; a reading that got no answer is tried again sooner. */
const READ_EVERY_MS = 60_000;
const RETRY_MS = 5_000;
const none: readonly SharedZoneView[] = [];

export function useSharedZones(): readonly SharedZoneView[] {
  const client = useClient();
  const site = useDesk((state) => state.link.at);
  const [zones, setZones] = useState(none);
  useEffect(() => {
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const answer = await readAll<SharedZoneView>(
          (rest) => client.call<Page<SharedZoneView>>(`/v1/zones?limit=1000${rest}`),
          SHARED_ZONES_MAX,
        );
        if (stop.signal.aborted) return;
        if (answer.kind === 'ok') setZones(answer.items.length === 0 ? none : answer.items);
        await pause(answer.kind === 'unreachable' ? RETRY_MS : READ_EVERY_MS, stop.signal);
      }
    };
    void read();
    return () => stop.abort();
    // Anew at once when the console moves to the other site.
  }, [client, site]);
  return zones;
}
