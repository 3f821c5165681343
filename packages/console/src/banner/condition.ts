// What the banner says, from what is known: a pure reading of link and cluster, so that every situation can be tested.
import type { ClusterView, OperatingIncidentKind, RuleOff, SiteId } from '@vigie/api/contract';
import type { Link } from '../client/failover.ts';

/** Settling slower than this while joined is worth a sentence, in milliseconds. */
export const SETTLING_SLOW_MS = 5_000;

/** A site is lost for a moment in every move; only past this does the banner say that neither answers, in milliseconds. */
export const LOST_TOLD_MS = 3_500;

/** Once the left site is back, what was said of the move goes after this long, in milliseconds. */
export const MOVE_TOLD_MS = 120_000;

export type Tone = 'good' | 'notice' | 'bad';

/** Operating incidents that have a sentence of their own; that the other site is not heard is said as such. */
export type ToldIncident = Exclude<OperatingIncidentKind, 'site-not-heard'>;

/** Sentences under the banner, the gravest first. */
export type Note =
  | { readonly kind: 'lost'; readonly sinceMs: number }
  | { readonly kind: 'differs' }
  /** Something is wrong with the system of the site itself. */
  | { readonly kind: 'system'; readonly what: ToldIncident }
  | { readonly kind: 'apart'; readonly peer: SiteId }
  | { readonly kind: 'reads'; readonly site: SiteId }
  | { readonly kind: 'moved'; readonly from: SiteId; readonly to: SiteId; readonly backAgain: boolean }
  | { readonly kind: 'left'; readonly peer: SiteId }
  | { readonly kind: 'doubted'; readonly site: SiteId }
  | { readonly kind: 'rulesOff'; readonly rules: readonly RuleOff['rule'][] }
  | { readonly kind: 'settling'; readonly behindMs: number };

export interface Condition {
  readonly tone: Tone;
  readonly peerState: 'joined' | 'apart' | 'left' | 'unknown';
  readonly notes: readonly Note[];
}

const GRAVE: ReadonlySet<Note['kind']> = new Set(['lost', 'differs', 'system']);
const NOTABLE: ReadonlySet<Note['kind']> = new Set([
  'apart',
  'reads',
  'moved',
  'left',
  'doubted',
  'rulesOff',
  'settling',
]);

export interface Known {
  readonly link: Link;
  readonly cluster: ClusterView | null;
  readonly readsFail: boolean;
  readonly nowMs: number;
}

export function conditionOf({ link, cluster, readsFail, nowMs }: Known): Condition {
  const notes: Note[] = [];
  const silent = link.health === 'lost' && link.failingSinceMs !== null;
  const lost = silent && nowMs - link.failingSinceMs >= LOST_TOLD_MS;
  if (lost) notes.push({ kind: 'lost', sinceMs: link.failingSinceMs });
  if (cluster?.digest?.equal === false) notes.push({ kind: 'differs' });
  for (const { kind } of cluster?.incidents ?? [])
    if (kind !== 'site-not-heard') notes.push({ kind: 'system', what: kind });
  const rules = (cluster?.rulesOff ?? []).map(({ rule }) => rule);
  if (rules.length > 0) notes.push({ kind: 'rulesOff', rules });
  const peerState =
    silent || cluster === null ? 'unknown' : cluster.peer.left ? 'left' : cluster.peer.joined ? 'joined' : 'apart';
  if (cluster !== null && peerState === 'apart') notes.push({ kind: 'apart', peer: cluster.peer.site });
  if (readsFail && !lost) notes.push({ kind: 'reads', site: link.at });
  const told = link.homeAnswers && nowMs - (link.movedAtMs ?? 0) > MOVE_TOLD_MS;
  if (link.leftBehind !== null && !told)
    notes.push({ kind: 'moved', from: link.leftBehind, to: link.at, backAgain: link.homeAnswers });
  if (cluster !== null && peerState === 'left') notes.push({ kind: 'left', peer: cluster.peer.site });
  if (link.health !== 'heard' && !lost) notes.push({ kind: 'doubted', site: link.at });
  if (peerState === 'joined' && cluster !== null && cluster.settledBehindMs > SETTLING_SLOW_MS) {
    notes.push({ kind: 'settling', behindMs: cluster.settledBehindMs });
  }
  const tone = notes.some((note) => GRAVE.has(note.kind))
    ? 'bad'
    : notes.some((note) => NOTABLE.has(note.kind))
      ? 'notice'
      : 'good';
  return { tone, peerState, notes };
}

/** The newest report by either way, in milliseconds of age; null when none was received. */
export function newestReportAgeMs(cluster: ClusterView): number | null {
  const ages = Object.values(cluster.newestReportAgeMs).filter((age) => age !== null);
  return ages.length === 0 ? null : Math.min(...ages);
}
