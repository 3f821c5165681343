// Which event entries this site owes (D1-D3): `early` as soon as live raises an incident, `escalated` as soon as live says that the
// next level is due, `confirmed` and what follows once settled says so. The owner acts at once; the other site when it has waited 2 s for it in vain, whatever the cause.
import type { CaseView, Incident } from '@vigie/engine';
import type { EventType, IncidentEvent, IncidentPlace, SiteId } from '@vigie/model';
import { siteRank } from '@vigie/model';
import { type Timing, nowMs } from './timing.ts';

/** D3: how long the other site waits for the owner, from its own live raising. */
export const TAKEOVER_AFTER_MS = 2_000;
/**
 * D2: an incident is named after the report that opens it. While the report before that one is not known here, the other site may know an
 * earlier opening, and tell it under that name: so the owner waits this long for the rest before it tells its own. Well within the second
 * in which an alarm must be out.
 */
export const OPENING_WAIT_MS = 400;
/** An append that failed is tried again after this. */
const AGAIN_AFTER_MS = 250;

export interface OwedEvent {
  readonly kind: 'event';
  readonly measure: string;
  readonly event: IncidentEvent;
}

export type PlaceOf = (lonE7: number, latE7: number) => IncidentPlace;

export interface DutiesOptions {
  readonly site: SiteId;
  readonly timing: Timing;
  /** The case as live has it. */
  readonly view: (measure: string) => CaseView | undefined;
  /** This site has left: what comes up is the other one's to see to, and is looked at again after the return. */
  readonly rests?: () => boolean;
  /** The other site is away: this one owns every case. */
  readonly ownsAll?: () => boolean;
  /** False: a report before those that opened the incident is missing here. */
  readonly isOpeningKnown: (measure: string, incident: Incident) => boolean;
  /** In whose territory a fix lies; absent: this site was given no boundaries. */
  readonly placeOf?: PlaceOf | undefined;
  /** Called when the owner begins to wait for such a report. */
  readonly onOpeningMissed?: () => void;
  /** True while live of the case has gone further than settled. */
  readonly isAhead: (measure: string) => boolean;
  /** Appends all of them in one entry; false: not stored, or not known to be. Never throws. */
  readonly append: (events: readonly OwedEvent[]) => Promise<boolean>;
}

type Stage = 'live' | 'settled';

interface Awaited {
  readonly measure: string;
  /** When this site first saw it owed; undefined: an append that failed. */
  readonly sinceMs: number | undefined;
  /** Looked at again then. */
  readonly atMs: number;
}

export class Duties {
  readonly #o: DutiesOptions;
  /** `<incidentId>/<step>` appended by this site and not read back yet: never two of the same. */
  readonly #underway = new Set<string>();
  #owed: OwedEvent[] = [];
  /** Events that the owner is waited for, or whose append has to be repeated, by id. */
  readonly #awaited = new Map<string, Awaited>();
  /** Cases to look at once this site knows what was told before it started. */
  readonly #later = new Set<string>();
  /** The last settled view of cases with unsettled items; others are settled as live has them. */
  readonly #settledViews = new Map<string, CaseView>();
  #enabled = false;
  #timer: (() => void) | undefined;
  #timerAtMs = 0;

  constructor(o: DutiesOptions) {
    this.#o = o;
  }

  /** Events for which this site waits for the owner, or retries. */
  get waiting(): number {
    return this.#awaited.size;
  }

  /** What was raised long ago and published since then is not owed: only from here on is it known what was. */
  enable(): void {
    this.#enabled = true;
    const measures = [...this.#later];
    this.#later.clear();
    for (const measure of measures) {
      const view = this.#o.view(measure);
      if (view === undefined) continue;
      this.live(view);
      this.#lookSettled(view);
    }
    this.flush();
  }

  /** What other cases come to meanwhile is looked at when it is enabled again. */
  holdBack(): void {
    this.#enabled = false;
    this.#timer?.();
    this.#timer = undefined;
    for (const { measure } of this.#awaited.values()) this.#later.add(measure);
    this.#awaited.clear();
  }

  /** The incidents of a case have changed in live. */
  live(view: CaseView): void {
    this.#look(view, view, 'live');
  }
  /** Settled state of a case has moved on: `ahead` = live has gone further. */
  settled(view: CaseView, ahead: boolean): void {
    if (ahead) this.#settledViews.set(view.measure, view);
    else this.#settledViews.delete(view.measure);
    this.#look(view, ahead ? (this.#o.view(view.measure) ?? view) : view, 'settled');
  }

  /** An event entry was read back: from here on the fold knows that it is published. */
  landed(id: string): void {
    this.#underway.delete(id);
    this.#awaited.delete(id);
  }

  /** Appends what has come up since the last call, in one entry. */
  flush(): void {
    const owed = this.#owed;
    if (owed.length === 0) return;
    this.#owed = [];
    void this.#o.append(owed).then((stored) => {
      if (stored) return;
      for (const { measure, event } of owed) {
        this.#underway.delete(idOf(event));
        this.#await(idOf(event), measure, undefined, AGAIN_AFTER_MS);
      }
    });
  }
  /** Looks at what came up while this site rested. */
  resume(): void {
    if (this.#enabled && this.#later.size > 0 && this.#o.rests?.() !== true) this.enable();
  }
  close(): void {
    this.#timer?.();
    this.#enabled = false;
  }

  #look(view: CaseView, live: CaseView, stage: Stage): void {
    const { measure } = view;
    if (!this.#enabled || this.#o.rests?.() === true) {
      this.#later.add(measure);
      return;
    }
    const now = nowMs(this.#o.timing);
    let isOwner: boolean | undefined;
    for (const incident of view.incidents) {
      for (const owed of stage === 'live' ? owedLive(incident) : owedSettled(incident)) {
        const current = view === live ? incident : live.incidents.find((x) => x.incidentId === incident.incidentId);
        if (current?.published.includes(owed.step) === true) continue;
        const id = `${incident.incidentId}/${owed.step}`;
        const awaited = this.#awaited.get(id);
        isOwner ??= this.#o.ownsAll?.() === true || ownerOf(live) === this.#o.site;
        const waitMs = !isOwner ? TAKEOVER_AFTER_MS : this.#ownerWaitsMs(measure, incident, owed);
        if (waitMs === 0 || isDue(awaited, waitMs, now)) this.#owe(measure, incident, owed);
        else if (awaited === undefined) {
          this.#await(id, measure, now, waitMs);
          if (isOwner) this.#o.onOpeningMissed?.();
        } else if (awaited.sinceMs !== undefined) this.#await(id, measure, awaited.sinceMs, waitMs);
      }
    }
  }
  #ownerWaitsMs(measure: string, incident: Incident, { step }: Owed): number {
    return step === EARLY.step && !this.#o.isOpeningKnown(measure, incident) ? OPENING_WAIT_MS : 0;
  }

  /** A case that is ahead and has not moved on in settled since has nothing new there. */
  #lookSettled(live: CaseView): void {
    const { measure } = live;
    if (!this.#o.isAhead(measure)) this.#look(live, live, 'settled');
    else {
      const settled = this.#settledViews.get(measure);
      if (settled !== undefined) this.#look(settled, live, 'settled');
    }
  }

  #owe(measure: string, incident: Incident, owed: Owed): void {
    const place = this.#placeOf(measure, incident, owed);
    const event = eventOf(incident, owed, place);
    const id = idOf(event);
    this.#awaited.delete(id);
    if (this.#underway.has(id)) return;
    this.#underway.add(id);
    this.#owed.push({ kind: 'event', measure, event });
  }

  /** Of what calls somebody: an alarm lies where it was decided, and who is called later goes to where the person is. */
  #placeOf(measure: string, { reason }: Incident, { type }: Owed): IncidentPlace | undefined {
    const { placeOf, view } = this.#o;
    if (placeOf === undefined || (type !== 'early' && type !== 'escalated')) return undefined;
    const deciding = type === 'early' ? reason.fixes.findLast(({ latE7 }) => latE7 !== undefined) : undefined;
    const { lonE7, latE7 } = deciding ?? view(measure)?.devices.find(({ role }) => role === 'wearer')?.fix ?? {};
    return lonE7 === undefined || latE7 === undefined ? undefined : placeOf(lonE7, latE7);
  }

  #await(id: string, measure: string, sinceMs: number | undefined, ms: number): void {
    this.#awaited.set(id, { measure, sinceMs, atMs: (sinceMs ?? nowMs(this.#o.timing)) + ms });
    this.#arm();
  }
  #arm(): void {
    if (this.#awaited.size === 0 || !this.#enabled) return;
    let next = Number.POSITIVE_INFINITY;
    for (const { atMs } of this.#awaited.values()) next = Math.min(next, atMs);
    if (this.#timer !== undefined && this.#timerAtMs <= next) return;
    this.#timer?.();
    this.#timerAtMs = next;
    this.#timer = this.#o.timing.after(Math.max(1, next - nowMs(this.#o.timing)), () => {
      this.#timer = undefined;
      this.#actOverdue();
      this.#arm();
    });
  }
  #actOverdue(): void {
    const now = nowMs(this.#o.timing);
    const due = [...this.#awaited].filter(([, { atMs }]) => atMs <= now);
    for (const measure of new Set(due.map(([, awaited]) => awaited.measure))) {
      const live = this.#o.view(measure);
      if (live === undefined) continue;
      this.#look(live, live, 'live');
      this.#lookSettled(live);
    }
    // What is no longer owed, e.g. after a refold, is not waited for any more.
    for (const [id, awaited] of due) if (this.#awaited.get(id) === awaited) this.#awaited.delete(id);
    this.flush();
  }
}

/** D3: the origin of the case's latest applied report, else Noirmont. */
export function ownerOf(view: CaseView): SiteId {
  let owner: SiteId = 'noirmont';
  let latest = -1;
  for (const { boundTo, lastReportAt } of view.devices) {
    if (boundTo === undefined || lastReportAt === undefined) continue;
    if (lastReportAt < latest || (lastReportAt === latest && siteRank(boundTo) < siteRank(owner))) continue;
    owner = boundTo;
    latest = lastReportAt;
  }
  return owner;
}

function isDue(awaited: Awaited | undefined, waitMs: number, now: number): boolean {
  if (awaited === undefined || awaited.atMs > now) return false;
  return awaited.sinceMs === undefined || awaited.sinceMs + waitMs <= now;
}

/** A step of an incident that its history lacks. */
interface Owed {
  readonly step: string;
  readonly type: EventType;
  readonly level?: number;
}

const NOTHING: readonly Owed[] = [];
const EARLY: Owed = { step: 'early', type: 'early' };

function owedLive(incident: Incident): readonly Owed[] {
  const { certainty, published, escalation, shelvesEnded = 0, switched, status } = incident;
  // Found while its rule was off, and not back since: nobody is told.
  const isSilent = switched !== undefined && status === 'resolved';
  const isOwed = certainty === 'raised' && !isSilent && !published.includes('early');
  const level = escalation?.level ?? 0;
  if (level === 0 && shelvesEnded === 0) return isOwed ? [EARLY] : NOTHING;
  const owed: Owed[] = isOwed ? [EARLY] : [];
  for (let n = 1; n <= level; n++) {
    const step = escalatedStep(n, escalation?.climb ?? 1);
    if (!published.includes(step)) owed.push({ step, type: 'escalated', level: n });
  }
  for (let n = 1; n <= shelvesEnded; n++) {
    const step = n === 1 ? 'shelf_ended' : `shelf_ended.${n}`;
    if (!published.includes(step)) owed.push({ step, type: 'shelf_ended' });
  }
  return owed;
}

const escalatedStep = (level: number, climb: number): string =>
  climb === 1 ? `escalated.${level}` : `escalated.${level}.${climb}`;

/** Nothing follows before `early` has settled, so that a receiver hears the beginning first. */
function owedSettled({ certainty, published, closedAtMs, history }: Incident): readonly Owed[] {
  if (!published.includes('early')) return NOTHING;
  const owed: Owed[] = [];
  const owe = (type: EventType) => {
    if (!published.includes(type)) owed.push({ step: type, type });
  };
  if (certainty === 'raised') owe('confirmed');
  else owe(certainty);
  if (closedAtMs !== undefined && certainty === 'raised') owe('closed');
  const times = { switched_off: 0, switched_on: 0 };
  for (const { step: type } of history) {
    if (type !== 'switched_off' && type !== 'switched_on') continue;
    const n = ++times[type];
    const step = n === 1 ? type : `${type}.${n}`;
    if (!published.includes(step)) owed.push({ step, type });
  }
  return owed;
}

const idOf = (event: IncidentEvent): string => `${event.incidentId}/${event.step}`;

const eventOf = (incident: Incident, { step, type, level }: Owed, place: IncidentPlace | undefined): IncidentEvent => ({
  incidentId: incident.incidentId,
  step,
  type,
  ...(level === undefined ? {} : { level }),
  ruleId: incident.ruleId,
  kind: incident.kind,
  openedAtMs: incident.openedAtMs,
  ...(incident.closedAtMs === undefined ? {} : { closedAtMs: incident.closedAtMs }),
  lane: incident.lane,
  reason: incident.reason,
  ...(place === undefined ? {} : { place }),
});
