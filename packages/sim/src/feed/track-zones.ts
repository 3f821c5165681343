// Seeded zones over a person's own track, so that real movement crosses them: circles and polygons, one with a hole, around
// places the track passes, at sizes from a street corner to a quarter.
import type { RuleInput } from '@vigie/model';
import { lonLat, moved, roughDistanceM, starRing } from '../plane.ts';
import type { Random } from '../random.ts';
import type { Track, TrackFix } from './read-tracks.ts';

const RADIUS_M_MIN = 40;
const RADIUS_M_MAX = 1_500;

export function zonesOver(track: Track, dice: Random): RuleInput[] {
  const circles = 1 + dice.below(2);
  const polygons = 1 + dice.below(2);
  return [
    ...Array.from({ length: circles }, (_, i) => circle(track, dice.fork(`circle ${i}`), `circle-${i + 1}`)),
    ...Array.from({ length: polygons }, (_, i) => polygon(track, dice.fork(`polygon ${i}`), `polygon-${i + 1}`)),
  ];
}

function circle(track: Track, dice: Random, ruleId: string): RuleInput {
  const { center, radiusM } = somewhereOn(track, dice);
  return {
    kind: 'exclusion',
    ruleId,
    zone: { type: 'circle', center: lonLat(center), radiusM: Math.round(radiusM * 10) / 10 },
  };
}

function polygon(track: Track, dice: Random, ruleId: string): RuleInput {
  const { center, radiusM } = somewhereOn(track, dice);
  const corners = 5 + dice.below(12);
  const radii = Array.from({ length: corners }, () => radiusM * dice.between(0.6, 1.3));
  const turn = dice.between(0, 1);
  const outer = starRing(center, radii, turn);
  // The hole lies well inside the shortest radius of the edge between two corners.
  const holeM = Math.min(...radii) * 0.5 * Math.cos(Math.PI / corners);
  const hole = starRing(center, [holeM, holeM * 0.8, holeM, holeM * 0.9], turn).reverse();
  return {
    kind: 'exclusion',
    ruleId,
    zone: { type: 'Polygon', coordinates: dice.chance(0.5) ? [outer, hole] : [outer] },
  };
}

/** Beside a fix of the track, at a size that the track's extent can leave again. */
function somewhereOn(track: Track, dice: Random): { center: { lat: number; lon: number }; radiusM: number } {
  const fix = dice.pick(track.fixes);
  const extentM = extentOf(track.fixes, fix);
  const max = Math.min(RADIUS_M_MAX, Math.max(RADIUS_M_MIN * 2, extentM / 3));
  const radiusM = dice.logBetween(RADIUS_M_MIN, max);
  const center = moved(fix, dice.normal() * radiusM * 0.6, dice.normal() * radiusM * 0.6);
  return { center, radiusM };
}

function extentOf(fixes: readonly TrackFix[], from: TrackFix): number {
  let max = 0;
  const step = Math.max(1, Math.floor(fixes.length / 200));
  for (let i = 0; i < fixes.length; i += step) max = Math.max(max, roughDistanceM(from, fixes[i] as TrackFix));
  return max;
}
