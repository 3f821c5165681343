// Place rules of one device: machines fed from the history, and their episodes turned into incidents. A report in order costs one
// step per place; a late one runs the machines again over the whole history, which is why any order of arrival ends the same.
import type { LogTimeUs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { freshRows } from './device-state.ts';
import { NOTHING } from './history.ts';
import type { Opening } from './incidents.ts';
import { reclipFreeTime, stepFreeTime } from './free-time.ts';
import { firstEndingAfter } from './intervals.ts';
import {
  type Episode,
  LAST_DETERMINED,
  OPEN_CONFIRMED_AT,
  OPEN_END,
  OPEN_START,
  type PlaceSink,
  ROW,
  openEpisode,
  step,
} from './place-machine.ts';
import { reasonFix, reconcile, scopeOf } from './reconcile.ts';
import type { RuleInstance } from './rule-instance.ts';
import { judgeRecord } from './verdicts.ts';

type PlaceOf = CaseState['places'][number];

const graceOf = (place: PlaceOf): number => (place.isRing ? 0 : (place.instance.rule.graceMs ?? 0));
const kindOf = (place: PlaceOf) =>
  place.isRing ? 'pre_alert' : (place.instance.rule.kind as 'exclusion' | 'inclusion' | 'free_time');

/** Collects what the machines of one device say while they run. */
class Collector implements PlaceSink {
  place = 0;
  readonly ended_: { readonly place: number; readonly episode: Episode }[] = [];
  moves: ((place: number, from: number, to: number, atMs: number) => void) | undefined;
  moved(from: number, to: number, atMs: number): void {
    this.moves?.(this.place, from, to, atMs);
  }
  ended(episode: Episode): void {
    this.ended_.push({ place: this.place, episode });
  }
  clear(): void {
    this.ended_.length = 0;
    this.moves = undefined;
  }
}
export const collector = new Collector();

export function feed(c: CaseState, d: DeviceState, rows: Float64Array, i: number): void {
  const at = d.history.at(i);
  for (let p = 0; p < c.places.length; p++) {
    const v = d.history.verdict(i, p);
    if (v === NOTHING) continue;
    const { parameters, freeTime } = c.places[p] as PlaceOf;
    collector.place = p;
    if (freeTime === undefined) step(rows, p * ROW, parameters, at, v, collector);
    else stepFreeTime(rows, p, freeTime, at, v, collector);
  }
}

/** Reports were appended from index `from` on. */
export function feedInOrder(c: CaseState, d: DeviceState, from: number, now: LogTimeUs): void {
  if (d.role !== 'wearer' || c.places.length === 0) return;
  collector.clear();
  for (let i = from; i < d.history.length; i++) feed(c, d, d.rows, i);
  const ended = collector.ended_.length === 0 ? NOTHING_ENDED : collector.ended_.splice(0);
  for (const { place } of ended) d.attached[place] = undefined;
  for (let p = 0; p < c.places.length; p++) {
    const isOpen = (d.rows[p * ROW + OPEN_START] as number) >= 0;
    const own = ended.length === 0 ? NONE : ended.filter((e) => e.place === p).map((e) => e.episode);
    if (!isOpen && own.length === 0) continue;
    settle(c, d, p, own, Number.POSITIVE_INFINITY, now);
  }
}
const NONE: readonly Episode[] = [];
const NOTHING_ENDED: readonly Collector['ended_'][number][] = [];

/** A late report or a new rule: everything inside the window again. */
export function feedAgain(c: CaseState, d: DeviceState, now: LogTimeUs): void {
  if (d.role !== 'wearer') return;
  d.rows = d.base === undefined ? freshRows(c.places.length) : d.base.slice();
  d.attached = [];
  collector.clear();
  for (let i = 0; i < d.history.length; i++) feed(c, d, d.rows, i);
  const ended = collector.ended_.splice(0);
  for (let p = 0; p < c.places.length; p++) {
    if ((c.places[p] as PlaceOf).isMeter === true) continue;
    const own = ended.filter((e) => e.place === p).map((e) => e.episode);
    settle(c, d, p, own, settledTo(d.base, p * ROW), now);
  }
}

/**
 * Up to here nothing can change any more: the last fix before the window that moved or confirmed the standing. Later than that a side
 * not yet held for its dwell, or an edge not yet vouched for, may still reach back over the window's border.
 */
export const settledTo = (base: Float64Array | undefined, o: number): number =>
  base === undefined ? -1 : (base[o + LAST_DETERMINED] as number);

/** Time passed, no report came. */
export function settleOpen(c: CaseState, d: DeviceState, now: LogTimeUs): void {
  if (d.role !== 'wearer') return;
  for (let p = 0; p < c.places.length; p++)
    if ((d.rows[p * ROW + OPEN_START] as number) >= 0) settle(c, d, p, NONE, Number.POSITIVE_INFINITY, now);
}

/** Log time, or the newest fix where a recorded track runs ahead of it. */
const placeNowMs = (d: DeviceState, now: LogTimeUs): number => {
  const nowMs = Math.floor(now / 1000);
  return d.history.length === 0 ? nowMs : Math.max(nowMs, d.history.at(d.history.length - 1));
};

/** Makes the incidents of one place agree with its episodes: those that ended just now and the running one. */
function settle(
  c: CaseState,
  d: DeviceState,
  p: number,
  ended: readonly Episode[],
  fromMs: number,
  now: LogTimeUs,
): void {
  const place = c.places[p] as PlaceOf;
  const nowMs = placeNowMs(d, now);
  const open = openEpisode(d.rows, p * ROW);
  const attached = d.attached[p];
  if (ended.length === 0 && attached !== undefined && open !== undefined && fromMs === Number.POSITIVE_INFINITY) {
    c.incidents.count(attached, open.signals);
    if (open.end <= nowMs) c.incidents.close(attached, open.end);
    return;
  }
  const record = reconcile(c, {
    scope: scopeOf(place.instance, kindOf(place), d.deviceId),
    graceMs: graceOf(place),
    ended,
    open,
    fromMs,
    nowMs,
    now,
    opening: (e, openedAtMs, closedAtMs, dueMs) => openingOf(c, d, p, e, openedAtMs, closedAtMs, dueMs),
  });
  if (record !== undefined) d.attached[p] = record;
}

function openingOf(
  c: CaseState,
  d: DeviceState,
  p: number,
  e: Episode,
  openedAtMs: number,
  closedAtMs: number,
  dueMs: number,
): Opening {
  const place = c.places[p] as PlaceOf;
  const { instance } = place;
  const kind = kindOf(place);
  const i = findFix(d, p, e.fixAt, place.parameters.breach);
  const atEdge = e.start !== e.fixAt;
  const key = i < 0 ? `@${e.start}` : atEdge ? `${d.history.key(i)}@${e.start}` : d.history.key(i);
  return {
    scope: scopeOf(instance, kind, d.deviceId),
    idRule: place.isRing ? `${instance.key}|pre_alert` : instance.key,
    ruleId: instance.rule.ruleId,
    deviceId: d.deviceId,
    kind,
    openingKey: key,
    openedAtMs,
    closedAtMs,
    dueMs,
    signals: e.signals,
    reason: {
      rule: instance.rule.ruleId,
      kind,
      version: c.rulesVersion,
      code: codeOf(place, atEdge),
      fixes: i < 0 ? [{ deviceId: d.deviceId, atMs: e.fixAt }] : [reasonFix(c, d, i, p)],
      values: {
        ...(place.instance.rule.kind === 'free_time' ? freeTimeValues(place.instance) : {}),
        startMs: e.start,
        graceMs: graceOf(place),
        dwellMs: instance.rule.dwellMs ?? 0,
        bufferMm: instance.rule.bufferMm ?? 0,
      },
    },
  };
}

const freeTimeValues = ({ rule }: RuleInstance) => ({
  budgetMs: rule.budgetMs as number,
  warnLeftMs: rule.warnLeftMs as number,
});

function codeOf(place: PlaceOf, atEdge: boolean): string {
  if (place.instance.rule.kind === 'free_time') return place.isRing ? 'free_time_low' : 'free_time_spent';
  const isExclusion = place.instance.rule.kind === 'exclusion';
  if (place.isRing) return isExclusion ? 'near_exclusion' : 'near_edge';
  if (atEdge) return isExclusion ? 'inside_exclusion_at_start' : 'outside_inclusion_at_start';
  return isExclusion ? 'inside_exclusion' : 'outside_inclusion';
}

/** The first report at that time on that side; -1 if it has left the history. */
function findFix(d: DeviceState, p: number, atMs: number, side: number): number {
  let i = d.history.lastAtOrBefore(atMs);
  let found = -1;
  for (; i >= 0 && d.history.at(i) === atMs; i--) if (d.history.verdict(i, p) === side) found = i;
  return found;
}

/** When the running episodes of a device want to be looked at next; Infinity = never by time alone. */
export function placeDueMs(c: CaseState, d: DeviceState): number {
  let due = Number.POSITIVE_INFINITY;
  if (d.role !== 'wearer') return due;
  for (let p = 0; p < c.places.length; p++) {
    const o = p * ROW;
    const start = d.rows[o + OPEN_START] as number;
    if (start < 0) continue;
    const end = d.rows[o + OPEN_END] as number;
    const attached = d.attached[p];
    if (attached !== undefined) {
      if (attached.closedAtMs < 0) due = Math.min(due, end);
      continue;
    }
    const confirmedAt = d.rows[o + OPEN_CONFIRMED_AT] as number;
    const openedAt = start + graceOf(c.places[p] as PlaceOf);
    if (confirmedAt >= 0 && openedAt < end) due = Math.min(due, Math.max(openedAt, confirmedAt));
  }
  return due;
}

/** After a load the running episodes find their incidents again; counts nothing and raises nothing. */
export function attach(c: CaseState, d: DeviceState): void {
  d.attached = [];
  if (d.role !== 'wearer') return;
  for (let p = 0; p < c.places.length; p++) {
    const open = openEpisode(d.rows, p * ROW);
    if (open === undefined) continue;
    const place = c.places[p] as PlaceOf;
    const openedAtMs = open.start + graceOf(place);
    const scope = scopeOf(place.instance, kindOf(place), d.deviceId);
    const record = c.incidents.list.find(
      (r) => r.scope === scope && r.certainty === 'raised' && r.openedAtMs === openedAtMs,
    );
    if (record !== undefined) d.attached[p] = record;
  }
}

/** New rules: every record is judged again, and rows find their place by the instance's key. */
export function refit(c: CaseState, d: DeviceState, keysBefore: readonly string[]): void {
  const base = d.base;
  const count = c.places.length;
  d.history = d.history.widened(d.role === 'wearer' ? Math.ceil(count / 16) : 0);
  d.attached = [];
  if (d.role !== 'wearer') return;
  if (base !== undefined) {
    d.base = freshRows(count);
    for (let p = 0; p < count; p++) {
      const before = keysBefore.indexOf(placeKey(c.places[p] as PlaceOf));
      if (before < 0) continue;
      d.base.set(base.subarray(before * ROW, (before + 1) * ROW), p * ROW);
      reclip(d.base, p * ROW, (c.places[p] as PlaceOf).instance);
    }
    for (let p = 0; p < count; p++) if ((c.places[p] as PlaceOf).freeTime !== undefined) reclipFreeTime(d.base, p);
  }
  for (let i = 0; i < d.history.length; i++) judgeRecord(c, d.history, i);
  d.rows = freshRows(count);
}

export const placeKey = ({ instance, isRing, isMeter }: PlaceOf): string =>
  `${instance.key}${isMeter === true ? '|meter' : isRing ? '|ring' : ''}`;

/** A running episode ends where its interval now ends. */
function reclip(rows: Float64Array, o: number, instance: RuleInstance): void {
  const start = rows[o + OPEN_START] as number;
  if (start < 0) return;
  const i = firstEndingAfter(instance.active, start);
  const isInside = i < instance.active.length && (instance.active[i] as number) <= start;
  rows[o + OPEN_END] = isInside ? (instance.active[i + 1] as number) : start;
}
