// A made-up country's work for the benchmark, from one seed: persons with about six zones of their own, shared zones, and reports, half of
// them from inside one of the person's zones. Zones are as dense in towns as those of a real register.
import { compileZone, type RecordedZone } from '../src/index.ts';
import { Dice } from '../testing/dice.ts';

export interface Feature {
  readonly type: 'Polygon';
  readonly coordinates: number[][][];
}

/** A zone twice: as GeoJSON for the libraries, as recorded for ours. */
export interface BenchZone {
  readonly id: number;
  readonly owner: number;
  readonly feature: Feature;
  readonly recorded: RecordedZone;
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export interface World {
  readonly own: BenchZone[][];
  readonly shared: BenchZone[];
  /** Parallel lists: whose report, where. Coordinates in 1e-7 degree. */
  readonly person: Int32Array;
  readonly lonE7: Int32Array;
  readonly latE7: Int32Array;
  /** Where each person's protected person is. */
  readonly victimLonE7: Int32Array;
  readonly victimLatE7: Int32Array;
}

const TOWNS = 30;

export function makeWorld(seed: number, persons: number, sharedZones: number, reports: number): World {
  const dice = new Dice(seed);
  // Mittelland and Jura, so that most points lie in the country.
  const towns = Array.from({ length: TOWNS }, (_, i) => ({
    lon: dice.between(6.6, 9.3),
    lat: dice.between(46.6, 47.5),
    weight: 1 / (i + 1),
  }));
  const total = towns.reduce((sum, town) => sum + town.weight, 0);
  const spread = (): number => dice.next() + dice.next() + dice.next() - 1.5;
  const somewhere = (): [number, number] => {
    if (dice.next() < 0.2) return [dice.between(6.2, 10), dice.between(46.2, 47.6)];
    let left = dice.next() * total;
    const town = towns.find(({ weight }) => (left -= weight) < 0) ?? towns[0];
    return [(town?.lon ?? 0) + spread() * 0.13, (town?.lat ?? 0) + spread() * 0.09];
  };
  let id = 0;
  const zoneAt = (owner: number, lon: number, lat: number): BenchZone => {
    const radiusM = 100 * Math.exp(dice.next() * Math.log(20));
    const vertices = dice.next() < 0.5 ? 32 : dice.int(8, 64);
    const ring: number[][] = [];
    for (let i = 0; i < vertices; i++) {
      const angle = (2 * Math.PI * i) / vertices;
      const r = vertices === 32 ? radiusM : radiusM * dice.between(0.6, 1.2);
      ring.push([round(lon + (r * Math.cos(angle)) / 76_000), round(lat + (r * Math.sin(angle)) / 111_200)]);
    }
    ring.push([...(ring[0] as number[])]);
    const feature: Feature = { type: 'Polygon', coordinates: [ring] };
    const compiled = compileZone(feature);
    if (!compiled.ok) throw new Error(`the benchmark made a bad zone: ${JSON.stringify(compiled.errors)}`);
    const [minX, minY, maxX, maxY] = compiled.zone.boxE7;
    return {
      id: id++,
      owner,
      feature,
      recorded: compiled.zone,
      minX: minX / 1e7,
      minY: minY / 1e7,
      maxX: maxX / 1e7,
      maxY: maxY / 1e7,
    };
  };
  const own: BenchZone[][] = [];
  for (let p = 0; p < persons; p++) {
    const [lon, lat] = somewhere();
    own.push(Array.from({ length: dice.int(3, 9) }, () => zoneAt(p, lon + spread() * 0.06, lat + spread() * 0.04)));
  }
  const shared = Array.from({ length: sharedZones }, () => zoneAt(-1, ...somewhere()));
  const [person, lonE7, latE7] = [new Int32Array(reports), new Int32Array(reports), new Int32Array(reports)];
  for (let r = 0; r < reports; r++) {
    const p = dice.int(0, persons - 1);
    const zone = dice.pick(own[p] as BenchZone[]);
    const [x, y] = [(zone.minX + zone.maxX) / 2, (zone.minY + zone.maxY) / 2];
    const away = dice.next() < 0.5 ? 0.0005 : 0.08;
    person[r] = p;
    lonE7[r] = Math.round((x + spread() * away) * 1e7);
    latE7[r] = Math.round((y + spread() * away * 0.7) * 1e7);
  }
  const victims = own.map((zones) => zones[0] as BenchZone);
  return {
    own,
    shared,
    person,
    lonE7,
    latE7,
    victimLonE7: Int32Array.from(victims, (zone) => Math.round(zone.maxX * 1e7) + 20_000),
    victimLatE7: Int32Array.from(victims, (zone) => Math.round(zone.maxY * 1e7)),
  };
}

const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
