// What both sites show at the end. Tracks are asked for again until everything acknowledged is there or the time is over:
// projections follow the log.
import { SITES, type SiteId } from '@vigie/model';
import { type Sites, nowMs } from '@vigie/sim';
import type { History, IncidentRecord, TrackRecord } from './history.ts';

const DAY_MS = 86_400_000;
const READING_MAX = 8;
const AGAIN_MS = 1_000;
const PAGE = 200;
/** More than one drill can open. */
const INCIDENT_PAGES_MAX = 500;

export async function readBack(sites: Sites, history: History, untilMs: number): Promise<void> {
  const acknowledged = new Map<string, number>();
  for (const { device, ackMs } of history.reports)
    acknowledged.set(device, (acknowledged.get(device) ?? 0) + (ackMs === null ? 0 : 1));
  const tracks: TrackRecord[] = [];
  const left = SITES.flatMap((site) => [...acknowledged].map(([device, count]) => ({ site, device, count })));
  await Promise.all(
    Array.from({ length: READING_MAX }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        let track = await trackAt(sites, next.site, next.device);
        while (track.points.length < next.count && nowMs() < untilMs) {
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
          track = await trackAt(sites, next.site, next.device);
        }
        tracks.push(track);
      }
    }),
  );
  history.tracks = tracks;
  do {
    history.incidents = (await Promise.all(SITES.map((site) => incidentsAt(sites, site, acknowledged)))).flat();
    if (areShown(history)) break;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  } while (nowMs() < untilMs);
}

/** Every breach is there at both sites, and nothing is provisional any more. */
function areShown({ breaches, incidents }: History): boolean {
  const shown = new Set(incidents.map(({ site, caseId, openedAt }) => `${site} ${caseId} ${openedAt}`));
  return (
    incidents.every(({ provisional }) => !provisional) &&
    breaches.every(({ device, at }) => SITES.every((site) => shown.has(`${site} ${device} ${at}`)))
  );
}

interface Track {
  readonly features: readonly {
    readonly geometry: { readonly coordinates: readonly [number, number] };
    readonly properties: { readonly at: string };
  }[];
}

/** A site that cannot be read shows nothing: whatever it acknowledged is not there. */
async function trackAt(sites: Sites, site: SiteId, device: string): Promise<TrackRecord> {
  const [from, to] = [-DAY_MS, DAY_MS].map((ms) => new Date(Date.now() + ms).toISOString());
  const path = `/v1/cases/${device}/track?from=${from}&to=${to}`;
  const track = await sites.read<Track>(site, path).catch(() => undefined);
  const points = (track?.features ?? []).map(
    ({ geometry, properties }) =>
      [Date.parse(properties.at), geometry.coordinates[1], geometry.coordinates[0]] as const,
  );
  return { kind: 'track', site, device, points };
}

interface Page {
  readonly items: readonly {
    readonly incidentId: string;
    readonly caseId: string;
    readonly kind: string;
    readonly openedAt: string;
    readonly certainty: string;
    readonly provisional: boolean;
  }[];
  readonly next: string | null;
}

async function incidentsAt(sites: Sites, site: SiteId, ours: ReadonlyMap<string, unknown>): Promise<IncidentRecord[]> {
  const incidents: IncidentRecord[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < INCIDENT_PAGES_MAX; pages++) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after === null ? {} : { after }) });
    const path = `/v1/incidents?${query.toString()}`;
    const page: Page | undefined = await sites.read<Page>(site, path).catch(() => undefined);
    if (page === undefined) break;
    for (const { incidentId, caseId, kind, openedAt, certainty, provisional } of page.items) {
      if (kind !== 'exclusion' || !ours.has(caseId)) continue;
      incidents.push({
        kind: 'incident',
        site,
        incidentId,
        caseId,
        openedAt: Date.parse(openedAt),
        certainty,
        provisional,
      });
    }
    after = page.next;
    if (after === null) break;
  }
  return incidents;
}
