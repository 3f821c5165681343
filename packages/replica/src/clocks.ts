// The clock at every place of the merged order (D5): its log time, and how long each origin has been observed up to there.
// An origin is observed from entry to entry; a step of more than 2 s counts nothing. The observed time reaches a value at an
// entry of that origin, never between two: so a timer on it fires at one place, whatever came or went in between, and
// advancing a case in one step or in many gives the same state.
import type { Clock } from '@vigie/engine';
import { type LogTimeUs, type SiteId, logTimeUs, siteRank } from '@vigie/model';
import { type MergedPlace, comparePlaces } from './place.ts';
import { RuleSwitches, type SwitchEntry } from './rule-switches.ts';
import { type RuleSwitch, RulesInForce } from './rules-in-force.ts';
import { SharedZoneLog, type ZoneRevision } from './shared-zones-in-force.ts';

/** Microseconds. A longer step between two entries of an origin is a gap: nobody watched its devices. */
const OBSERVED_STEP_US_MAX = 2_000_000;

/** A device that has been silent through more restarts of its origin than this is looked at from the newest ones on. */
const RESTARTS_KEPT = 256;

export interface TrackState {
  /** The last entry of the origin at or before the place; t = -1: none yet. */
  readonly t: number;
  readonly obs: number;
  /** What had been observed when silence started anew: at admits, returns, foundings; rising, the newest few. */
  readonly restarts: readonly number[];
}
export interface ClocksState {
  readonly noirmont: TrackState;
  readonly delemont: TrackState;
  /** Switches of the rules up to the place; absent: none. */
  readonly rules?: readonly RuleSwitch[];
  /** Shared zones as they stand after the place; absent: none. */
  readonly zones?: readonly ZoneRevision[];
  /** Rules switched off and on up to the place; absent: none. */
  readonly switched?: readonly SwitchEntry[];
  /** Log time of the place. */
  readonly t: number;
}
const unheard: TrackState = { t: -1, obs: 0, restarts: [] };
export const CLOCKS_AT_START: ClocksState = { noirmont: unheard, delemont: unheard, t: 0 };

/** One origin's entries since the oldest place that somebody may still ask for. */
class OriginTrack {
  readonly #site: SiteId;
  #t: number[] = [];
  #obs: number[] = [];
  #beforeT: number;
  #beforeObs: number;
  #beforeRestarts: readonly number[];
  /** Places at which silence starts anew; what had been observed by then follows from the entries before. */
  #restarts: MergedPlace[] = [];

  constructor(site: SiteId, state: TrackState) {
    this.#site = site;
    this.#beforeT = state.t;
    this.#beforeObs = state.obs;
    this.#beforeRestarts = state.restarts;
  }

  get lastT(): number {
    return this.#t.length > 0 ? (this.#t[this.#t.length - 1] as number) : this.#beforeT;
  }
  get lastObs(): number {
    return this.#obs.length > 0 ? (this.#obs[this.#obs.length - 1] as number) : this.#beforeObs;
  }

  append(t: number): void {
    const step = t - this.lastT;
    const obs = this.lastT < 0 || step > OBSERVED_STEP_US_MAX ? this.lastObs : this.lastObs + step;
    this.#t.push(t);
    this.#obs.push(obs);
  }

  restartAt(place: MergedPlace): void {
    this.#restarts.push({ t: place.t, site: place.site });
    this.#restarts.sort(comparePlaces);
  }

  /** Number of kept entries at or before a place of the merged order. */
  #countThrough(place: MergedPlace): number {
    const tie = siteRank(this.#site) <= siteRank(place.site);
    let low = 0;
    let high = this.#t.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const t = this.#t[middle] as number;
      if (t < place.t || (tie && t === place.t)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  obsAt(place: MergedPlace): number {
    const count = this.#countThrough(place);
    return count === 0 ? this.#beforeObs : (this.#obs[count - 1] as number);
  }
  /** The last restart at or before the place; 0 = none. */
  restartAtPlace(place: MergedPlace): number {
    let last: MergedPlace | undefined;
    for (const restart of this.#restarts) {
      if (comparePlaces(restart, place) > 0) break;
      last = restart;
    }
    return last === undefined ? (this.#beforeRestarts.at(-1) ?? 0) : this.obsAt(last);
  }
  /** The first restart after that much had been observed, at or before the place; 0 = none. */
  restartAfter(obs: number, place: MergedPlace): number {
    for (const restart of this.#beforeRestarts) if (restart > obs) return restart;
    for (const restart of this.#restarts) {
      if (comparePlaces(restart, place) > 0) break;
      const at = this.obsAt(restart);
      if (at > obs) return at;
    }
    return 0;
  }
  /** An entry at this place changes how much had been observed by a restart that is known already. */
  isBeforeRestart(place: MergedPlace): boolean {
    const last = this.#restarts[this.#restarts.length - 1];
    return last !== undefined && comparePlaces(place, last) < 0;
  }
  #restartsThrough(place: MergedPlace): readonly number[] {
    const passed = this.#restarts.filter((restart) => comparePlaces(restart, place) <= 0);
    return [...this.#beforeRestarts, ...passed.map((restart) => this.obsAt(restart))].slice(-RESTARTS_KEPT);
  }
  /** The entry at which the observed time reached `obs`; one longer ago than anybody may ask for answers the oldest known. */
  timeOfObs(obs: number): number {
    if (obs <= this.#beforeObs && this.#beforeT >= 0) return this.#beforeT;
    let low = 0;
    let high = this.#obs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#obs[middle] as number) < obs) low = middle + 1;
      else high = middle;
    }
    return low < this.#t.length ? (this.#t[low] as number) : Math.max(this.lastT, 0);
  }

  stateAt(place: MergedPlace): TrackState {
    const count = this.#countThrough(place);
    return {
      t: count === 0 ? this.#beforeT : (this.#t[count - 1] as number),
      obs: count === 0 ? this.#beforeObs : (this.#obs[count - 1] as number),
      restarts: this.#restartsThrough(place),
    };
  }
  forgetThrough(place: MergedPlace): void {
    const count = this.#countThrough(place);
    this.#beforeRestarts = this.#restartsThrough(place);
    this.#restarts = this.#restarts.filter((restart) => comparePlaces(restart, place) > 0);
    if (count === 0) return;
    this.#beforeT = this.#t[count - 1] as number;
    this.#beforeObs = this.#obs[count - 1] as number;
    this.#t.splice(0, count);
    this.#obs.splice(0, count);
  }
  forgetAfter(place: MergedPlace): void {
    const count = this.#countThrough(place);
    this.#t.length = count;
    this.#obs.length = count;
    this.#restarts = this.#restarts.filter((restart) => comparePlaces(restart, place) <= 0);
  }
}

/** A clock that is pointed at places in turn; the engine keeps nothing of it. */
export class PlaceClock implements Clock {
  readonly #clocks: OriginClocks;
  t: LogTimeUs = logTimeUs(0);
  #noirmontObs = 0;
  #delemontObs = 0;
  #place: MergedPlace = { t: 0, site: 'noirmont' };

  constructor(clocks: OriginClocks) {
    this.#clocks = clocks;
  }
  at(place: MergedPlace): this {
    const { noirmont, delemont } = this.#clocks;
    this.t = logTimeUs(place.t);
    this.#noirmontObs = noirmont.obsAt(place);
    this.#delemontObs = delemont.obsAt(place);
    this.#place = place;
    return this;
  }
  obs(site: SiteId): number {
    return site === 'noirmont' ? this.#noirmontObs : this.#delemontObs;
  }
  obsRestart(site: SiteId): number {
    return this.#clocks[site].restartAtPlace(this.#place);
  }
  obsRestartAfter(site: SiteId, obs: number): number {
    return this.#clocks[site].restartAfter(obs, this.#place);
  }
  rulesAt(t: LogTimeUs): number {
    return this.#clocks.rules.at(t);
  }
  get sharedZones(): SharedZoneLog {
    return this.#clocks.zones;
  }
  get switched(): RuleSwitches | undefined {
    const { switched } = this.#clocks;
    return switched.count === 0 ? undefined : switched;
  }
  timeOfObs(site: SiteId, obs: number): LogTimeUs {
    return logTimeUs(this.#clocks[site].timeOfObs(obs));
  }
}

export class OriginClocks {
  readonly noirmont: OriginTrack;
  readonly delemont: OriginTrack;
  readonly rules: RulesInForce;
  readonly zones: SharedZoneLog;
  readonly switched: RuleSwitches;

  constructor(state: ClocksState = CLOCKS_AT_START) {
    this.noirmont = new OriginTrack('noirmont', state.noirmont);
    this.delemont = new OriginTrack('delemont', state.delemont);
    this.rules = new RulesInForce(state.rules ?? []);
    this.zones = new SharedZoneLog(state.zones ?? []);
    this.switched = new RuleSwitches(state.switched ?? [], (t) => this.rules.at(t));
  }
  /** Entries of one origin come in their order; the two origins in any. */
  append(place: MergedPlace): void {
    this[place.site].append(place.t);
  }
  /** The silence clock of `site` starts anew at this place: its admit, leave, or a founding. */
  restart(site: SiteId, place: MergedPlace): void {
    this[site].restartAt(place);
  }
  stateAt(place: MergedPlace): ClocksState {
    const rules = this.rules.stateAt(place);
    const zones = this.zones.stateAt(place);
    const switched = this.switched.stateAt(place);
    const known = {
      ...(rules.length === 0 ? {} : { rules }),
      ...(switched.length === 0 ? {} : { switched }),
      ...(zones.length === 0 ? {} : { zones }),
    };
    const origins = { noirmont: this.noirmont.stateAt(place), delemont: this.delemont.stateAt(place) };
    return { ...origins, ...known, t: place.t };
  }
  /** Nobody will ask for a place before this one again. */
  forgetThrough(place: MergedPlace): void {
    this.noirmont.forgetThrough(place);
    this.delemont.forgetThrough(place);
    this.zones.forgetThrough(place);
  }
  /** Everything after this place lost its place; the caller appends it anew. */
  forgetAfter(place: MergedPlace): void {
    this.noirmont.forgetAfter(place);
    this.delemont.forgetAfter(place);
    this.rules.forgetAfter(place);
    this.zones.forgetAfter(place);
    this.switched.forgetAfter(place);
  }
}
