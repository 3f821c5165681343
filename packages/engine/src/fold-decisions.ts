// What people decide: a case, a revision of its order, a stop, a step on an incident. Checked here, in the fold, so that the check
// holds across both sites (L16).
import type { IncidentStep, LogTimeUs, RecordedCase, RecordedDevice, RecordedOrder, RecordedRule } from '@vigie/model';
import { SHARED_ZONES_SINCE, isCaseRuleSwitch, isTimeZoneName, logTimeMs, protectsPerson } from '@vigie/model';
import { CaseState } from './case-state.ts';
import { DeviceState, freshRows } from './device-state.ts';
import { GENERAL_RULE, endKnowledge, watchAbsence } from './fold-knowledge.ts';
import { feedAgain, placeKey, refit } from './fold-place.ts';
import { watchCrossing } from './fold-movement.ts';
import { feedPairAgain, pairsOf } from './fold-proximity.ts';
import type { IncidentRecord } from './incident-record.ts';
import { endedByOrder, withSwitch } from './own-switches.ts';
import {
  BOUNDS_SINCE,
  CASE_SWITCHES_SINCE,
  CLOSING_LAG_MS,
  FLAWS_SINCE,
  IDEMPOTENCY_KEYS_MAX,
  IDEMPOTENCY_US,
  LATE_WINDOW_MS,
  RULES_VERSION,
} from './limits.ts';
import {
  type RuleInForce,
  type SharedZoneOf,
  inForce,
  isPlaceRule,
  revise,
  stopAt,
  unite,
  withShared,
} from './rule-instance.ts';
import type { Clock, Outcome, Place, SharedZone } from './types.ts';
import { isRecordedOrder } from './well-formed.ts';
import type { ZoneSlots } from './zone-slots.ts';

const REFUSED = { kind: 'refused', reason: 'malformed' } as const;

export function openCase(
  measure: string,
  recorded: RecordedCase,
  place: Place,
  clock: Clock,
  zones: ZoneSlots,
): CaseState {
  const c = CaseState.opened(measure, zones, recorded);
  const order = recorded.order;
  c.rulesVersion = clock.rulesAt?.(clock.t) ?? RULES_VERSION;
  const sharedOf = sharedZonesAt(c, clock);
  const flaws = order.rules.map((rule) => flawOf(c, recorded.devices, rule, sharedOf));
  const known = order.rules.filter((_, i) => flaws[i] === undefined);
  const active = (rule: RecordedRule) => inForce(rule, order, Number.NEGATIVE_INFINITY);
  c.install(known.map((rule) => withShared({ key: rule.ruleId, rule, active: active(rule) }, sharedOf(rule))));
  c.devices = recorded.devices.map((device) => {
    const d = new DeviceState(device, place.site, clock.obs(place.site), zones.reports);
    if (d.role === 'wearer') {
      d.rows = freshRows(c.places.length);
      d.history = d.history.widened(Math.ceil(c.places.length / 16));
    }
    return d;
  });
  c.pairs = pairsOf(c);
  for (const [i, rule] of order.rules.entries()) {
    const code = flaws[i];
    if (code !== undefined) raiseInvalidOrder(c, place, clock.t, { rule, code });
  }
  c.incidents.changed = true;
  return c;
}

type Flaw = 'unknown_zone' | 'no_partner' | 'unknown_time_zone';
interface Flawed {
  readonly rule: RecordedRule;
  readonly code: Flaw;
}

const sharedZonesAt =
  (c: CaseState, clock: Clock) =>
  ({ kind, sharedZoneId }: RecordedRule): SharedZone | undefined =>
    sharedZoneId === undefined || !isPlaceRule({ kind }) || c.rulesVersion < SHARED_ZONES_SINCE
      ? undefined
      : clock.sharedZones?.at(sharedZoneId, clock.t);

/** Why nobody could have recorded a rule like this in this case; undefined: somebody could. */
function flawOf(
  c: CaseState,
  devices: readonly Pick<RecordedDevice, 'deviceId' | 'role'>[],
  rule: RecordedRule,
  sharedOf: SharedZoneOf,
): Flaw | undefined {
  if (c.rulesVersion < FLAWS_SINCE) return undefined;
  // Its times were made in a zone that is none: nobody knows when it is meant to hold.
  const byCalendar = rule.tzdata !== undefined || rule.weeks !== undefined;
  if (byCalendar && c.rulesVersion >= BOUNDS_SINCE && !isTimeZoneName(c.timezone)) return 'unknown_time_zone';
  // Nobody had written the zone that it names when the order was: there is no place to watch.
  if (rule.sharedZoneId !== undefined && isPlaceRule(rule) && sharedOf(rule) === undefined) return 'unknown_zone';
  if (rule.kind !== 'proximity') return undefined;
  const partner = devices.find(({ deviceId }) => deviceId === rule.partnerDeviceId);
  return partner?.role === 'protected' ? undefined : 'no_partner';
}

/** Replaces the rules and judges the late window again under them. */
export function changeRules(c: CaseState, rules: readonly RuleInForce[], now: LogTimeUs): void {
  const keysBefore = c.places.map(placeKey);
  c.install(rules);
  for (const d of c.devices) {
    refit(c, d, keysBefore);
    feedAgain(c, d, now);
    watchCrossing(c, d, 0, true, now);
    watchAbsence(c, d, now);
  }
  c.pairs = pairsOf(c);
  for (const pair of c.pairs) feedPairAgain(c, pair, now);
  c.incidents.changed = true;
}

export function applyOrder(c: CaseState, order: RecordedOrder, by: string, place: Place, clock: Clock): Outcome {
  const now = clock.t;
  if (c.ended) return { kind: 'refused', reason: 'measure_ended' };
  if (!isRecordedOrder(order, c.rulesVersion)) {
    raiseInvalidOrder(c, place, now);
    return REFUSED;
  }
  const sharedOf = sharedZonesAt(c, clock);
  for (const rule of order.rules) {
    const code = flawOf(c, c.devices, rule, sharedOf);
    if (code === undefined) continue;
    raiseInvalidOrder(c, place, now, { rule, code });
    return REFUSED;
  }
  const nowMs = logTimeMs(now);
  const fromMs = Math.max(order.validFromMs, nowMs);
  if (order.baseRevision === c.revision) {
    c.revision++;
    c.order = order;
    const keepFromMs = nowMs - LATE_WINDOW_MS - CLOSING_LAG_MS;
    changeRules(c, revise(c.rules, order, c.revision, fromMs, keepFromMs, sharedOf), now);
    closeAllOfEndedRules(c, nowMs);
    c.switches = endedByOrder(c.switches, place.entryId, by, now);
    return { kind: 'applied' };
  }
  // Written beside the one in force, by somebody who did not know of it: both hold until the authority resolves them (L16).
  if (order.baseRevision === c.revision - 1)
    changeRules(c, unite(c.rules, order, order.baseRevision + 1, fromMs, sharedOf), now);
  return { kind: 'refused', reason: 'revision_stale' };
}

/**
 * An order that nobody could have recorded lies in the log: it changes nothing, and people are told. `of`: the rule that cannot be.
 */
function raiseInvalidOrder(c: CaseState, place: Place, now: LogTimeUs, of?: Flawed): void {
  const atMs = logTimeMs(now);
  const key = of === undefined ? place.entryId : `${place.entryId}/${of.rule.ruleId}`;
  c.incidents.raise(
    {
      scope: `${GENERAL_RULE}|invalid_order|${key}`,
      idRule: `${GENERAL_RULE}|invalid_order`,
      ruleId: GENERAL_RULE,
      deviceId: '',
      kind: 'invalid_order',
      openingKey: key,
      openedAtMs: atMs,
      closedAtMs: -1,
      dueMs: atMs,
      signals: 1,
      reason: {
        rule: of?.rule.ruleId ?? GENERAL_RULE,
        kind: 'invalid_order',
        version: c.rulesVersion,
        code: of?.code ?? 'invalid_order',
        fixes: [],
        values: {},
      },
    },
    now,
  );
}

export function closeAllOfEndedRules(c: CaseState, nowMs: number): void {
  const live = new Set(c.rules.filter((r) => r.active.some(([, to]) => to > nowMs)).map((r) => r.key));
  for (const r of c.incidents.list) {
    if (r.closedAtMs >= 0 || r.kind === 'tamper' || r.kind === 'sos') continue;
    const key = r.scope.slice(0, r.scope.indexOf('|'));
    if (c.rules.some((x) => x.key === key) && !live.has(key)) c.incidents.close(r, Math.max(nowMs, r.openedAtMs));
  }
}

export function applyStop(c: CaseState, now: LogTimeUs): Outcome {
  if (c.ended) return { kind: 'refused', reason: 'measure_ended' };
  const atMs = logTimeMs(now);
  c.stoppedAtMs = atMs;
  c.rulesChanged();
  changeRules(c, stopAt(c.rules, atMs), now);
  endKnowledge(c, atMs);
  return { kind: 'applied' };
}

/** One rule of this case is asked to be switched off or on, or that is approved. */
export function applyCaseRule(c: CaseState, change: unknown, place: Place, now: LogTimeUs): Outcome {
  if (c.rulesVersion < CASE_SWITCHES_SINCE || !isCaseRuleSwitch(change)) return REFUSED;
  if (c.ended) return { kind: 'refused', reason: 'measure_ended' };
  const of = { rules: c.order.rules, protectsPerson: protectsPerson(c.legalBasis, c.devices) };
  const after = withSwitch(c.switches, change, place.entryId, now, of);
  if (after === undefined) return { kind: 'refused', reason: 'step_forbidden' };
  c.switches = after;
  c.incidents.changed = true;
  return { kind: 'applied' };
}

export function applyStep(c: CaseState, step: IncidentStep, place: Place, now: LogTimeUs): Outcome {
  const { idempotency } = step;
  if (idempotency !== undefined) {
    c.idempotent = c.idempotent.filter((k) => k.t > now - IDEMPOTENCY_US);
    const known = c.idempotent.find((k) => k.client === idempotency.client && k.key === idempotency.key);
    if (known !== undefined)
      return known.bodyHash === idempotency.bodyHash
        ? { kind: 'repeated', entryId: known.entryId }
        : { kind: 'refused', reason: 'key_mismatch' };
  }
  const outcome = c.incidents.step(step, place, now, (r) => isIntact(c, r));
  if (outcome.kind === 'applied' && idempotency !== undefined) {
    const { client, key, bodyHash } = idempotency;
    c.idempotent.push({ client, key, bodyHash, entryId: place.entryId, t: now });
    if (c.idempotent.length > IDEMPOTENCY_KEYS_MAX) c.idempotent.shift();
  }
  return outcome;
}

/** A strap that was cut is not closed by a click: first the device must say that it is whole again. */
function isIntact(c: CaseState, r: IncidentRecord): boolean {
  const d = c.device(r.deviceId);
  return d === undefined || !(d.strapOpen || d.caseOpen);
}
