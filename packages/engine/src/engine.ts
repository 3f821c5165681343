// The fold. One engine holds all cases of a site; each case is folded alone, so one can be taken out, put back and folded again
// without touching the others (L9). No clock, no dice, no I/O: what happens is a function of the items, their places and their clocks.
import { type IncidentEvent, type SiteId, assert, byCodeUnit, sha256Bytes } from '@vigie/model';
import { bytesToHex } from './hex.ts';
import { Reader, Writer } from './bytes.ts';
import type { CaseState } from './case-state.ts';
import { type ExactParts, exactParts, loadCase, saveCase } from './case-bytes.ts';
import { AWAKE_MAX, Cases } from './cases.ts';
import { type CaseHead, type DueByState, caseHead } from './compact-case.ts';
import { DueHeap } from './due-heap.ts';
import { applyCaseRule, applyOrder, applyStep, applyStop, openCase } from './fold-decisions.ts';
import { applyAttempt, applyReceipt } from './fold-dispatch.ts';
import { GENERAL_RULE } from './fold-knowledge.ts';
import { attach } from './fold-place.ts';
import { scopeOf } from './reconcile.ts';
import { transitionsOf } from './window.ts';
import { applyReports } from './fold-reports.ts';
import { hashOfCase, hexOf } from './case-hash.ts';
import type { Lanes } from './state-hash.ts';
import { QuietWay } from './quiet.ts';
import { toIncident } from './incident-record.ts';
import { BOUNDS_SINCE, ENTRY_IDS_MAX, PLACES_SINCE, RULES_VERSION } from './limits.ts';
import { fireDue, nextDueUs, nextObs, underRulesOf } from './timers.ts';
import type { CaseView, Clock, Incident, OpenedItem, Outcome, Place, RuleSwitchTimes, Transition } from './types.ts';
import { viewOf } from './view.ts';
import { isRecordedCase } from './well-formed.ts';
import { isShowable, isAttempt, isEvent, isReceipt, isStep } from './well-formed-items.ts';
import { ZoneUsers } from './zone-users.ts';
import { ZoneSlots } from './zone-slots.ts';

const SNAPSHOT_VERSION = 2;
/** Dropped cases whose zones stay packed. */
const PARKED_MAX = 128;
/** Moved cases that nobody has asked for, beyond twice the cases there are. */
const MOVED_SPARE = 64;
const APPLIED: Outcome = { kind: 'applied' };
const MALFORMED: Outcome = { kind: 'refused', reason: 'malformed' };
const UNKNOWN: Outcome = { kind: 'refused', reason: 'unknown_measure' };
/** What somebody waits to hear the outcome of. */
const DECISIONS: ReadonlySet<OpenedItem['kind']> = new Set(['order', 'stop', 'step', 'case_rule']);

export interface EngineOptions {
  /** Keep every transition and incident since the beginning, not only what the fold needs: for `evaluate`. */
  readonly keepTransitions?: boolean;
  /** Every report goes the exact way: for comparing it with the quiet one. */
  readonly isExact?: boolean;
  /** Cases awake at once (cases.ts). */
  readonly awakeMax?: number;
}

export class Engine {
  readonly #zones = new ZoneSlots();
  readonly #cases: Cases;
  /** Not state: dropped cases whose rules and zones may be asked for again. */
  readonly #parked = new Map<string, CaseState>();
  readonly #options: EngineOptions;
  readonly #due = new DueHeap();
  /** Silence runs on the observed clock of an origin: one heap for each, Noirmont first. */
  readonly #dueObs: readonly [DueHeap, DueHeap] = [new DueHeap(), new DueHeap()];
  readonly #zoneUsers = new ZoneUsers();
  #changed = new Set<string>();
  #moved: string[] = [];
  #movedRound = 1;
  readonly #undigested = new Set<string>();
  /** Sum of the cases' leaves, lane by lane: the order of cases plays no part. */
  readonly #sum = new Int32Array(4);
  readonly #quiet = new QuietWay(this.#sum, this.#zones.reports.waiting);

  constructor(options: EngineOptions = {}) {
    this.#options = options;
    this.#cases = new Cases(this.#zones, options.awakeMax ?? AWAKE_MAX, {
      settle: (c) => this.#quiet.settle(c),
      slept: (c, due) => {
        this.#noteUndigested(c);
        this.#quiet.release(c);
        this.#watchAsleep(c.measure, due);
      },
      woke: (measure) => {
        this.#uncountAsleep(measure);
        this.#undigested.add(measure);
      },
    });
  }

  /** Uploads that went the quiet way so far (quiet.ts); not state. */
  quietUploads = 0;

  get size(): number {
    return this.#cases.size;
  }
  /** Of them held as objects; not state. */
  get awakeCount(): number {
    return this.#cases.awakeCount;
  }
  /** Blocks that the histories of those take; not state. */
  get historyBlocks(): number {
    return this.#zones.reports.historyBlocks;
  }

  /** Fires what is due in this case, then applies the item. Never throws, whatever the log holds. */
  apply(item: OpenedItem, place: Place, clock: Clock): Outcome {
    const c = this.#cases.get(item.measure);
    if (c === undefined) {
      if (item.kind !== 'case') return DECISIONS.has(item.kind) ? UNKNOWN : APPLIED;
      if (!isRecordedCase(item.recorded, clock.rulesAt?.(clock.t) ?? RULES_VERSION)) return MALFORMED;
      const opened = openCase(item.measure, item.recorded, place, clock, this.#zones);
      opened.entryIds.push(place.entryId);
      if (this.#options.keepTransitions === true) keepAll(opened);
      this.#cases.set(opened);
      this.#touched(opened, clock);
      return APPLIED;
    }
    if (!c.wasTouched) c.wasTouched = true;
    if (item.kind === 'reports' && this.#options.isExact !== true && this.#quiet.take(c, item.batch, place, clock)) {
      this.quietUploads++;
      this.#noteMoved(c, item.measure);
      return APPLIED;
    }
    this.#quiet.disarm(c);
    fireDue(c, clock);
    underRulesOf(c, clock, clock.t);
    const outcome = this.#applyTo(c, item, place, clock);
    // What an item has taken up again may have missed its time: told now, not when somebody next looks.
    if (!c.ended) c.incidents.climb(clock.t);
    this.#touched(c, clock);
    if (item.kind === 'reports' && this.#options.isExact !== true) this.#quiet.arm(c);
    return outcome;
  }

  #noteMoved(c: CaseState, measure: string): void {
    if (!this.#quiet.isFirstMove(c, this.#movedRound)) return;
    this.#moved.push(measure);
    // Nobody asks, and cases are loaded anew again and again: those that are no more are left out, and the others named once.
    if (this.#moved.length > 2 * this.#cases.size + MOVED_SPARE)
      this.#moved = [...new Set(this.#moved)].filter((moved) => this.#cases.has(moved));
  }
  /** It leaves the digest until somebody asks for that. */
  #noteUndigested(c: CaseState): void {
    this.#uncount(c);
    this.#undigested.add(c.measure);
  }

  #applyTo(c: CaseState, item: OpenedItem, place: Place, clock: Clock): Outcome {
    switch (item.kind) {
      case 'reports':
        if (applyReports(c, item.batch, place, clock)) this.#noteMoved(c, c.measure);
        return APPLIED;
      case 'event':
        if (isEvent(item.event) && (c.rulesVersion < BOUNDS_SINCE || isShowable(item.event)))
          applyEvent(c, item.event, clock);
        return APPLIED;
      case 'attempt':
        if (isAttempt(item.attempt)) applyAttempt(c, item.attempt, place, clock.t);
        return APPLIED;
      case 'receipt':
        if (isReceipt(item.receipt)) applyReceipt(c, item.receipt, place, clock.t);
        return APPLIED;
      case 'case':
        return c.entryIds.includes(place.entryId) ? { kind: 'repeated', entryId: place.entryId } : MALFORMED;
      case 'order':
        return this.#once(c, place, () => applyOrder(c, item.order, item.by, place, clock));
      case 'stop':
        return this.#once(c, place, () => applyStop(c, clock.t));
      case 'case_rule':
        return this.#once(c, place, () => applyCaseRule(c, item.change, place, clock.t));
      case 'step':
        if (!isStep(item.step)) return MALFORMED;
        return this.#once(c, place, () => applyStep(c, item.step, place, clock.t));
      default:
        return MALFORMED;
    }
  }

  /** A decision applies once per entry id, at its first place (L2). */
  #once(c: CaseState, place: Place, decide: () => Outcome): Outcome {
    if (c.entryIds.includes(place.entryId)) return { kind: 'repeated', entryId: place.entryId };
    c.entryIds.push(place.entryId);
    if (c.entryIds.length > ENTRY_IDS_MAX) c.entryIds.shift();
    return decide();
  }

  /**
   * A shared zone has another revision from this log time (microseconds) on, before anything later is applied: the cases that go by it
   * are looked at then.
   */
  zoneChanged(zoneId: string, fromUs: number): void {
    for (const measure of this.#zoneUsers.of(zoneId)) {
      const c = this.#cases.get(measure);
      if (c === undefined || !this.usesZone(measure, zoneId)) this.#zoneUsers.forget(zoneId, measure);
      else if (fromUs < c.nextDueUs) {
        c.nextDueUs = fromUs;
        this.#due.watch(measure, fromUs);
        this.#quiet.watched(c);
      }
    }
  }
  /** A rule of the case goes by that shared zone, or went by it within the late window. */
  usesZone(measure: string, zoneId: string): boolean {
    return this.#cases.get(measure)?.sharedUses.some((use) => use.zoneId === zoneId) === true;
  }

  /**
   * Fires every due timer of every case. With nothing due it costs three comparisons. `before` is told of each case that has
   * something due, while it is still as it was.
   */
  advance(clock: Clock, before?: (measure: string) => void): void {
    if (
      this.#due.first() > clock.t &&
      this.#dueObs[0].first() > clock.obs('noirmont') &&
      this.#dueObs[1].first() > clock.obs('delemont')
    )
      return;
    const due = new Set<string>();
    this.#due.take(clock.t, due);
    this.#dueObs[0].take(clock.obs('noirmont'), due);
    this.#dueObs[1].take(clock.obs('delemont'), due);
    for (const measure of [...due].sort(byCodeUnit)) {
      if (before !== undefined && this.isDue(measure, clock)) before(measure);
      this.advanceCase(measure, clock);
    }
  }

  /** Fires what is due in one case; true if anything was. */
  advanceCase(measure: string, clock: Clock): boolean {
    if (this.#sleepsOn(measure, clock)) return false;
    const c = this.#cases.get(measure);
    if (c === undefined) return false;
    this.#quiet.settle(c);
    const fired = fireDue(c, clock);
    if (fired) {
      this.#quiet.disarm(c);
      this.#touched(c, clock);
    } else this.#watch(c, clock);
    return fired;
  }

  /** A rule was switched: every case has to be looked at, those that sleep too, and is at the next `advance` or item. */
  lookAgain(switches: RuleSwitchTimes | undefined): void {
    for (const measure of this.#cases.measures()) {
      const c = this.#cases.get(measure) as CaseState;
      this.#quiet.disarm(c);
      c.incidents.under(switches);
      c.incidents.lookAgain();
      c.nextDueUs = Number.NEGATIVE_INFINITY;
      this.#due.watch(measure, Number.NEGATIVE_INFINITY);
    }
  }

  /** Looks at the case itself: true whatever was known of it when it was last looked at. */
  isDue(measure: string, clock: Clock): boolean {
    if (this.#sleepsOn(measure, clock)) return false;
    const c = this.#cases.get(measure);
    if (c === undefined) return false;
    this.#quiet.settle(c);
    return nextDueUs(c, clock) <= clock.t;
  }

  /** Observed time of that origin at which the next silence of this case may open; Infinity = none. */
  nextObsDue(measure: string, site: SiteId): number {
    return this.#cases.get(measure)?.nextObs[site === 'noirmont' ? 0 : 1] ?? Number.POSITIVE_INFINITY;
  }

  /** Log time of the next timer that is known now; silence is not among them, it runs on what is observed. */
  nextDueUs(): number {
    return this.#due.first();
  }

  #touched(c: CaseState, clock: Clock): void {
    this.#noteUndigested(c);
    if (c.incidents.changed) {
      this.#changed.add(c.measure);
      c.incidents.changed = false;
    }
    c.pack();
    this.#watch(c, clock);
  }

  #watch(c: CaseState, clock: Clock): void {
    if (c.sharedUses.length > 0) this.#zoneUsers.note(c);
    c.nextDueUs = nextDueUs(c, clock);
    this.#due.watch(c.measure, c.nextDueUs);
    nextObs(c, clock, c.nextObs);
    this.#dueObs[0].watch(c.measure, c.nextObs[0]);
    this.#dueObs[1].watch(c.measure, c.nextObs[1]);
    this.#quiet.watched(c);
  }

  /** The exact bytes, which digests are made of. */
  saveCase(measure: string): Uint8Array | undefined {
    return this.#cases.look(measure, saveCase);
  }
  /** The same in two parts; good until the next item. */
  exactParts(measure: string): ExactParts | undefined {
    return this.#cases.look(measure, exactParts);
  }
  /** Few bytes for whoever puts the case back; not the same for the same state in every version of this program. */
  packCase(measure: string): Uint8Array | undefined {
    return this.readPacked(measure, (bytes) => bytes.slice());
  }
  /** The same for whoever copies them: `see` gets a view that is good for the call. Arrays for each of many cases keep the collector busy. */
  readPacked<T>(measure: string, see: (bytes: Uint8Array) => T): T | undefined {
    const bytes = this.#cases.bytes(measure);
    return bytes === undefined ? undefined : see(bytes);
  }

  /** Puts a case back as it was saved or packed. Its timers fire at the next look: `apply`, or `advanceCase`. */
  loadCase(measure: string, bytes: Uint8Array): void {
    const before = this.#cases.ifAwake(measure) ?? this.#parked.get(measure);
    this.#parked.delete(measure);
    const awake = this.#cases.ifAwake(measure);
    if (awake === undefined) this.#uncountAsleep(measure);
    else this.#forget(awake);
    const c = loadCase(measure, bytes, this.#zones, before);
    if (this.#options.keepTransitions === true) keepAll(c);
    for (const d of c.devices) attach(c, d);
    if (c.sharedUses.length > 0) this.#zoneUsers.note(c);
    this.#cases.set(c);
    this.#noteUndigested(c);
    this.#changed.add(measure);
    this.#due.watch(measure, Number.NEGATIVE_INFINITY);
  }

  /**
   * Puts a case in that is not there, as `packCase` gave it: it is read when something comes to it, or its time has
   * come. Undefined: it had to be read at once, because its bytes are of the kind that `saveCase` gives.
   */
  layCase(measure: string, bytes: Uint8Array): CaseHead | undefined {
    assert(!this.#cases.has(measure), 'a case is laid down where there is none');
    const head = caseHead(bytes);
    if (head === undefined || this.#options.keepTransitions === true) {
      this.loadCase(measure, bytes);
      return undefined;
    }
    this.#cases.lay(measure, bytes);
    this.#undigested.add(measure);
    this.#watchAsleep(measure, head);
    return head;
  }
  #watchAsleep(measure: string, { dueUs, obs }: DueByState): void {
    this.#due.watch(measure, dueUs);
    this.#dueObs[0].watch(measure, obs[0]);
    this.#dueObs[1].watch(measure, obs[1]);
  }
  /** What its own state says of a case that sleeps holds whatever the clocks were taken for when it went to sleep. */
  #sleepsOn(measure: string, clock: Clock): boolean {
    const head = this.#cases.headOf(measure);
    if (head === undefined || head.dueUs <= clock.t) return false;
    return head.obs[0] > clock.obs('noirmont') && head.obs[1] > clock.obs('delemont');
  }

  dropCase(measure: string): void {
    const c = this.#cases.ifAwake(measure);
    if (c === undefined) {
      if (!this.#cases.has(measure)) return;
      this.#uncountAsleep(measure);
    } else {
      this.#park(c);
      this.#forget(c);
    }
    this.#cases.delete(measure);
    this.#undigested.delete(measure);
    this.#changed.add(measure);
    this.#due.forget(measure);
    for (const heap of this.#dueObs) heap.forget(measure);
  }
  /** What waits for this case is of no use to anybody. */
  #forget(c: CaseState): void {
    this.#uncount(c);
    this.#quiet.release(c);
    c.releaseReports();
  }

  /** Keeps the rules of a dropped case for a while: whoever folds from bases drops and loads the same few again and again. */
  #park(c: CaseState): void {
    this.#parked.get(c.measure)?.release();
    this.#parked.set(c.measure, c);
    if (this.#parked.size <= PARKED_MAX) return;
    const oldest = this.#parked.values().next().value as CaseState;
    oldest.release();
    this.#parked.delete(oldest.measure);
  }

  /** 128 bits (hex) over everything that the case's bytes hold; undefined for an unknown one. */
  caseDigest(measure: string): string | undefined {
    return this.#cases.look(measure, (c) => hexOf(hashOfCase(c)));
  }

  /** One value over all cases; only cases that changed since the last time are read again. */
  digest(): string {
    for (const measure of this.#undigested) this.#digestCase(measure);
    this.#undigested.clear();
    const w = new Writer();
    w.u32(this.#cases.size);
    for (const lane of this.#sum) w.u32(lane >>> 0);
    return bytesToHex(sha256Bytes(w.take()));
  }

  #digestCase(measure: string): void {
    const leaf = this.#cases.look(measure, hashOfCase) as Lanes;
    this.#count(leaf, 1);
    const c = this.#cases.ifAwake(measure);
    if (c === undefined) this.#cases.leaves.set(measure, leaf);
    else {
      c.leaf = leaf;
      this.#quiet.digested(c);
    }
  }

  #uncount(c: CaseState): void {
    if (c.leaf === undefined) return;
    this.#count(c.leaf, -1);
    c.leaf = undefined;
    this.#quiet.undigest(c);
  }
  #uncountAsleep(measure: string): void {
    const leaf = this.#cases.leaves.get(measure);
    if (leaf === undefined) return;
    this.#count(leaf, -1);
    this.#cases.leaves.delete(measure);
  }
  #count({ a, b, c, d }: Lanes, sign: 1 | -1): void {
    const sum = this.#sum;
    sum[0] = (sum[0] as number) + sign * a;
    sum[1] = (sum[1] as number) + sign * b;
    sum[2] = (sum[2] as number) + sign * c;
    sum[3] = (sum[3] as number) + sign * d;
  }

  snapshot(): Uint8Array {
    const w = new Writer();
    w.u32(SNAPSHOT_VERSION);
    w.u32(this.#cases.size);
    for (const measure of [...this.#cases.measures()].sort(byCodeUnit)) {
      w.text(measure);
      w.bytes(this.packCase(measure) as Uint8Array);
    }
    return w.take();
  }

  static restore(bytes: Uint8Array, options: EngineOptions = {}): Engine {
    const engine = new Engine(options);
    const r = new Reader(bytes);
    assert(r.u32() === SNAPSHOT_VERSION, 'snapshot of another version');
    for (let n = r.u32(); n > 0; n--) engine.layCase(r.text(), r.bytes());
    return engine;
  }

  view(measure: string): CaseView | undefined {
    return this.#cases.look(measure, viewOf);
  }

  has(measure: string): boolean {
    return this.#cases.has(measure);
  }

  measures(): IterableIterator<string> {
    return this.#cases.measures();
  }

  /** Changes of standing in final fix-time order, per device and rule. */
  transitions(measure: string): Transition[] {
    const c = this.#cases.get(measure);
    if (c === undefined) return [];
    this.#quiet.settle(c);
    return transitionsOf(c);
  }

  /** Those that have left the late window since this was asked last, and that `transitions` names no more; with `keepTransitions` only. */
  takeClosedTransitions(measure: string): readonly Transition[] {
    const c = this.#cases.get(measure);
    const closed = c?.pastTransitions ?? [];
    if (c !== undefined && closed.length > 0) c.pastTransitions = [];
    return closed;
  }

  /** Every incident since the beginning, also those beyond what the fold keeps; with `keepTransitions` only. */
  allIncidents(measure: string): readonly Incident[] {
    const c = this.#cases.get(measure);
    if (c === undefined) return [];
    this.#quiet.settle(c);
    return [...(c.incidents.past ?? []).map(toIncident), ...c.incidents.shown()];
  }

  hasReport(measure: string, deviceId: string, boot: number, seq: number): boolean {
    const c = this.#cases.get(measure);
    if (c === undefined) return false;
    return c.device(deviceId)?.runs.has(boot, seq) === true || this.#quiet.isWaiting(c, deviceId, boot, seq);
  }

  /**
   * False: the device numbers its reports, and the one before that of this fix time is not known here, so what this one opens may have
   * opened earlier.
   */
  knowsBefore(measure: string, deviceId: string, atMs: number): boolean {
    const c = this.#cases.get(measure);
    if (c !== undefined) this.#quiet.settle(c);
    const d = c?.device(deviceId);
    const i = d?.history.lastAtOrBefore(atMs) ?? -1;
    if (d === undefined || i < 0 || d.history.at(i) !== atMs || !d.history.isNamed(i)) return true;
    const seq = d.history.seq(i);
    return seq === 0 || d.runs.has(d.history.boot(i), seq - 1);
  }

  /** Cases whose incidents, order or status changed since the last call, by code unit. */
  takeChanged(): readonly string[] {
    if (this.#changed.size === 0) return [];
    const changed = [...this.#changed].sort(byCodeUnit);
    this.#changed = new Set();
    return changed;
  }

  /** Cases that took reports since the last call: position, battery, counts. In no order, and one that was loaded anew perhaps twice. */
  takeMoved(): readonly string[] {
    const moved = this.#moved;
    this.#moved = [];
    this.#movedRound++;
    return moved;
  }
}

function keepAll(c: CaseState): void {
  c.pastTransitions ??= [];
  c.incidents.past ??= [];
}

function applyEvent(c: CaseState, event: IncidentEvent, { t }: Clock): void {
  c.incidents.event(event, (e) => eventScope(c, e), t, c.rulesVersion >= PLACES_SINCE);
}

function eventScope(c: CaseState, e: Parameters<Parameters<CaseState['incidents']['event']>[1]>[0]): string {
  const deviceId = e.reason.fixes[0]?.deviceId ?? '';
  if (e.ruleId === GENERAL_RULE) return `${GENERAL_RULE}|${e.kind}|${e.reason.code}|${deviceId}`;
  const instance = c.instances.find((x) => x.rule.ruleId === e.ruleId);
  return instance === undefined ? `${e.ruleId}|${e.kind}|${deviceId}` : scopeOf(instance, e.kind, deviceId);
}
