// Three ways to do the same work. Each takes reports [from, to) and adds up every answer: own and shared zones the fix is in, canton,
// municipality. Equal answers give equal sums. The distance to the protected person is worked out too but not compared: turf measures
// on a sphere and is off by up to 0.5 %.
//
// Boundaries are given to the libraries in whole 1e-7 degrees, as ours are: a point exactly on a border is then on it for all. The canton of a
// fix is that of its municipality, where there is one: at a few places the layers of the Federal Statistical Office contradict each other.
import { booleanPointInPolygon, distance } from '@turf/turf';
import inPolygon from 'point-in-polygon-hao';
import RBush from 'rbush';
import { type BoundaryFeature, Jurisdiction, PersonZones, SharedZones, distanceM, verdict } from '../src/index.ts';
import type { BenchZone, World } from './world.ts';

export interface Answers {
  own: number;
  shared: number;
  /** Index + 1; 0 = none. */
  canton: number;
  municipality: number;
}
export const noAnswers = (): Answers => ({ own: 0, shared: 0, canton: 0, municipality: 0 });

/** Adds to `answers`. */
export type Variant = (from: number, to: number, answers: Answers) => void;

export interface Boundaries {
  readonly cantons: readonly BoundaryFeature[];
  readonly municipalities: readonly BoundaryFeature[];
}

/** Keeps the distances from being optimised away. */
const metres = { sum: 0 };

interface Area {
  readonly index: number;
  readonly geometry: BoundaryFeature['geometry'];
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

type Nested = number | readonly Nested[];
const wholeE7 = (value: Nested): Nested => (typeof value === 'number' ? Math.round(value * 1e7) : value.map(wholeE7));

/** Areas in an R-tree, in whole 1e-7 degrees, numbered as ours are: by id in order of code unit. */
export function areaTree(features: readonly BoundaryFeature[]): RBush<Area> {
  const sorted = [...features].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const tree = new RBush<Area>();
  tree.load(
    sorted.map((feature, index) => {
      const geometry = {
        type: feature.geometry.type,
        coordinates: wholeE7(feature.geometry.coordinates),
      } as unknown as BoundaryFeature['geometry'];
      const points = (geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()).flat();
      let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
      for (const [x = 0, y = 0] of points) {
        minX = Math.min(minX, x);
        minY = Math.min(minY, y);
        maxX = Math.max(maxX, x);
        maxY = Math.max(maxY, y);
      }
      return { index, geometry, minX, minY, maxX, maxY };
    }),
  );
  return tree;
}

type Inside = (point: [number, number], geometry: { readonly type: string; readonly coordinates: unknown }) => boolean;

const turfInside: Inside = (point, geometry) =>
  booleanPointInPolygon(point, geometry as Parameters<typeof booleanPointInPolygon>[1]);

const haoInside: Inside = (point, geometry) => {
  if (geometry.type === 'Polygon') return inPolygon(point, geometry.coordinates as [number, number][][]) !== false;
  return (geometry.coordinates as [number, number][][][]).some((part) => inPolygon(point, part) !== false);
};

function areaOf(tree: RBush<Area>, inside: Inside, x: number, y: number): number {
  let best = -1;
  for (const area of tree.search({ minX: x, minY: y, maxX: x, maxY: y }))
    if ((best < 0 || area.index < best) && inside([x, y], area.geometry)) best = area.index;
  return best;
}

export const turfArea = (tree: RBush<Area>, x: number, y: number): number => areaOf(tree, turfInside, x, y);

/** Points across a municipality's box that vote for its canton: coarse first, finer where none of them lies inside. */
const GRIDS = [7, 31, 127];
const known = new WeakMap<Boundaries, Int32Array>();

/** Per municipality: the canton in which most of it lies, by turf. */
function cantonsOf(boundaries: Boundaries, municipalities: RBush<Area>, cantons: RBush<Area>): Int32Array {
  const before = known.get(boundaries);
  if (before !== undefined) return before;
  const all = municipalities.all();
  const canton = new Int32Array(all.length).fill(-1);
  for (const area of all)
    for (const grid of GRIDS) {
      canton[area.index] = voted(area, cantons, grid);
      if ((canton[area.index] as number) >= 0) break;
    }
  known.set(boundaries, canton);
  return canton;
}

function voted({ geometry, minX, minY, maxX, maxY }: Area, cantons: RBush<Area>, grid: number): number {
  const votes = new Map<number, number>();
  for (let i = 0; i < grid; i++)
    for (let k = 0; k < grid; k++) {
      const x = Math.round(minX + ((maxX - minX) * (i + 0.5)) / grid);
      const y = Math.round(minY + ((maxY - minY) * (k + 0.5)) / grid);
      if (!turfInside([x, y], geometry)) continue;
      const canton = turfArea(cantons, x, y);
      votes.set(canton, (votes.get(canton) ?? 0) + 1);
    }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? -1;
}

function libraryWork(
  world: World,
  boundaries: Boundaries,
  inside: Inside,
  candidates: (person: number, x: number, y: number) => BenchZone[],
): Variant {
  const cantons = areaTree(boundaries.cantons);
  const municipalities = areaTree(boundaries.municipalities);
  const cantonOf = cantonsOf(boundaries, municipalities, cantons);
  return (from, to, answers) => {
    for (let r = from; r < to; r++) {
      const person = world.person[r] as number;
      const lonE7 = world.lonE7[r] as number;
      const latE7 = world.latE7[r] as number;
      const x = lonE7 / 1e7;
      const y = latE7 / 1e7;
      for (const zone of candidates(person, x, y)) {
        if (!inside([x, y], zone.feature)) continue;
        if (zone.owner < 0) answers.shared += zone.id;
        else answers.own += zone.id;
      }
      const municipality = areaOf(municipalities, inside, lonE7, latE7);
      answers.municipality += municipality + 1;
      answers.canton +=
        (municipality < 0 ? areaOf(cantons, inside, lonE7, latE7) : (cantonOf[municipality] as number)) + 1;
      const victim = [(world.victimLonE7[person] as number) / 1e7, (world.victimLatE7[person] as number) / 1e7];
      metres.sum += distance([x, y], victim, { units: 'meters' });
    }
  };
}

/** Reference: one global R-tree for all zones of all persons, turf on objects. */
export function naive(world: World, boundaries: Boundaries): Variant {
  const tree = new RBush<BenchZone>();
  tree.load([...world.own.flat(), ...world.shared]);
  return libraryWork(world, boundaries, turfInside, (person, x, y) =>
    tree.search({ minX: x, minY: y, maxX: x, maxY: y }).filter(({ owner }) => owner === person || owner < 0),
  );
}

/** A sensible design from libraries: a list per person, an R-tree for the shared zones, point-in-polygon-hao. */
export function library(world: World, boundaries: Boundaries): Variant {
  const tree = new RBush<BenchZone>();
  tree.load([...world.shared]);
  return libraryWork(world, boundaries, haoInside, (person, x, y) => {
    const found = tree.search({ minX: x, minY: y, maxX: x, maxY: y });
    for (const zone of world.own[person] as BenchZone[])
      if (x >= zone.minX && x <= zone.maxX && y >= zone.minY && y <= zone.maxY) found.push(zone);
    return found;
  });
}

export interface Ours {
  readonly own: PersonZones;
  readonly shared: SharedZones;
  readonly jurisdiction: Jurisdiction;
  readonly run: (accuracyM: number) => Variant;
}

export function ours(world: World, boundaries: Boundaries): Ours {
  const own = new PersonZones();
  for (const [person, zones] of world.own.entries()) for (const zone of zones) own.put(person, zone.id, zone.recorded);
  const shared = new SharedZones();
  for (const zone of world.shared) shared.put(zone.id, zone.recorded);
  const jurisdiction = new Jurisdiction(boundaries.cantons, boundaries.municipalities);
  const near = new Int32Array(1024);
  const verdicts = new Uint8Array(1024);
  const run =
    (accuracyM: number): Variant =>
    (from, to, answers) => {
      for (let r = from; r < to; r++) {
        const person = world.person[r] as number;
        const x = world.lonE7[r] as number;
        const y = world.latE7[r] as number;
        const count = own.verdicts(person, x, y, accuracyM, verdicts);
        for (let i = 0; i < count; i++) if (verdicts[i] === 1) answers.own += own.key(person, i);
        const candidates = shared.near(x, y, accuracyM, near);
        for (let i = 0; i < candidates; i++) {
          const slot = near[i] as number;
          if (verdict(shared.table, slot, x, y, accuracyM) === 1) answers.shared += shared.table.tag(slot);
        }
        const municipality = jurisdiction.municipality(x, y);
        answers.canton += jurisdiction.canton(x, y, municipality) + 1;
        answers.municipality += municipality + 1;
        metres.sum += distanceM(x, y, world.victimLonE7[person] as number, world.victimLatE7[person] as number);
      }
    };
  return { own, shared, jurisdiction, run };
}
