// What each place of a case says of one report: geo's verdict for a zone, a derived one for its pre-alert ring, and a home beacon
// that overrules the receiver indoors.
import { INSIDE, OUTSIDE, UNDETERMINED, signedDistanceM, verdict } from '@vigie/geo';
import type { CaseState, PlaceOfCase } from './case-state.ts';
import { type History, NOTHING } from './history.ts';
import { NEAR, NOT_NEAR } from './place-machine.ts';
import type { ZoneSlots } from './zone-slots.ts';

export function judgeRecord(c: CaseState, history: History, i: number): void {
  const hasFix = history.hasFix(i);
  const lonE7 = history.lonE7(i);
  const latE7 = history.latE7(i);
  const accuracyM = history.accuracyMm(i) / 1000;
  let zoneVerdict = NOTHING;
  for (let p = 0; p < c.places.length; p++) {
    const place = c.places[p] as PlaceOfCase;
    let v = NOTHING;
    // What follows the zone of a free-time rule is fed with it.
    if (place.isRing && place.instance.rule.kind === 'free_time') continue;
    if ((history.beacons(i) & place.beaconMask) !== 0) v = place.isRing ? NOT_NEAR : INSIDE;
    else if (hasFix) v = judgeFix(c, p, lonE7, latE7, accuracyM, zoneVerdict);
    if (!place.isRing) zoneVerdict = v;
    history.setVerdict(i, p, v);
  }
}

/** A fix without a beacon at place `p`; `zoneVerdict`: that of the zone before, if this is its ring. */
export function judgeFix(
  c: CaseState,
  p: number,
  lonE7: number,
  latE7: number,
  accuracyM: number,
  zoneVerdict: number,
): number {
  const { instance, isRing } = c.places[p] as PlaceOfCase;
  const slot = c.firstSlot + p;
  if (!isRing) return verdict(c.zones.table, slot, lonE7, latE7, accuracyM);
  const bufferM = (instance.rule.bufferMm as number) / 1000;
  return instance.rule.kind === 'exclusion'
    ? nearExclusion(c.zones, slot, lonE7, latE7, accuracyM, bufferM, zoneVerdict)
    : nearEdgeInside(c.zones, slot, lonE7, latE7, accuracyM, bufferM, zoneVerdict);
}

function nearExclusion(
  zones: ZoneSlots,
  slot: number,
  lonE7: number,
  latE7: number,
  accuracyM: number,
  bufferM: number,
  zoneVerdict: number,
): number {
  if (zoneVerdict === INSIDE) return NOT_NEAR;
  const grown = verdict(zones.table, slot, lonE7, latE7, accuracyM, bufferM);
  return grown === INSIDE ? NEAR : grown === OUTSIDE ? NOT_NEAR : UNDETERMINED;
}

function nearEdgeInside(
  zones: ZoneSlots,
  slot: number,
  lonE7: number,
  latE7: number,
  accuracyM: number,
  bufferM: number,
  zoneVerdict: number,
): number {
  if (zoneVerdict === OUTSIDE) return NOT_NEAR;
  const shrunkM = signedDistanceM(zones.table, slot, lonE7, latE7) - bufferM;
  if (shrunkM >= accuracyM) return NOT_NEAR;
  return shrunkM < 0 && -shrunkM >= accuracyM ? NEAR : UNDETERMINED;
}
