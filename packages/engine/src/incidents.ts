// The incidents of one case: raising, joining episodes into one (D2), steps of people, events that came back from the log.
import {
  type Escalation,
  type IncidentEvent,
  type IncidentKind,
  type IncidentStep,
  type Lane,
  type LogTimeUs,
  type Reason,
  canonicalJson,
  incidentId,
  isIncidentPlace,
  statusAfter,
  utf8Encode,
} from '@vigie/model';
import { type Delivery, type IncidentRecord, overlaps, toIncident, toJson } from './incident-record.ts';
import { climb, climbAnew, climbDueUs, ladderAt } from './ladder.ts';
import { HISTORY_STEPS_MAX, INCIDENTS_MAX, LATE_AFTER_MS } from './limits.ts';
import { endShelf, shelfDueUs, stepShelf } from './shelf.ts';
import { type Lanes, StateHash } from './state-hash.ts';
import { NO_SWITCHES, type OwnSwitches } from './own-switches.ts';
import { NOT_SWITCHED, Switches, passSwitch, reopened, switchDueUs, switchOffIfOff } from './switched.ts';
import type { Incident, Outcome, Place, RuleSwitchTimes } from './types.ts';

export interface Opening {
  readonly scope: string;
  /** What the id is derived from beside the case: the rule and, for what accompanies a rule, its kind. */
  readonly idRule: string;
  readonly ruleId: string;
  readonly deviceId: string;
  readonly kind: IncidentKind;
  /** The opening report's name, or the moment, where no report opens it. */
  readonly openingKey: string;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  /** Log time from which it could have been raised; far behind the raising means `late`. */
  readonly dueMs: number;
  readonly signals: number;
  readonly reason: Reason;
}

export class Incidents {
  readonly measure: string;
  /** In the order of raising. */
  readonly list: IncidentRecord[];
  passive = false;
  /** Of the order in force; the ladder of what is raised from here on. */
  escalation: Escalation | undefined;
  /** Switches of rules: those of the platform as the clock knows them, and those of the case. */
  #switches = NOT_SWITCHED;
  #platform: RuleSwitchTimes | undefined;
  #own = NO_SWITCHES;
  /** What the bound has pushed out; kept only when asked for (`evaluate`). */
  past: IncidentRecord[] | undefined;
  /** What queries show has changed since the engine last looked; a count of signals alone does not. */
  changed = false;
  #open: Map<string, IncidentRecord> | undefined;
  /** Most cases have no incident, and the collections of none. */
  #openKinds: Set<IncidentKind> | undefined;
  /** By scope; holds until one comes or goes. */
  #scopes: Map<string, IncidentRecord[]> | undefined;
  #shown: readonly Incident[] | undefined;
  #bytes: Uint8Array | undefined;
  /** Log time of the next level of any ladder; undefined = to be looked up. */
  #climbDueUs: number | undefined;
  /** Canonical text of each record, while it holds. */
  #texts: Map<IncidentRecord, string> | undefined;
  /** Hash of each record, its signals aside, while it holds. */
  #hashes: Map<IncidentRecord, Lanes> | undefined;

  constructor(measure: string, list: IncidentRecord[] = []) {
    this.measure = measure;
    this.list = list;
  }

  byId(id: string): IncidentRecord | undefined {
    return this.list.find((r) => r.incidentId === id || r.aliases.includes(id));
  }

  /** Every change of a record passes here: what was made from the records is made anew when asked for. */
  #touch(r: IncidentRecord): void {
    this.changed = true;
    this.#open = undefined;
    this.#shown = undefined;
    this.#bytes = undefined;
    this.#climbDueUs = undefined;
    this.#texts?.delete(r);
    this.#hashes?.delete(r);
  }

  /** More switches of rules may be known: what is due is looked up anew. */
  lookAgain(): void {
    this.#climbDueUs = undefined;
  }
  under(switches: RuleSwitchTimes | undefined): void {
    if (this.#platform === switches) return;
    this.#platform = switches;
    this.#underBoth();
  }
  /** The switches of this case have changed. */
  underOwn(own: OwnSwitches): void {
    if (this.#own === own) return;
    this.#own = own;
    this.#underBoth();
  }
  #underBoth(): void {
    const isNone = this.#platform === undefined && this.#own === NO_SWITCHES;
    this.#switches = isNone ? NOT_SWITCHED : new Switches(this.#platform, this.#own);
    this.#climbDueUs = undefined;
  }

  /** Log time at which somebody further is told of one of them, one comes back from where it was set aside, or a rule is switched; Infinity = never, as things stand. */
  get climbDueUs(): number {
    if (this.#climbDueUs === undefined) {
      this.#climbDueUs = Number.POSITIVE_INFINITY;
      for (const r of this.list)
        this.#climbDueUs = Math.min(this.#climbDueUs, climbDueUs(r), shelfDueUs(r), switchDueUs(r, this.#switches));
    }
    return this.#climbDueUs;
  }
  /** Tells the levels that are due. */
  climb(now: LogTimeUs): void {
    if (this.climbDueUs > now) return;
    for (const r of this.list) {
      const comesBack = shelfDueUs(r) <= now;
      if (comesBack) {
        endShelf(r, now);
        r.shelvesEnded = (r.shelvesEnded ?? 0) + 1;
      }
      const isSwitched = switchDueUs(r, this.#switches) <= now;
      if (isSwitched) passSwitch(r, this.#switches, now);
      if (climb(r, now) || comesBack || isSwitched) this.#touch(r);
    }
  }

  deliver(r: IncidentRecord, deliveries: readonly Delivery[]): void {
    r.deliveries = deliveries;
    this.#touch(r);
  }

  /** The latest incident of a scope that nothing has closed or taken back. */
  openOf(scope: string): IncidentRecord | undefined {
    if (this.list.length === 0) return undefined;
    const open = this.#open ?? this.#index();
    return open.size === 0 ? undefined : open.get(scope);
  }

  /** Those of a scope that are open, or were open or opened after a time; in the order of raising. */
  ofScope(scope: string, sinceMs: number): IncidentRecord[] {
    if (this.list.length === 0) return [];
    if (this.#scopes === undefined) {
      this.#scopes = new Map();
      for (const r of this.list) {
        const same = this.#scopes.get(r.scope);
        if (same === undefined) this.#scopes.set(r.scope, [r]);
        else same.push(r);
      }
    }
    const all = this.#scopes.get(scope) ?? [];
    return all.filter((r) => r.closedAtMs < 0 || r.closedAtMs > sinceMs || r.openedAtMs >= sinceMs);
  }

  /** Whether any is open of a kind: the usual report asks only this. */
  hasOpen(kind: IncidentKind): boolean {
    if (this.list.length === 0) return false;
    if (this.#open === undefined) this.#index();
    return this.#openKinds?.has(kind) === true;
  }

  #index(): Map<string, IncidentRecord> {
    this.#open = new Map();
    this.#openKinds = new Set();
    for (const r of this.list) {
      if (r.closedAtMs >= 0 || r.certainty !== 'raised') continue;
      this.#open.set(r.scope, r);
      this.#openKinds.add(r.kind);
    }
    return this.#open;
  }

  /** For queries; the same objects until something changes. */
  shown(): readonly Incident[] {
    this.#shown ??= this.list.map(toIncident);
    return this.#shown;
  }

  bytes(): Uint8Array {
    this.#bytes ??= utf8Encode(`[${this.list.map((r) => this.#text(r)).join(',')}]`);
    return this.#bytes;
  }
  #text(r: IncidentRecord): string {
    this.#texts ??= new Map();
    let text = this.#texts.get(r);
    if (text === undefined) {
      text = canonicalJson(toJson(r));
      this.#texts.set(r, text);
    }
    return text;
  }

  /** Brings the hashes of the records up to date. */
  hashRecords(): void {
    if (this.list.length === 0) return;
    this.#hashes ??= new Map();
    for (const r of this.list) {
      if (this.#hashes.has(r)) continue;
      record.start();
      const { signals } = r;
      r.signals = 0;
      record.text(canonicalJson(toJson(r)));
      r.signals = signals;
      this.#hashes.set(r, record.taken());
    }
  }
  hashInto(to: StateHash): void {
    to.word(this.list.length);
    for (const r of this.list) to.lanes(this.#hashes?.get(r) as Lanes);
  }
  /** Hash of a record, its signals aside; up to date after `hashRecords`. */
  hashOf(r: IncidentRecord): Lanes {
    return this.#hashes?.get(r) as Lanes;
  }

  /** `isFree`: whether an incident that already has this id may become this one; if not, the id gets a mark (a split, D2). */
  raise(o: Opening, now: LogTimeUs, isFree: (r: IncidentRecord) => boolean = () => true): IncidentRecord {
    let key = `${o.deviceId}/${o.openingKey}`;
    let id = incidentId(this.measure, o.idRule, key);
    for (let known = this.byId(id); known !== undefined; known = this.byId(id)) {
      if (isFree(known)) return this.adopt(known, o);
      key += '+';
      id = incidentId(this.measure, o.idRule, key);
    }
    const lane = this.#lane(o.dueMs, now);
    const ladder = ladderAt(this.escalation, o.kind, lane, now);
    const record: IncidentRecord = {
      incidentId: id,
      aliases: [],
      scope: o.scope,
      ruleId: o.ruleId,
      deviceId: o.deviceId,
      kind: o.kind,
      status: 'raised',
      certainty: 'raised',
      lane,
      openedAtMs: o.openedAtMs,
      closedAtMs: o.closedAtMs,
      raisedAt: now,
      signals: o.signals,
      reason: o.reason,
      heldBy: '',
      history: [],
      published: [],
      ...(ladder === undefined ? {} : { ladder }),
    };
    switchOffIfOff(record, this.#switches, now);
    this.#add(record);
    this.#bound();
    return record;
  }

  /** An episode found to be this incident: its times may have moved, what people did with it stays. */
  adopt(r: IncidentRecord, o: Opening): IncidentRecord {
    const isSame =
      r.openedAtMs === o.openedAtMs &&
      r.closedAtMs === o.closedAtMs &&
      r.certainty === 'raised' &&
      r.signals === o.signals;
    if (isSame) return r;
    const moved = r.openedAtMs !== o.openedAtMs || r.certainty !== 'raised';
    r.openedAtMs = o.openedAtMs;
    r.closedAtMs = o.closedAtMs;
    r.signals = o.signals;
    r.certainty = 'raised';
    if (moved) r.reason = o.reason;
    this.#touch(r);
    return r;
  }

  close(r: IncidentRecord, atMs: number): void {
    if (r.closedAtMs === atMs) return;
    r.closedAtMs = atMs;
    this.#touch(r);
  }

  /** A repeated signal inside an incident. */
  count(r: IncidentRecord, signals: number): void {
    if (r.signals === signals) return;
    r.signals = signals;
    this.#shown = undefined;
    this.#bytes = undefined;
    this.#texts?.delete(r);
  }

  /** Never deletes: what was raised stays visible, with what became of it. */
  takeBack(r: IncidentRecord, certainty: 'refuted' | 'withdrawn' | 'explained', closedAtMs: number): void {
    if (r.certainty === certainty && r.closedAtMs >= 0) return;
    r.certainty = certainty;
    if (r.closedAtMs < 0) r.closedAtMs = closedAtMs;
    this.#touch(r);
  }

  /** Two incidents turn out to be one episode: the first stays, the other becomes its alias (D2). */
  merge(first: IncidentRecord, other: IncidentRecord): void {
    first.aliases.push(other.incidentId, ...other.aliases);
    first.history.push(...other.history);
    for (const step of other.published) if (!first.published.includes(step)) first.published.push(step);
    if (first.status === 'raised' && other.status !== 'raised') {
      first.status = other.status;
      first.heldBy = other.heldBy;
    }
    if (first.switched === undefined && other.switched !== undefined) first.switched = other.switched;
    if (first.ladder === undefined && other.ladder !== undefined) first.ladder = other.ladder;
    if (first.place === undefined && other.place !== undefined) first.place = other.place;
    if (other.deliveries !== undefined) first.deliveries = [...(first.deliveries ?? []), ...other.deliveries];
    this.list.splice(this.list.indexOf(other), 1);
    this.#scopes = undefined;
    this.#texts?.delete(other);
    this.#hashes?.delete(other);
    this.#touch(first);
  }

  step(s: IncidentStep, place: Place, now: LogTimeUs, mayResolve: (r: IncidentRecord) => boolean): Outcome {
    const r = this.byId(s.incidentId);
    if (r === undefined) return { kind: 'refused', reason: 'unknown_incident' };
    const next = statusAfter[r.status][s.step];
    const held = r.heldBy === '' ? {} : { heldBy: r.heldBy };
    if (next === undefined || r.history.length >= HISTORY_STEPS_MAX)
      return { kind: 'refused', reason: 'step_forbidden', ...held };
    if (s.step === 'resolve' && r.kind === 'tamper' && (!hasText(s.note) || !mayResolve(r)))
      return { kind: 'refused', reason: 'step_forbidden', ...held };
    if (!stepShelf(r, s, now)) return { kind: 'refused', reason: 'step_forbidden', ...held };
    r.status = next;
    if (s.step === 'resolve') delete r.shelf;
    if (s.step === 'acknowledge' || s.step === 'start') r.heldBy = s.by;
    if (s.step === 'reopen') {
      r.heldBy = '';
      reopened(r, this.#switches, now);
      climbAnew(r, now);
    }
    if (s.step === 'resolve' && r.closedAtMs < 0 && endsByHand(r)) r.closedAtMs = Math.floor(now / 1000);
    if (s.step === 'reopen' && endsByHand(r)) r.closedAtMs = -1;
    r.history.push({
      step: s.step,
      by: s.by,
      t: now,
      entryId: place.entryId,
      ...(s.note === undefined ? {} : { note: s.note }),
      ...(s.code === undefined ? {} : { code: s.code }),
    });
    this.#touch(r);
    return { kind: 'applied' };
  }

  /**
   * A published event came back in the log. An `early` names the id that everybody was told: it stays (D2).
   * @param keepsPlace by the rules in force, an incident keeps where its events say it was
   */
  event(e: IncidentEvent, scopeOf: (e: IncidentEvent) => string, now: LogTimeUs, keepsPlace: boolean): void {
    const deviceId = e.reason.fixes[0]?.deviceId ?? '';
    let r = this.byId(e.incidentId);
    if (r === undefined && e.type === 'early') {
      const scope = scopeOf(e);
      const to = e.closedAtMs ?? Number.POSITIVE_INFINITY;
      r = this.list.find((x) => x.scope === scope && overlaps(x, e.openedAtMs, to));
      if (r === undefined) {
        // Told, but not raised in this fold: kept and taken back, so that receivers hear of it (L17, D2).
        r = {
          incidentId: e.incidentId,
          aliases: [],
          scope,
          ruleId: e.ruleId,
          deviceId,
          kind: e.kind,
          status: 'raised',
          certainty: 'withdrawn',
          lane: e.lane,
          openedAtMs: e.openedAtMs,
          closedAtMs: e.closedAtMs ?? e.openedAtMs,
          raisedAt: now,
          signals: 0,
          reason: e.reason,
          heldBy: '',
          history: [],
          published: [],
        };
        this.#add(r);
        this.#bound();
      } else if (r.published.length === 0) {
        r.aliases.push(r.incidentId);
        r.incidentId = e.incidentId;
      } else r.aliases.push(e.incidentId);
      this.#touch(r);
    }
    if (r === undefined || r.published.includes(e.step) || r.published.length >= HISTORY_STEPS_MAX) return;
    r.published.push(e.step);
    if (keepsPlace && isIncidentPlace(e.place)) {
      const { canton, municipality, boundaries } = e.place;
      r.place = { canton, municipality, boundaries };
    }
    this.#touch(r);
  }

  #lane(dueMs: number, now: LogTimeUs): Lane {
    if (this.passive) return 'retrospective';
    return now / 1000 - dueMs > LATE_AFTER_MS ? 'late' : 'live';
  }

  #add(r: IncidentRecord): void {
    this.list.push(r);
    const same = this.#scopes?.get(r.scope);
    if (same === undefined) this.#scopes?.set(r.scope, [r]);
    else same.push(r);
    this.#touch(r);
  }

  #bound(): void {
    if (this.list.length <= INCIDENTS_MAX) return;
    const over = this.list.findIndex((r) => r.closedAtMs >= 0 && (r.status === 'resolved' || r.certainty !== 'raised'));
    const closed = over >= 0 ? over : this.list.findIndex((r) => r.closedAtMs >= 0);
    for (const r of this.list.splice(Math.max(0, closed), 1)) {
      this.#texts?.delete(r);
      this.#hashes?.delete(r);
      this.past?.push(r);
    }
    this.#climbDueUs = undefined;
    this.#scopes = undefined;
  }
}

/** What no report ends: a person does. */
const endsByHand = (r: IncidentRecord): boolean =>
  r.kind === 'tamper' ||
  r.kind === 'sos' ||
  r.kind === 'stale' ||
  r.kind === 'invalid_order' ||
  r.kind === 'implausible' ||
  (r.kind === 'check' && (r.reason.code === 'report_conflict' || r.reason.code === 'clock_ahead'));

const record = new StateHash();

const hasText = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';
