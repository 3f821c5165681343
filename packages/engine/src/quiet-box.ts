// The box in which a device may move without any verdict on a zone, a ring or the distance to a partner changing.
import { crosses, cutToReach, cutToSameSide, distanceM, eastReachE7, northReachE7, widestBox } from '@vigie/geo';
import type { CaseState, PlaceOfCase } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { ALARM, type PairState, WARNING, alarmOf, otherOf, warningOf } from './pair-state.ts';
import { STANDING } from './place-machine.ts';
import { BOX, LAST_ACCURACY, LAST_LAT, LAST_LON, deviceRow } from './quiet-rows.ts';
import { judgeFix } from './verdicts.ts';

/** Metres of 1e-7 degree, at most. */
const M_PER_E7_MAX = 0.01117;

const box = new Int32Array(4);

/** With everything within its accuracy. */
export function isInBox(words: Int32Array, row: number, lonE7: number, latE7: number, accuracyMm: number): boolean {
  const west = words[row + BOX] as number;
  const south = words[row + BOX + 1] as number;
  const east = words[row + BOX + 2] as number;
  const north = words[row + BOX + 3] as number;
  if (accuracyMm === 0) return lonE7 >= west && lonE7 <= east && latE7 >= south && latE7 <= north;
  const reachX = eastReachE7(accuracyMm / 1000, latE7);
  const reachY = northReachE7(accuracyMm / 1000);
  return lonE7 - reachX >= west && lonE7 + reachX <= east && latE7 - reachY >= south && latE7 + reachY <= north;
}

/** Makes a box around a fix outside the old one, if it lies on the same sides as the last and the way crosses no zone. */
export function moveBox(
  c: CaseState,
  k: number,
  words: Int32Array,
  head: number,
  lonBefore: number,
  latBefore: number,
  lonE7: number,
  latE7: number,
  accuracyMm: number,
): boolean {
  const d = c.devices[k] as DeviceState;
  const last = d.history.length - 1;
  const accuracyM = accuracyMm / 1000;
  if (d.role === 'wearer') {
    const { table } = c.zones;
    let zoneVerdict = 0;
    for (let p = 0; p < c.places.length; p++) {
      const { instance, isRing } = c.places[p] as PlaceOfCase;
      const v = judgeFix(c, p, lonE7, latE7, accuracyM, zoneVerdict);
      if (v !== d.history.verdict(last, p)) return false;
      if (isRing) continue;
      zoneVerdict = v;
      if (
        instance.rule.kind === 'exclusion' &&
        v === 2 &&
        crosses(table, c.firstSlot + p, lonBefore, latBefore, lonE7, latE7)
      )
        return false;
    }
  }
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    const other = rowOfOther(c, pair, d, head);
    const apartM = distanceM(lonE7, latE7, words[other + LAST_LON] as number, words[other + LAST_LAT] as number);
    const otherM = ((words[other + LAST_ACCURACY] as number) >>> 0) / 1000;
    const togetherM = Math.sqrt(accuracyM * accuracyM + otherM * otherM);
    const alarm = alarmOf(pair, apartM, togetherM);
    if (alarm !== pair.now[ALARM + STANDING]) return false;
    if (warningOf(pair, apartM, togetherM, alarm) !== pair.now[WARNING + STANDING]) return false;
  }
  return makeBox(c, k, words, head, lonE7, latE7) && isInBox(words, deviceRow(head, k), lonE7, latE7, accuracyMm);
}

export function makeBox(
  c: CaseState,
  k: number,
  words: Int32Array,
  head: number,
  lonE7: number,
  latE7: number,
): boolean {
  if (!widestBox(lonE7, latE7, box)) return false;
  const d = c.devices[k] as DeviceState;
  if (d.role === 'wearer')
    for (let p = 0; p < c.places.length; p++) {
      const { instance, isRing } = c.places[p] as PlaceOfCase;
      if (instance.hasRing && !isRing) continue; // Its ring, the next place, cuts for both.
      cutToSameSide(c.zones.table, c.firstSlot + p, lonE7, latE7, isRing ? ringOf(instance) : 0, box);
    }
  for (const pair of c.pairs) {
    if (pair.wearer !== d && pair.partner !== d) continue;
    const other = rowOfOther(c, pair, d, head);
    const { rule } = pair.instance;
    const apartM = distanceM(lonE7, latE7, words[other + LAST_LON] as number, words[other + LAST_LAT] as number);
    const toAlarm = Math.abs(apartM - (rule.alarmMm as number) / 1000);
    const toWarning = Math.abs(apartM - (rule.warnMm as number) / 1000);
    const roomM = Math.min(toAlarm, toWarning) * 0.998 - 0.01;
    // Both move, and both are known to their accuracy only: what the other may do in its box is taken off, or half is left to it.
    const othersM = isArmed(words, other) ? extentM(words, other) : roomM / 2;
    const otherM = ((words[other + LAST_ACCURACY] as number) >>> 0) / 1000;
    cutToReach(lonE7, latE7, roomM - Math.max(othersM, otherM), box);
  }
  const row = deviceRow(head, k);
  for (let i = 0; i < 4; i++) words[row + BOX + i] = box[i] as number;
  return true;
}

const rowOfOther = (c: CaseState, pair: PairState, d: DeviceState, head: number): number =>
  deviceRow(head, c.devices.indexOf(otherOf(pair, d)));

const ringOf = (instance: PlaceOfCase['instance']): number =>
  ((instance.rule.kind === 'exclusion' ? 1 : -1) * (instance.rule.bufferMm as number)) / 1000;

const isArmed = (words: Int32Array, row: number): boolean =>
  (words[row + BOX] as number) <= (words[row + BOX + 2] as number);

/** How far a device may go from its last fix without leaving its box. */
function extentM(words: Int32Array, row: number): number {
  const lonE7 = words[row + LAST_LON] as number;
  const latE7 = words[row + LAST_LAT] as number;
  const x = Math.max((words[row + BOX + 2] as number) - lonE7, lonE7 - (words[row + BOX] as number));
  const y = Math.max((words[row + BOX + 3] as number) - latE7, latE7 - (words[row + BOX + 1] as number));
  return (x + y) * M_PER_E7_MAX;
}
