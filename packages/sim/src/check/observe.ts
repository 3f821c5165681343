// What two running sites say of themselves: incidents, settling, digests, events as they arrive.
import { SITES, type SiteId } from '@vigie/model';
import { EventStream } from '../client/event-stream.ts';
import type { Sites } from '../client/sites.ts';
import { nowMs } from '../play/player.ts';
import type { ShownIncident } from './compare.ts';

interface IncidentItem {
  readonly incidentId: string;
  readonly caseId: string;
  readonly ruleId: string;
  readonly kind: string;
  readonly certainty: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly provisional: boolean;
}
export interface ClusterAnswer {
  readonly incidents?: readonly { readonly kind: string }[];
  readonly logFormat?: string;
  readonly alone?: boolean;
  readonly settledBehindMs: number;
  readonly peer: { readonly joined: boolean };
  /** Null before the first settled second. */
  readonly digest: { readonly position: string; readonly value: string; readonly equal: boolean | null } | null;
}

const PAGE = 200;
/** A site that shows more incidents than this is not in a check. */
const INCIDENTS_MAX = 100_000;

export interface ShownAtSite {
  readonly standing: readonly ShownIncident[];
  readonly provisional: number;
}

/** Place incidents that stand, of cases that `isOurs` knows. */
export async function incidentsAt(
  sites: Sites,
  site: SiteId,
  isOurs: (caseId: string) => boolean,
): Promise<ShownAtSite> {
  const standing: ShownIncident[] = [];
  let provisional = 0;
  let after: string | null = null;
  let read = 0;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after === null ? {} : { after }) });
    const page: { items: IncidentItem[]; next: string | null } = await sites.read(
      site,
      `/v1/incidents?${query.toString()}`,
    );
    for (const item of page.items) {
      if (!isOurs(item.caseId) || (item.kind !== 'exclusion' && item.kind !== 'inclusion')) continue;
      if (item.provisional) provisional++;
      if (item.certainty === 'withdrawn' || item.certainty === 'refuted') continue;
      standing.push({
        incidentId: item.incidentId,
        caseId: item.caseId,
        ruleId: item.ruleId,
        openedAtMs: Date.parse(item.openedAt),
        closedAtMs: item.closedAt === null ? undefined : Date.parse(item.closedAt),
      });
    }
    read += page.items.length;
    after = page.next;
  } while (after !== null && read < INCIDENTS_MAX);
  return { standing, provisional };
}

/** First arrival of each opening at each site's event stream. */
export class Arrivals {
  readonly #streams: readonly EventStream[];
  readonly #at: Readonly<Record<SiteId, Map<string, number>>> = { noirmont: new Map(), delemont: new Map() };
  /** Every event id seen at each site. */
  readonly ids: Readonly<Record<SiteId, Set<string>>> = { noirmont: new Set(), delemont: new Set() };

  constructor(sites: Sites) {
    this.#streams = SITES.map(
      (site) =>
        new EventStream({
          url: sites.access.urls[site],
          token: sites.access.tokens.operator,
          nowMs,
          onEvent: (event, atMs) => {
            this.ids[site].add(event.id);
            const { incident } = event.data;
            if (incident === undefined || incident === null) return;
            const key = openingKey(incident.caseId, incident.ruleId, Date.parse(incident.openedAt));
            if (!this.#at[site].has(key)) this.#at[site].set(key, atMs);
          },
        }),
    );
  }
  async opened(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('an event stream did not open')), timeoutMs);
    });
    try {
      await Promise.race([Promise.all(this.#streams.map(({ opened }) => opened)), late]);
    } finally {
      clearTimeout(timer);
    }
  }
  at(site: SiteId, caseId: string, ruleId: string, openedAtMs: number): number | undefined {
    return this.#at[site].get(openingKey(caseId, ruleId, openedAtMs));
  }
  stop(): void {
    for (const stream of this.#streams) stream.stop();
  }
}

const openingKey = (caseId: string, ruleId: string, openedAtMs: number): string => `${caseId} ${ruleId} ${openedAtMs}`;

const SAMPLE_MS = 250;

/** Looks at both sites' settling every quarter of a second until stopped; a site that does not answer is passed over. */
export class SettlingSamples {
  readonly values: number[] = [];
  #timer: NodeJS.Timeout;

  constructor(sites: Sites) {
    this.#timer = setInterval(() => {
      for (const site of SITES) {
        sites.read<ClusterAnswer>(site, '/v1/cluster').then(
          ({ settledBehindMs }) => this.values.push(settledBehindMs),
          () => undefined,
        );
      }
    }, SAMPLE_MS);
  }
  stop(): void {
    clearInterval(this.#timer);
  }
}

const POLL_MS = 100;

/**
 * Waits until both sites show the same digest of settled state at one position of log time after `afterMs`. False: they differ
 * there. Undefined: no common position came in time.
 */
export async function digestsAfter(sites: Sites, afterMs: number, untilMs: number): Promise<boolean | undefined> {
  const seen: Record<SiteId, Map<string, string>> = { noirmont: new Map(), delemont: new Map() };
  while (nowMs() < untilMs) {
    for (const site of SITES) {
      const answer = await sites.read<ClusterAnswer>(site, '/v1/cluster').catch(() => undefined);
      if (answer === undefined || answer.digest === null) continue;
      const { position, value } = answer.digest;
      if (secondsOf(position) * 1000 > afterMs) seen[site].set(position, value);
    }
    for (const [position, value] of seen.noirmont) {
      const other = seen.delemont.get(position);
      if (other !== undefined) return other === value;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return undefined;
}

/** A position of digests is a whole second of log time, as seconds since the epoch or as a date-time. */
function secondsOf(position: string): number {
  const seconds = Number(position);
  return Number.isFinite(seconds) && position !== '' ? seconds : Date.parse(position) / 1000;
}
