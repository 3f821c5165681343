// What the fold holds of one proximity rule between a wearer and a protected person's device: two machines (alarm and warning) and
// the newest fix of each side, as one row of numbers. Driven by the fixes of both sides in fix-time order.
import { INSIDE, OUTSIDE, UNDETERMINED, distanceM } from '@vigie/geo';
import type { Reader, Writer } from './bytes.ts';
import type { DeviceState } from './device-state.ts';
import type { History } from './history.ts';
import type { IncidentRecord } from './incident-record.ts';
import { type PlaceParameters, type PlaceSink, ROW, STANDING, resetRow, step } from './place-machine.ts';
import type { RuleInstance } from './rule-instance.ts';

export const ALARM = 0;
export const WARNING = ROW;
export const WEARER_FIX = 2 * ROW;
export const PARTNER_FIX = WEARER_FIX + 4;
/** The newest fix time fed. */
export const FED_TO = PARTNER_FIX + 4;
const SIZE = FED_TO + 1;
/** Places inside a fix: time (-1 = none), longitude, latitude, accuracy in millimetres. */
const AT = 0;

export type Level = 'unknown' | 'far' | 'warn' | 'near';

export class PairState {
  readonly instance: RuleInstance;
  readonly wearer: DeviceState;
  readonly partner: DeviceState;
  readonly parameters: PlaceParameters;
  now: Float64Array;
  /** As it was before the first record of both histories. */
  base: Float64Array | undefined;
  /** Not state: the incidents of the running alarm and warning, found again when unknown. */
  attachedAlarm: IncidentRecord | undefined;
  attachedWarning: IncidentRecord | undefined;

  constructor(instance: RuleInstance, wearer: DeviceState, partner: DeviceState, now = fresh(), base?: Float64Array) {
    this.instance = instance;
    this.wearer = wearer;
    this.partner = partner;
    this.parameters = { breach: INSIDE, dwellMs: 0, active: instance.active };
    this.now = now;
    this.base = base;
  }

  get key(): string {
    return `${this.instance.key}|${this.wearer.deviceId}`;
  }

  write(w: Writer): void {
    w.text(this.key);
    w.f64s(this.now);
    w.f64s(this.base ?? new Float64Array(0));
  }
  static readNumbers(r: Reader): { key: string; now: Float64Array; base: Float64Array | undefined } {
    const key = r.text();
    const now = r.f64s();
    const base = r.f64s();
    return { key, now, base: base.length === 0 ? undefined : base };
  }
}

export function fresh(): Float64Array {
  const state = new Float64Array(SIZE);
  resetRow(state, ALARM);
  resetRow(state, WARNING);
  state[WEARER_FIX + AT] = -1;
  state[PARTNER_FIX + AT] = -1;
  state[FED_TO] = -1;
  return state;
}

export interface PairSink {
  /** The machine about to speak: alarm or warning. */
  machine: number;
  readonly sink: PlaceSink;
  /** After every fix. */
  fed?(atMs: number, isWearer: boolean, index: number): void;
}

/** Feeds records [wearerFrom, wearerTo) and [partnerFrom, partnerTo), merged by fix time; of one moment the wearer's come first. */
export function feedPair(
  pair: PairState,
  s: Float64Array,
  wearerFrom: number,
  wearerTo: number,
  partnerFrom: number,
  partnerTo: number,
  out: PairSink,
): void {
  const { wearer, partner } = pair;
  let i = wearerFrom;
  let k = partnerFrom;
  while (i < wearerTo || k < partnerTo) {
    const isWearer = k >= partnerTo || (i < wearerTo && wearer.history.at(i) <= partner.history.at(k));
    const index = isWearer ? i++ : k++;
    const { history } = isWearer ? wearer : partner;
    const at = history.at(index);
    s[FED_TO] = at;
    if (!history.hasFix(index)) continue;
    noteFix(s, isWearer ? WEARER_FIX : PARTNER_FIX, history, index);
    if (isKnown(pair, s)) judge(pair, s, at, out);
    out.fed?.(at, isWearer, index);
  }
}

function noteFix(s: Float64Array, o: number, history: History, index: number): void {
  s[o + AT] = history.at(index);
  s[o + 1] = history.lonE7(index);
  s[o + 2] = history.latE7(index);
  s[o + 3] = history.accuracyMm(index);
}

/** Whether the fix noted at `o` is that of the device's newest report. */
export function isLastFix(s: Float64Array, o: number, { history }: DeviceState): boolean {
  const i = history.length - 1;
  return (
    i >= 0 &&
    s[o + AT] === history.at(i) &&
    s[o + 1] === history.lonE7(i) &&
    s[o + 2] === history.latE7(i) &&
    s[o + 3] === history.accuracyMm(i)
  );
}

/** Notes a fix of which it is known that both machines stay as they are. */
export function feedFix(pair: PairState, s: Float64Array, d: DeviceState, index: number): void {
  noteFix(s, pair.wearer === d ? WEARER_FIX : PARTNER_FIX, d.history, index);
  s[FED_TO] = Math.max(s[FED_TO] as number, d.history.at(index));
}

/** Both sides have a fix, and the older one is not older than its limit at the newer. */
export function isKnown(pair: PairState, s: Float64Array): boolean {
  const w = s[WEARER_FIX + AT] as number;
  const p = s[PARTNER_FIX + AT] as number;
  return w >= 0 && p >= 0 && Math.abs(w - p) <= (pair.instance.rule.maxAgeMs as number);
}

/** Age of the partner's fix at the wearer's newest; Infinity = there is none. */
export const partnerAgeMs = (s: Float64Array): number =>
  (s[PARTNER_FIX + AT] as number) < 0
    ? Number.POSITIVE_INFINITY
    : (s[WEARER_FIX + AT] as number) - (s[PARTNER_FIX + AT] as number);

function judge(pair: PairState, s: Float64Array, at: number, out: PairSink): void {
  const apartM = distanceM(
    s[WEARER_FIX + 1] as number,
    s[WEARER_FIX + 2] as number,
    s[PARTNER_FIX + 1] as number,
    s[PARTNER_FIX + 2] as number,
  );
  // Independent errors of two receivers add up by their squares.
  const a = (s[WEARER_FIX + 3] as number) / 1000;
  const b = (s[PARTNER_FIX + 3] as number) / 1000;
  const accuracyM = Math.sqrt(a * a + b * b);
  const alarm = alarmOf(pair, apartM, accuracyM);
  out.machine = ALARM;
  step(s, ALARM, pair.parameters, at, alarm, out.sink);
  out.machine = WARNING;
  step(s, WARNING, pair.parameters, at, warningOf(pair, apartM, accuracyM, alarm), out.sink);
}

export const alarmOf = (pair: PairState, apartM: number, accuracyM: number): number =>
  side((pair.instance.rule.alarmMm as number) / 1000 - apartM, accuracyM);
/** The warning ends where the alarm begins. */
export const warningOf = (pair: PairState, apartM: number, accuracyM: number, alarm: number): number =>
  alarm === INSIDE ? OUTSIDE : side((pair.instance.rule.warnMm as number) / 1000 - apartM, accuracyM);

export const otherOf = (pair: PairState, d: DeviceState): DeviceState =>
  pair.wearer === d ? pair.partner : pair.wearer;
/** Time of the device's newest fix that was fed; -1 = none. */
export const fixTimeOf = (pair: PairState, d: DeviceState): number =>
  pair.now[(pair.wearer === d ? WEARER_FIX : PARTNER_FIX) + AT] as number;

const side = (d: number, accuracyM: number): number =>
  d >= accuracyM ? INSIDE : d < 0 && -d >= accuracyM ? OUTSIDE : UNDETERMINED;

export function levelOf(pair: PairState, s: Float64Array): Level {
  if (!isKnown(pair, s)) return 'unknown';
  if (s[ALARM + STANDING] === INSIDE) return 'near';
  if (s[WARNING + STANDING] === INSIDE) return 'warn';
  return s[WARNING + STANDING] === OUTSIDE ? 'far' : 'unknown';
}
