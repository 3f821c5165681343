// Proximity rules: pairs fed from both histories, their episodes as incidents, an unknown distance as a check. Never says `far` of a
// partner whose position is too old.
import { distanceM } from '@vigie/geo';
import { type LogTimeUs, fixTimeMs, logTimeMs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { settledTo } from './fold-place.ts';
import { reasonFix, reconcile, scopeOf } from './reconcile.ts';
import type { Opening } from './incidents.ts';
import { isActive } from './intervals.ts';
import {
  ALARM,
  FED_TO,
  type Level,
  type PairSink,
  PairState,
  WARNING,
  feedPair,
  fresh,
  isKnown,
  levelOf,
  partnerAgeMs,
} from './pair-state.ts';
import { type Episode, openEpisode } from './place-machine.ts';
import type { Transition } from './types.ts';

/** Pairs of the rules in force, by rule and wearer. What was known of a pair with the same key is taken over. */
export function pairsOf(
  c: CaseState,
  known: readonly { key: string; now: Float64Array; base: Float64Array | undefined }[] = [],
): PairState[] {
  const pairs: PairState[] = [];
  for (const instance of c.ofKind('proximity')) {
    const partner = c.device(instance.rule.partnerDeviceId as string);
    if (partner === undefined || partner.role === 'wearer') continue;
    for (const wearer of c.devices) {
      if (wearer.role !== 'wearer') continue;
      const pair = new PairState(instance, wearer, partner);
      const old = known.find((k) => k.key === pair.key);
      if (old !== undefined) {
        pair.now = old.now;
        pair.base = old.base;
      }
      pairs.push(pair);
    }
  }
  return pairs;
}

class Ended implements PairSink {
  machine = ALARM;
  readonly byMachine = new Map<number, Episode[]>();
  readonly sink = {
    moved: (): void => undefined,
    ended: (episode: Episode): void => {
      const list = this.byMachine.get(this.machine);
      if (list === undefined) this.byMachine.set(this.machine, [episode]);
      else list.push(episode);
    },
  };
}

/** Records of `d` from index `from` on are new; `earliestMs` is the first of their fix times. */
export function feedPairs(c: CaseState, d: DeviceState, from: number, earliestMs: number, now: LogTimeUs): void {
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    if (earliestMs > (pair.now[FED_TO] as number)) {
      const ended = new Ended();
      const { wearer, partner } = pair;
      if (d === wearer) feedPair(pair, pair.now, from, d.history.length, 0, 0, ended);
      else feedPair(pair, pair.now, 0, 0, from, partner.history.length, ended);
      settlePair(c, pair, ended, false, now);
    } else feedPairAgain(c, pair, now);
    watchPartner(c, pair, now);
  }
}

export function feedPairAgain(c: CaseState, pair: PairState, now: LogTimeUs): void {
  pair.now = pair.base === undefined ? fresh() : pair.base.slice();
  const ended = new Ended();
  feedPair(pair, pair.now, 0, pair.wearer.history.length, 0, pair.partner.history.length, ended);
  settlePair(c, pair, ended, true, now);
}

/** Time passed, no report came. */
export function settlePairs(c: CaseState, now: LogTimeUs): void {
  for (const pair of c.pairs) settlePair(c, pair, new Ended(), false, now);
}

const kindOf = (machine: number) => (machine === ALARM ? 'proximity' : 'pre_alert');

/** `isAll`: the whole window was fed again. */
function settlePair(c: CaseState, pair: PairState, ended: Ended, isAll: boolean, now: LogTimeUs): void {
  for (const machine of [ALARM, WARNING]) {
    const fromMs = isAll ? settledTo(pair.base, machine) : Number.POSITIVE_INFINITY;
    const open = openEpisode(pair.now, machine);
    const own = ended.byMachine.get(machine) ?? [];
    if (open === undefined && own.length === 0 && fromMs === Number.POSITIVE_INFINITY) continue;
    const nowMs = Math.max(logTimeMs(now), pair.now[FED_TO] as number);
    const attached = machine === ALARM ? pair.attachedAlarm : pair.attachedWarning;
    if (attached !== undefined && open !== undefined && own.length === 0 && fromMs === Number.POSITIVE_INFINITY) {
      c.incidents.count(attached, open.signals);
      if (open.end <= nowMs) c.incidents.close(attached, open.end);
      continue;
    }
    const record = reconcile(c, {
      scope: scopeOf(pair.instance, kindOf(machine), pair.wearer.deviceId),
      graceMs: 0,
      ended: own,
      open,
      fromMs,
      nowMs,
      now,
      opening: (e, openedAtMs, closedAtMs, dueMs) => openingOf(c, pair, machine, e, openedAtMs, closedAtMs, dueMs),
    });
    if (machine === ALARM) pair.attachedAlarm = record;
    else pair.attachedWarning = record;
  }
}

function openingOf(
  c: CaseState,
  pair: PairState,
  machine: number,
  e: Episode,
  openedAtMs: number,
  closedAtMs: number,
  dueMs: number,
): Opening {
  const { instance, wearer, partner } = pair;
  const { rule } = instance;
  const kind = kindOf(machine);
  const w = lastFix(wearer, e.fixAt);
  const p = lastFix(partner, e.fixAt);
  const keys = [w >= 0 ? wearer.history.key(w) : '', p >= 0 ? partner.history.key(p) : ''].join('&');
  return {
    scope: scopeOf(instance, kind, wearer.deviceId),
    idRule: machine === ALARM ? instance.key : `${instance.key}|pre_alert`,
    ruleId: rule.ruleId,
    deviceId: wearer.deviceId,
    kind,
    openingKey: e.start === e.fixAt ? keys : `${keys}@${e.start}`,
    openedAtMs,
    closedAtMs,
    dueMs,
    signals: e.signals,
    reason: {
      rule: rule.ruleId,
      kind,
      version: c.rulesVersion,
      code: machine === ALARM ? 'near_person' : 'approaching_person',
      fixes: [
        ...(w >= 0 ? [reasonFix(c, wearer, w)] : [{ deviceId: wearer.deviceId, atMs: e.fixAt }]),
        ...(p >= 0 ? [reasonFix(c, partner, p)] : []),
      ],
      values: {
        startMs: e.start,
        warnMm: rule.warnMm as number,
        alarmMm: rule.alarmMm as number,
        ...(w >= 0 && p >= 0 ? approach(wearer, w, partner, p) : {}),
      },
    },
  };
}

/** Distance now, who came nearer since their fix before, how fast, and when they would meet if nothing changed. */
function approach(wearer: DeviceState, w: number, partner: DeviceState, p: number): Record<string, number> {
  const apart = between(wearer, w, partner, p);
  const w0 = fixBefore(wearer, w);
  const p0 = fixBefore(partner, p);
  const byWearer = w0 < 0 ? 0 : between(wearer, w0, partner, p) - apart;
  const byPartner = p0 < 0 ? 0 : between(wearer, w, partner, p0) - apart;
  const speed = (nearer: number, d: DeviceState, i: number, before: number): number =>
    before < 0 ? 0 : (nearer * 1_000_000) / Math.max(1, d.history.at(i) - d.history.at(before));
  const closingMmps = Math.round(speed(byWearer, wearer, w, w0) + speed(byPartner, partner, p, p0));
  return {
    distanceMm: Math.round(apart * 1000),
    ageMs: Math.abs(wearer.history.at(w) - partner.history.at(p)),
    byWearerMm: Math.round(byWearer * 1000) + 0,
    byPartnerMm: Math.round(byPartner * 1000) + 0,
    closingMmps: closingMmps + 0,
    ...(closingMmps > 0 ? { contactS: Math.round((apart * 1000) / closingMmps) } : {}),
  };
}

const between = (a: DeviceState, i: number, b: DeviceState, k: number): number =>
  distanceM(a.history.lonE7(i), a.history.latE7(i), b.history.lonE7(k), b.history.latE7(k));

function lastFix(d: DeviceState, atMs: number): number {
  let i = d.history.lastAtOrBefore(atMs);
  while (i >= 0 && !d.history.hasFix(i)) i--;
  return i;
}
const fixBefore = (d: DeviceState, i: number): number => {
  let k = i - 1;
  while (k >= 0 && !d.history.hasFix(k)) k--;
  return k;
};

/** A partner whose position is too old: the distance is unknown, and a person has to find out. */
function watchPartner(c: CaseState, pair: PairState, now: LogTimeUs): void {
  const { instance, wearer } = pair;
  const scope = scopeOf(instance, 'check', wearer.deviceId);
  const open = c.incidents.hasOpen('check') ? c.incidents.openOf(scope) : undefined;
  const nowMs = logTimeMs(now);
  const w = wearer.lastFix;
  const maxAgeMs = instance.rule.maxAgeMs as number;
  if (isKnown(pair, pair.now)) {
    if (open !== undefined) c.incidents.close(open, nowMs);
    return;
  }
  if (open !== undefined || w < 0 || !isActive(instance.active, wearer.history.at(w))) return;
  const age = partnerAgeMs(pair.now);
  const isTooOld =
    age === Number.POSITIVE_INFINITY ? wearer.history.at(w) - wearer.history.at(0) > maxAgeMs : age > maxAgeMs;
  if (!isTooOld) return;
  c.incidents.raise(
    {
      scope,
      idRule: `${instance.key}|check|partner_unknown`,
      ruleId: instance.rule.ruleId,
      deviceId: wearer.deviceId,
      kind: 'check',
      openingKey: wearer.history.key(w),
      openedAtMs: nowMs,
      closedAtMs: -1,
      dueMs: nowMs,
      signals: 1,
      reason: {
        rule: instance.rule.ruleId,
        kind: 'check',
        version: c.rulesVersion,
        code: 'partner_unknown',
        fixes: [reasonFix(c, wearer, w)],
        values: { maxAgeMs, ageMs: age === Number.POSITIVE_INFINITY ? -1 : age },
      },
    },
    now,
  );
}

/** When a running approach wants to be looked at by time: its rule's interval ends, or it is not raised yet. */
export function pairsDueMs(c: CaseState): number {
  let due = Number.POSITIVE_INFINITY;
  for (const pair of c.pairs)
    for (const machine of [ALARM, WARNING]) {
      const open = openEpisode(pair.now, machine);
      if (open === undefined) continue;
      const raised = c.incidents.openOf(scopeOf(pair.instance, kindOf(machine), pair.wearer.deviceId));
      if (raised !== undefined) due = Math.min(due, open.end);
      else if (open.start > (pair.now[FED_TO] as number)) due = Math.min(due, open.start);
    }
  return due;
}

/** Records that leave the histories go into the bases, merged as they were fed. */
export function trimPairs(c: CaseState, countOf: (d: DeviceState) => number): void {
  for (const pair of c.pairs) {
    const w = countOf(pair.wearer);
    const p = countOf(pair.partner);
    if (w === 0 && p === 0) continue;
    pair.base ??= fresh();
    const to = c.pastTransitions;
    feedPair(pair, pair.base, 0, w, 0, p, to === undefined ? new Ended() : recorder(pair, pair.base, to));
  }
}

/** Notes every change of level. */
function recorder(pair: PairState, s: Float64Array, to: Transition[]): PairSink {
  let level: Level = levelOf(pair, s);
  return Object.assign(new Ended(), {
    fed: (atMs: number, isWearer: boolean, index: number): void => {
      const next = levelOf(pair, s);
      if (next === level) return;
      const d = isWearer ? pair.wearer : pair.partner;
      to.push({
        ruleId: pair.instance.rule.ruleId,
        deviceId: pair.wearer.deviceId,
        from: level,
        to: next,
        at: fixTimeMs(atMs),
        reportKey: d.history.key(index),
        reporter: d.deviceId,
      });
      level = next;
    },
  });
}

export function pairTransitions(c: CaseState): Transition[] {
  const all: Transition[] = [];
  for (const pair of c.pairs) {
    const s = pair.base === undefined ? fresh() : pair.base.slice();
    feedPair(pair, s, 0, pair.wearer.history.length, 0, pair.partner.history.length, recorder(pair, s, all));
  }
  return all;
}
