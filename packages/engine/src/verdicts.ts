// What each place of a case says of one report: geo's verdict for a zone, a derived one for its pre-alert ring, and a home beacon
// that overrules the receiver indoors.
import { INSIDE, OUTSIDE, UNDETERMINED, signedDistanceM, verdict } from '@vigie/geo';
import type { CaseState } from './case-state.ts';
import { type History, NOTHING } from './history.ts';
import { NEAR, NOT_NEAR } from './place-machine.ts';
import type { ZoneSlots } from './zone-slots.ts';

export function judgeRecord(c: CaseState, history: History, i: number): void {
  const { zones } = c;
  let zoneVerdict = NOTHING;
  for (let p = 0; p < c.places.length; p++) {
    const { instance, isRing, beaconMask } = c.places[p] as CaseState['places'][number];
    let v = NOTHING;
    if ((history.beacons(i) & beaconMask) !== 0) v = isRing ? NOT_NEAR : INSIDE;
    else if (history.hasFix(i)) {
      const slot = c.firstSlot + p;
      const accuracyM = history.accuracyMm(i) / 1000;
      if (!isRing) v = verdict(zones.table, slot, history.lonE7(i), history.latE7(i), accuracyM);
      else {
        const bufferM = (instance.rule.bufferMm as number) / 1000;
        v =
          instance.rule.kind === 'exclusion'
            ? nearExclusion(zones, slot, history, i, accuracyM, bufferM, zoneVerdict)
            : nearEdgeInside(zones, slot, history, i, accuracyM, bufferM, zoneVerdict);
      }
    }
    if (!isRing) zoneVerdict = v;
    history.setVerdict(i, p, v);
  }
}

function nearExclusion(
  zones: ZoneSlots,
  slot: number,
  history: History,
  i: number,
  accuracyM: number,
  bufferM: number,
  zoneVerdict: number,
): number {
  if (zoneVerdict === INSIDE) return NOT_NEAR;
  const grown = verdict(zones.table, slot, history.lonE7(i), history.latE7(i), accuracyM, bufferM);
  return grown === INSIDE ? NEAR : grown === OUTSIDE ? NOT_NEAR : UNDETERMINED;
}

function nearEdgeInside(
  zones: ZoneSlots,
  slot: number,
  history: History,
  i: number,
  accuracyM: number,
  bufferM: number,
  zoneVerdict: number,
): number {
  if (zoneVerdict === OUTSIDE) return NOT_NEAR;
  const shrunkM = signedDistanceM(zones.table, slot, history.lonE7(i), history.latE7(i)) - bufferM;
  if (shrunkM >= accuracyM) return NOT_NEAR;
  return shrunkM < 0 && -shrunkM >= accuracyM ? NEAR : UNDETERMINED;
}
