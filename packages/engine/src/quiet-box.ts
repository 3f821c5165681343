// The box in which a device may move without any verdict on a zone, a ring or the distance to a partner changing.
import {
  crosses,
  cutToEdges,
  cutToReach,
  cutToSameSide,
  distanceM,
  eastReachE7,
  northReachE7,
  widestBox,
} from '@vigie/geo';
import type { CaseState, PlaceOfCase } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { ALARM, type PairState, WARNING, alarmOf, otherOf, warningOf } from './pair-state.ts';
import { STANDING } from './place-machine.ts';
import { BOX, LAST_ACCURACY, LAST_LAT, LAST_LON, TRAITS, WEARER, deviceRow } from './quiet-rows.ts';
import { judgeFix } from './verdicts.ts';
import { RING_FOLLOWS } from './zone-slots.ts';

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
  const row = deviceRow(head, k);
  const isWearer = ((words[row + TRAITS] as number) & WEARER) !== 0;
  const accuracyM = accuracyMm / 1000;
  if (c.pairs.length > 0 && !keepsDistance(c, k, words, head, lonE7, latE7, accuracyM)) return false;
  if (!widestBox(lonE7, latE7, box)) return false;
  // A box that holds the last fix too says that no verdict changed on the way. Else each verdict is asked.
  if (isWearer && !cutAlong(c, lonBefore, latBefore, lonE7, latE7)) {
    if (!keepsSides(c, c.devices[k] as DeviceState, lonBefore, latBefore, lonE7, latE7, accuracyM)) return false;
    return makeBox(c, k, words, head, lonE7, latE7) && isInBox(words, row, lonE7, latE7, accuracyMm);
  }
  if (!cutToPartners(c, k, words, head, lonE7, latE7)) return false;
  writeBox(words, row);
  return isInBox(words, row, lonE7, latE7, accuracyMm);
}

/** Cuts the box at the edges of all zones; false: one of them may run through the way. */
function cutAlong(c: CaseState, lonBefore: number, latBefore: number, lonE7: number, latE7: number): boolean {
  const { table } = c.zones;
  for (let slot = c.firstSlot; slot < c.firstSlot + c.slots; slot++) {
    const ringMm = table.tag(slot);
    if (ringMm === RING_FOLLOWS) continue;
    if (!cutToEdges(table, slot, lonBefore, latBefore, lonE7, latE7, ringMm / 1000, box)) return false;
  }
  return true;
}

/** Whether every zone and ring says of this fix what it said of the last one, and the way between them crosses none. */
function keepsSides(
  c: CaseState,
  d: DeviceState,
  lonBefore: number,
  latBefore: number,
  lonE7: number,
  latE7: number,
  accuracyM: number,
): boolean {
  const { table } = c.zones;
  const last = d.history.length - 1;
  let zoneVerdict = 0;
  for (let p = 0; p < c.places.length; p++) {
    const { instance, isRing } = c.places[p] as PlaceOfCase;
    if (isRing && instance.rule.kind === 'free_time') continue;
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
  return true;
}

/** Whether no partner comes nearer or goes farther than the verdict on the distance bears. */
function keepsDistance(
  c: CaseState,
  k: number,
  words: Int32Array,
  head: number,
  lonE7: number,
  latE7: number,
  accuracyM: number,
): boolean {
  const d = c.devices[k] as DeviceState;
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
  return true;
}

/** Makes a box around a fix of which every verdict is known. */
export function makeBox(
  c: CaseState,
  k: number,
  words: Int32Array,
  head: number,
  lonE7: number,
  latE7: number,
): boolean {
  if (!widestBox(lonE7, latE7, box)) return false;
  const row = deviceRow(head, k);
  if (((words[row + TRAITS] as number) & WEARER) !== 0 && !cutAlong(c, lonE7, latE7, lonE7, latE7)) {
    // Close to an edge: as far as it is.
    widestBox(lonE7, latE7, box);
    const { table } = c.zones;
    for (let slot = c.firstSlot; slot < c.firstSlot + c.slots; slot++) {
      const ringMm = table.tag(slot);
      if (ringMm !== RING_FOLLOWS) cutToSameSide(table, slot, lonE7, latE7, ringMm / 1000, box);
    }
  }
  if (!cutToPartners(c, k, words, head, lonE7, latE7)) return false;
  writeBox(words, row);
  return true;
}

/** False: a partner may, inside its box, come nearer or go farther than the verdict bears, however still this device stands. */
function cutToPartners(
  c: CaseState,
  k: number,
  words: Int32Array,
  head: number,
  lonE7: number,
  latE7: number,
): boolean {
  if (c.pairs.length === 0) return true;
  const d = c.devices[k] as DeviceState;
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
    const reachM = roomM - Math.max(othersM, otherM);
    if (reachM <= 0 && isArmed(words, other)) return false;
    cutToReach(lonE7, latE7, reachM, box);
  }
  return true;
}

function writeBox(words: Int32Array, row: number): void {
  words[row + BOX] = box[0] as number;
  words[row + BOX + 1] = box[1] as number;
  words[row + BOX + 2] = box[2] as number;
  words[row + BOX + 3] = box[3] as number;
}

const rowOfOther = (c: CaseState, pair: PairState, d: DeviceState, head: number): number =>
  deviceRow(head, c.devices.indexOf(otherOf(pair, d)));

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
