// Everything the fold holds of one case, and its exact bytes. Nothing of a case lives anywhere else, and nothing here depends on
// another case, so that a case can be saved, loaded and folded again alone (L9).
import { type Json, type RecordedCase, type RecordedOrder, type RecordedRule, type RuleKind } from '@vigie/model';
import { INSIDE, OUTSIDE, type RecordedZone } from '@vigie/geo';
import type { FreeTime } from './free-time.ts';
import type { DeviceState } from './device-state.ts';
import { packJson } from './pack-json.ts';
import { unpackJson, unpackJsonWithout } from './unpack-json.ts';
import { Incidents } from './incidents.ts';
import { AHEAD_MS_MAX, BEACONS_MAX, RULES_VERSION } from './limits.ts';
import { NO_SWITCHES, type OwnSwitches } from './own-switches.ts';
import type { PairState } from './pair-state.ts';
import { NEAR, type PlaceParameters } from './place-machine.ts';
import { type RuleInForce, type RuleInstance, instanceOf, isPlaceRule } from './rule-instance.ts';
import { type SharedUse, sharedUsesOf } from './shared-uses.ts';
import { type Lanes, StateHash } from './state-hash.ts';
import type { Transition } from './types.ts';
import { RING_FOLLOWS, type ZoneSlots } from './zone-slots.ts';

/** A request's key and what became of it (L16). */
export interface Idempotent {
  readonly client: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly entryId: string;
  readonly t: number;
}

/** One zone, or the pre-alert ring around or inside it. */
export interface PlaceOfCase {
  readonly instance: RuleInstance;
  readonly isRing: boolean;
  /** Bits of the beacons that stand for being inside. */
  readonly beaconMask: number;
  readonly parameters: PlaceParameters;
  /** Of a free-time rule's zone: its pre-alert and its meter follow it, and are fed with it. */
  readonly freeTime?: FreeTime;
  /** No machine: the row keeps what a free-time rule has charged. */
  readonly isMeter?: true;
}

const parametersOf = (instance: RuleInstance, isRing: boolean): PlaceParameters => ({
  breach:
    instance.rule.kind === 'free_time'
      ? OUTSIDE
      : isRing
        ? NEAR
        : instance.rule.kind === 'exclusion'
          ? INSIDE
          : OUTSIDE,
  dwellMs: isRing ? 0 : (instance.rule.dwellMs ?? 0),
  active: instance.active,
});

const tagOf = ({ instance, isRing }: PlaceOfCase): number => {
  if (!isRing) return instance.hasRing ? RING_FOLLOWS : 0;
  return (instance.rule.kind === 'exclusion' ? 1 : -1) * (instance.rule.bufferMm ?? 0);
};

const freeTimeOf = (instance: RuleInstance, { weeks = [] }: RecordedRule): FreeTime => ({
  active: instance.active,
  weeks,
  budgetMs: instance.rule.budgetMs as number,
  warnLeftMs: instance.rule.warnLeftMs as number,
});

const NONE: readonly RuleInstance[] = [];

/** What the rules in force need of an order is not what the authority wrote, nor the times before they were clipped. */
const OF_ORDER = new Set(['input', 'active', 'tzdata', 'tokenHash']);
const NOT_NEEDED = { recorded: OF_ORDER, order: OF_ORDER };
const NO_USES: readonly SharedUse[] = [];

/** A rule in the state's bytes: one of the current order is written as its place there, so that its zone stands once. */
interface WrittenRule extends Pick<RuleInForce, 'key' | 'active' | 'shared'> {
  readonly rule: RecordedRule | number;
}
function toWritten(r: RuleInForce, order: RecordedOrder): WrittenRule {
  const i = order.rules.indexOf(r.rule);
  const { rule, ...more } = r;
  return { ...more, rule: i >= 0 ? i : rule };
}
const fromWritten = (r: WrittenRule, order: RecordedOrder): RuleInForce => ({
  ...r,
  rule: typeof r.rule === 'number' ? (order.rules[r.rule] as RecordedRule) : r.rule,
});

/** What people decided, as objects. Decisions and queries ask for it; reports never do. */
interface Decided {
  readonly recorded: RecordedCase;
  order: RecordedOrder;
  rules: readonly RuleInForce[];
}

/** The same, as it stands in the state's bytes. */
interface WrittenDecided {
  readonly recorded: RecordedCase;
  readonly order: RecordedOrder | null;
  readonly revision: number;
  readonly stoppedAtMs: number;
  readonly beacons: string[];
  readonly rules: readonly WrittenRule[];
  /** Absent: nothing of this case alone is or was switched off lately, nor asked for. */
  readonly switches?: OwnSwitches;
}

function decidedOf(written: Json): Decided & Pick<WrittenDecided, 'revision' | 'stoppedAtMs' | 'beacons' | 'switches'> {
  const { recorded, order: other, rules, ...more } = written as unknown as WrittenDecided;
  const order = other ?? recorded.order;
  return { recorded, order, rules: rules.map((r) => fromWritten(r, order)), ...more };
}

const isNone = ({ asked, off }: OwnSwitches): boolean => asked.length === 0 && off.length === 0;

const decidedHash = new StateHash();

export class CaseState {
  // First, because a report of the usual sort reads nothing else here.
  /** Not state: where its rows of numbers are (quiet-rows.ts); -1 = it has none. */
  block = -1;
  /** Not state: something came to it since it was last considered for sleep. */
  wasTouched = true;
  readonly measure: string;
  readonly zones: ZoneSlots;
  /** How far fix times may lie ahead of log time. */
  readonly aheadMs: number;
  revision = 1;
  /** Log time (milliseconds) of the stop; -1 = not stopped. */
  stoppedAtMs = -1;
  /** Names of beacons in the order in which rules brought them; a report keeps a bit per name. */
  beacons: string[] = [];
  devices: DeviceState[] = [];
  pairs: PairState[] = [];
  readonly incidents: Incidents;
  idempotent: Idempotent[] = [];
  /** Latest decisions by entry id. */
  entryIds: string[] = [];

  // Not state: made from the rules, or for the callers' convenience.
  instances: readonly RuleInstance[] = [];
  /** Per place: its instance; the ring of a pre-alert follows its zone. */
  places: readonly PlaceOfCase[] = [];
  /** Instances by kind, so that a report asks only the rules it may concern. */
  byKind: Readonly<Partial<Record<RuleKind, readonly RuleInstance[]>>> = {};
  firstSlot = -1;
  slots = 0;
  sharedUses: readonly SharedUse[] = NO_USES;
  /** Transitions that have left the history; kept only when asked for (`evaluate`). */
  pastTransitions: Transition[] | undefined;
  /** Log time in microseconds of the next timer as of the last look; -Infinity = not looked yet, Infinity = none. */
  nextDueUs = Number.NEGATIVE_INFINITY;
  /** Per site: observed time at which a silence may open; Infinity = none. */
  nextObs: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  watchesSpeed = false;
  /** In force at the moment that is being folded. */
  rulesVersion = RULES_VERSION;
  /** Round of `takeMoved` in which the engine noted it last; 0 = not yet. */
  movedIn = 0;
  /** Where among those awake. */
  awakeAt = -1;
  /** One of the two is always there: objects take thirty times the room, so between decisions only this stays (pack-json.ts). */
  #packed: Uint8Array | undefined;
  #hashed: Lanes | undefined;
  #hashedOf: Uint8Array | undefined;
  /** What of this case is in the engine's digest; not state. */
  leaf: Lanes | undefined;
  #decided: Decided | undefined;
  #switches = NO_SWITCHES;

  constructor(
    measure: string,
    zones: ZoneSlots,
    decided: Decided | undefined,
    aheadMs: number,
    isPassive: boolean,
    incidents = new Incidents(measure),
  ) {
    this.measure = measure;
    this.zones = zones;
    this.#decided = decided;
    this.aheadMs = aheadMs;
    this.incidents = incidents;
    incidents.passive = isPassive;
  }

  static opened(measure: string, zones: ZoneSlots, recorded: RecordedCase, incidents?: Incidents): CaseState {
    const decided = { recorded, order: recorded.order, rules: [] };
    const aheadMs = recorded.aheadMs ?? AHEAD_MS_MAX;
    return new CaseState(measure, zones, decided, aheadMs, recorded.mode === 'passive', incidents);
  }

  #unpacked(): Decided {
    this.#decided ??= decidedOf(unpackJson(this.#packed as Uint8Array));
    return this.#decided;
  }
  get order(): RecordedOrder {
    return this.#unpacked().order;
  }
  set order(order: RecordedOrder) {
    this.#unpacked().order = order;
    this.#packed = undefined;
  }
  get legalBasis(): string {
    return this.#unpacked().recorded.legalBasis;
  }
  get timezone(): string {
    return this.#unpacked().recorded.timezone;
  }
  get rules(): readonly RuleInForce[] {
    return this.#unpacked().rules;
  }
  /** Rules of this case alone that are switched off, or asked to be. */
  get switches(): OwnSwitches {
    return this.#switches;
  }
  set switches(switches: OwnSwitches) {
    if (switches === this.#switches) return;
    this.#unpacked();
    this.#packed = undefined;
    this.#switches = isNone(switches) ? NO_SWITCHES : switches;
    this.incidents.underOwn(this.#switches);
  }

  /** Lets go of the objects; what asks for them again unpacks them. */
  pack(): void {
    if (this.#decided === undefined) return;
    this.#packDecided();
    this.#decided = undefined;
  }

  /** The case with the order in force, read when it is asked for, as it is now. */
  recordedNow(): () => RecordedCase {
    const packed = this.#packDecided();
    let shown: RecordedCase | undefined;
    return () => {
      if (shown === undefined) {
        const { recorded, order } = decidedOf(unpackJson(packed));
        shown = { ...recorded, order };
      }
      return shown;
    };
  }

  #packDecided(): Uint8Array {
    if (this.#packed === undefined) {
      const { recorded, order, rules } = this.#unpacked();
      const written: WrittenDecided = {
        recorded,
        order: order === recorded.order ? null : order,
        revision: this.revision,
        stoppedAtMs: this.stoppedAtMs,
        beacons: this.beacons,
        rules: rules.map((r) => toWritten(r, order)),
        ...(this.#switches === NO_SWITCHES ? {} : { switches: this.#switches }),
      };
      this.#packed = packJson(written as unknown as Json);
    }
    return this.#packed;
  }

  /** Hashed once per decision. */
  hashOfDecided(): Lanes {
    const packed = this.#packDecided();
    if (this.#hashed === undefined || this.#hashedOf !== packed) {
      decidedHash.start().bytes(packed);
      this.#hashed = decidedHash.taken();
      this.#hashedOf = packed;
    }
    return this.#hashed;
  }

  device(deviceId: string): DeviceState | undefined {
    return this.devices.find((d) => d.deviceId === deviceId);
  }

  ofKind(kind: RuleKind): readonly RuleInstance[] {
    return this.byKind[kind] ?? NONE;
  }

  get ended(): boolean {
    return this.stoppedAtMs >= 0;
  }

  /** Makes places and zone slots from the rules. Devices' rows are the caller's to fit. */
  install(rules: readonly RuleInForce[]): void {
    this.release();
    this.#unpacked().rules = rules;
    this.#packed = undefined;
    this.incidents.escalation = this.order.escalation;
    this.instances = rules.map((r) => instanceOf(r, this.zones.parts));
    for (const { rule } of rules)
      for (const name of rule.beacons ?? [])
        if (!this.beacons.includes(name) && this.beacons.length < BEACONS_MAX) this.beacons.push(name);
    const places: PlaceOfCase[] = [];
    const recordedZones: RecordedZone[] = [];
    for (const [i, instance] of this.instances.entries()) {
      if (!isPlaceRule(instance.rule)) continue;
      const { rule, shared } = rules[i] as RuleInForce;
      const zone = (shared?.zone ?? rule.zone) as unknown as RecordedZone;
      const isFreeTime = rule.kind === 'free_time';
      const beaconMask = this.#mask(instance.rule.beacons ?? []);
      instance.place = places.length;
      const own = isFreeTime ? { freeTime: freeTimeOf(instance, rule) } : {};
      places.push({ instance, isRing: false, beaconMask, parameters: parametersOf(instance, false), ...own });
      recordedZones.push(zone);
      if (instance.hasRing) {
        places.push({ instance, isRing: true, beaconMask, parameters: parametersOf(instance, true) });
        recordedZones.push(zone);
      }
      if (isFreeTime) {
        places.push({ instance, isRing: true, isMeter: true, beaconMask: 0, parameters: parametersOf(instance, true) });
        recordedZones.push(zone);
      }
    }
    // Copied: what grew by pushing keeps room for more.
    this.places = places.slice();
    const byKind: Partial<Record<RuleKind, RuleInstance[]>> = {};
    for (const instance of this.instances) {
      const { kind } = instance.rule;
      byKind[kind] = byKind[kind] === undefined ? [instance] : [...byKind[kind], instance];
    }
    this.byKind = byKind;
    this.watchesSpeed = byKind.implausible !== undefined;
    this.sharedUses = sharedUsesOf(rules);
    this.slots = recordedZones.length;
    this.firstSlot = this.zones.take(recordedZones, places.map(tagOf));
  }

  release(): void {
    this.zones.give(this.firstSlot, this.slots);
    this.firstSlot = -1;
    this.slots = 0;
  }

  /** The case goes, or is there as another object: its histories are empty from here on. */
  releaseReports(): void {
    for (const d of this.devices) d.history.release();
  }

  #mask(names: readonly string[]): number {
    let mask = 0;
    for (const name of names) {
      const i = this.beacons.indexOf(name);
      if (i >= 0) mask |= 1 << i;
    }
    return mask;
  }

  /** What people decided, packed; the same bytes until they decide again. */
  decidedBytes(): Uint8Array {
    return this.#packDecided();
  }

  /** `like`: the case as it stands now; where its rules are the same, they and their zones are taken over. `packed` is copied. */
  static ofDecided(
    measure: string,
    zones: ZoneSlots,
    packed: Uint8Array,
    incidents: Incidents,
    like?: CaseState,
  ): CaseState {
    if (like !== undefined && like.#packed !== undefined && sameBytes(like.#packed, packed))
      return CaseState.#takenOver(measure, zones, like.#packed, incidents, like);
    like?.release();
    const decided = decidedOf(unpackJsonWithout(packed, NOT_NEEDED));
    const state = CaseState.opened(measure, zones, decided.recorded, incidents);
    state.order = decided.order;
    state.revision = decided.revision;
    state.stoppedAtMs = decided.stoppedAtMs;
    state.beacons = decided.beacons;
    state.install(decided.rules);
    state.switches = decided.switches ?? NO_SWITCHES;
    state.#decided = undefined;
    state.#packed = packed.slice();
    return state;
  }

  static #takenOver(
    measure: string,
    zones: ZoneSlots,
    packed: Uint8Array,
    incidents: Incidents,
    like: CaseState,
  ): CaseState {
    const state = new CaseState(measure, zones, undefined, like.aheadMs, like.incidents.passive, incidents);
    incidents.escalation = like.incidents.escalation;
    Object.assign(state, {
      revision: like.revision,
      stoppedAtMs: like.stoppedAtMs,
      beacons: like.beacons,
      instances: like.instances,
      places: like.places,
      byKind: like.byKind,
      watchesSpeed: like.watchesSpeed,
      firstSlot: like.firstSlot,
      slots: like.slots,
      sharedUses: like.sharedUses,
    });
    state.#switches = like.#switches;
    incidents.underOwn(like.#switches);
    like.firstSlot = -1;
    like.slots = 0;
    state.#packed = packed;
    return state;
  }

  /** Call after order, revision or stop changed without new rules. */
  rulesChanged(): void {
    this.#unpacked();
    this.#packed = undefined;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
