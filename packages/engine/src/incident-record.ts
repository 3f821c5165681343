// An incident while the fold works on it. `toIncident` is what others see; `toJson` and `fromJson` are what snapshots keep.
import type {
  Channel,
  IncidentKind,
  IncidentPlace,
  IncidentStatus,
  Json,
  Lane,
  LogTimeUs,
  Reason,
  ReceiptOutcome,
  SiteId,
} from '@vigie/model';
import { type Ladder, nextClimbAt } from './ladder.ts';
import type { Shelf } from './shelf.ts';
import type { Switched } from './switched.ts';
import type { Incident } from './types.ts';

interface Mark {
  readonly step: string;
  readonly by: string;
  readonly t: LogTimeUs;
  readonly entryId: string;
  readonly note?: string;
  readonly code?: string;
}

/** One event on its way to one receiver (D3). */
export interface Delivery {
  readonly step: string;
  readonly receiver: string;
  readonly channel: Channel;
  /** The latest turn, and the site that took it. */
  readonly turn: number;
  readonly site: SiteId;
  readonly attemptAt: LogTimeUs;
  readonly outcome?: ReceiptOutcome;
  readonly outcomeAt?: LogTimeUs;
  readonly tries?: number;
}

export interface IncidentRecord {
  incidentId: string;
  aliases: string[];
  /** Rule instance, kind and device: episodes of one scope never overlap. */
  readonly scope: string;
  readonly ruleId: string;
  readonly deviceId: string;
  readonly kind: IncidentKind;
  status: IncidentStatus;
  certainty: Incident['certainty'];
  lane: Lane;
  openedAtMs: number;
  /** -1 = still open. */
  closedAtMs: number;
  raisedAt: LogTimeUs;
  signals: number;
  reason: Reason;
  heldBy: string;
  history: Mark[];
  published: string[];
  /** Absent where nobody is called. */
  ladder?: Ladder;
  /** Absent unless it is set aside, or that was asked for. */
  shelf?: Shelf;
  /** The last switch of its rule that concerned it; absent = none did. */
  switched?: Switched;
  /** How often it came back by itself; absent = never. */
  shelvesEnded?: number;
  /** Absent until somebody is told of it. */
  deliveries?: readonly Delivery[];
  /** As its latest event that says so; absent: none does. */
  place?: IncidentPlace;
}

export function toIncident(r: IncidentRecord): Incident {
  return {
    incidentId: r.incidentId,
    aliases: [...r.aliases],
    ruleId: r.ruleId,
    kind: r.kind,
    status: r.status,
    certainty: r.certainty,
    lane: r.lane,
    openedAtMs: r.openedAtMs,
    ...(r.closedAtMs >= 0 ? { closedAtMs: r.closedAtMs } : {}),
    raisedAt: r.raisedAt,
    signals: r.signals,
    reason: r.reason,
    ...(r.heldBy !== '' ? { heldBy: r.heldBy } : {}),
    history: [...r.history],
    published: [...r.published],
    ...(r.ladder === undefined ? {} : { escalation: escalationOf(r, r.ladder) }),
    ...(r.shelf === undefined ? {} : { shelf: r.shelf }),
    ...(r.switched === undefined ? {} : { switched: r.switched }),
    ...(r.shelvesEnded === undefined ? {} : { shelvesEnded: r.shelvesEnded }),
    ...(r.deliveries === undefined ? {} : { deliveries: r.deliveries }),
    ...(r.place === undefined ? {} : { place: r.place }),
  };
}

function escalationOf(r: IncidentRecord, { level, climb }: Ladder): NonNullable<Incident['escalation']> {
  const nextAt = nextClimbAt(r);
  return { level, climb, ...(nextAt === undefined ? {} : { nextAt }) };
}

/** The record itself: to be written out at once. */
export const toJson = (r: IncidentRecord): Json => r as unknown as Json;
export const fromJson = (json: Json): IncidentRecord => json as unknown as IncidentRecord;

/** The stretch of time an incident covers, for deciding whether an episode is the same one. A taken-back one keeps its beginning. */
export function overlaps(r: IncidentRecord, fromMs: number, toMs: number): boolean {
  const end = r.closedAtMs < 0 ? Number.POSITIVE_INFINITY : r.closedAtMs;
  return r.openedAtMs < toMs && (end > fromMs || r.openedAtMs === fromMs);
}
