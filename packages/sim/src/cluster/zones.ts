// Zones of a run, as the oracle reads them and as the engine compiles them, and places that lie where the plan of a wearer wants them.
import { compileZone } from '@vigie/geo';
import type { Json, ZoneInput } from '@vigie/model';
import { type OracleZone, signedDistance } from '../oracle/place.ts';
import type { Random } from '../random.ts';

const CENTER = { lat: 47.2562, lon: 6.9965 };
/** Degrees of latitude and longitude for one metre there, near enough to draw shapes with. */
const LAT_PER_M = 1 / 111_190;
const LON_PER_M = 1 / 75_750;
/** Wearers move within this of the centre, metres. */
const REACH_M = 900;
/** A place that is surely on one side lies so far from the edge, metres; the accuracy of its fix is less. */
const CLEAR_M = 40;
/** A shape that leaves no such place within so many draws would be one that nobody can be inside of. */
const DRAWS_MAX = 10_000;

export interface Place {
  readonly lat: number;
  readonly lon: number;
}
type Position = [lon: number, lat: number];

const at = (eastM: number, northM: number): Position => [
  CENTER.lon + eastM * LON_PER_M,
  CENTER.lat + northM * LAT_PER_M,
];
const square = (eastM: number, northM: number, halfM: number): Position[] => [
  at(eastM - halfM, northM - halfM),
  at(eastM + halfM, northM - halfM),
  at(eastM + halfM, northM + halfM),
  at(eastM - halfM, northM + halfM),
  at(eastM - halfM, northM - halfM),
];

export function drawZone(dice: Random): OracleZone {
  const shapes: readonly (() => OracleZone)[] = [
    () => ({ type: 'circle', center: at(0, 0), radiusM: dice.between(120, 400) }),
    () => ({ type: 'Polygon', coordinates: [star(dice)] }),
    () => ({ type: 'Polygon', coordinates: [square(0, 0, 420), square(60, -80, dice.between(60, 220)).reverse()] }),
    () => ({ type: 'MultiPolygon', coordinates: [[square(-350, 200, 180)], [square(300, -260, 220)]] }),
    () => ({
      type: 'corridor',
      line: [at(-700, -300), at(-100, dice.between(-200, 400)), at(650, 250)],
      widthM: dice.between(180, 360),
    }),
  ];
  return dice.pick(shapes)();
}

/** A ring with dents. */
function star(dice: Random): Position[] {
  const corners = 5 + dice.below(6);
  const ring = Array.from({ length: 2 * corners }, (_, i) => {
    const angle = (Math.PI * i) / corners;
    const r = i % 2 === 0 ? dice.between(350, 600) : dice.between(150, 300);
    return at(r * Math.cos(angle), r * Math.sin(angle));
  });
  return [...ring, ring[0] as Position];
}

/** As the log records it. */
export function recordedZone(zone: OracleZone): Json {
  const compiled = compileZone(zone as ZoneInput);
  if (!compiled.ok) throw new Error('assertion failed: the zones of the simulation compile');
  return compiled.zone as unknown as Json;
}

export const anywhere = (dice: Random): Place => {
  const [lon, lat] = at(dice.between(-REACH_M, REACH_M), dice.between(-REACH_M, REACH_M));
  return { lat, lon };
};

export function placeOn(zone: OracleZone, side: 'inside' | 'outside', dice: Random): Place {
  for (let i = 0; i < DRAWS_MAX; i++) {
    const place = anywhere(dice);
    const d = signedDistance(zone, [place.lon, place.lat]);
    if (side === 'inside' ? d >= CLEAR_M : d <= -CLEAR_M) return place;
  }
  throw new Error(`assertion failed: a zone of the simulation has an ${side}`);
}
