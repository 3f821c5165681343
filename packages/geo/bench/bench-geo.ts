// The geometry's own benchmark: three designs on the same work in one process, alternating, with the answers compared in the run.
import { Dice } from '../testing/dice.ts';
import { swissBoundaries } from '../testing/swiss-boundaries.ts';
import { type Answers, type Variant, areaTree, library, naive, noAnswers, ours, turfArea } from './variants.ts';
import { type World, makeWorld } from './world.ts';

export { Dice } from '../testing/dice.ts';
export { swissBoundaries } from '../testing/swiss-boundaries.ts';
export { type Answers, type Variant, library, naive, noAnswers, ours } from './variants.ts';
export { type World, makeWorld } from './world.ts';

export interface BenchGeoOptions {
  readonly seed?: number;
  readonly persons?: number;
  readonly sharedZones?: number;
  readonly rounds?: number;
}

/** Reports per variant and round: slow variants do fewer; every rate is per report. */
const REPORTS = { naive: 2_000, library: 5_000, ours: 40_000 };
const BATCH = 10;

export const cpuUs = (): number => {
  const used = process.cpuUsage();
  return used.user + used.system;
};

/** Takes what nobody compares. */
const sink: Answers = noAnswers();

/** Reports per CPU-second of this thread's process. */
function rate(variant: Variant, from: number, count: number): number {
  const start = cpuUs();
  variant(from, from + count, sink);
  return (count * 1e6) / Math.max(1, cpuUs() - start);
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
export const rounded = (value: number): number => Number(value.toPrecision(3));

/** The same number of reports, but ten buffered fixes of a person together, a few metres apart. */
function batched(world: World): World {
  const first = (list: Int32Array): Int32Array => list.map((_, r) => list[r - (r % BATCH)] as number);
  return {
    ...world,
    person: first(world.person),
    lonE7: first(world.lonE7).map((lon, r) => lon + (r % BATCH) * 700),
    latE7: first(world.latE7).map((lat, r) => lat + (r % BATCH) * 300),
  };
}

export function benchGeo(options: BenchGeoOptions = {}) {
  const { seed = 1, persons = 20_000, sharedZones = 5_000, rounds = 5 } = options;
  const boundaries = swissBoundaries();
  const world = makeWorld(seed, persons, sharedZones, REPORTS.ours * 2);
  const variants = { naive: naive(world, boundaries), library: library(world, boundaries) };
  const mine = ours(world, boundaries);
  const evaluate = mine.run(0);
  const withAccuracy = mine.run(15);
  const inBatches = ours(batched(world), boundaries).run(0);

  const checked = 5_000;
  const sumOf = (variant: Variant): string => {
    const answers = noAnswers();
    variant(0, checked, answers);
    return JSON.stringify(answers);
  };
  const mineSum = sumOf(evaluate);
  const agree = sumOf(variants.naive) === mineSum && sumOf(variants.library) === mineSum;

  const rates: Record<'naive' | 'library' | 'ours' | 'oursWithAccuracy' | 'oursBatched', number[]> = {
    naive: [],
    library: [],
    ours: [],
    oursWithAccuracy: [],
    oursBatched: [],
  };
  for (let round = -1; round < rounds; round++) {
    const at = (round + 1) % 2 === 0 ? 0 : REPORTS.ours;
    const now = {
      naive: rate(variants.naive, at, REPORTS.naive),
      ours: rate(evaluate, at, REPORTS.ours),
      library: rate(variants.library, at, REPORTS.library),
      oursWithAccuracy: rate(withAccuracy, at, REPORTS.ours),
      oursBatched: rate(inBatches, at, REPORTS.ours),
    };
    // The first round warms up.
    if (round >= 0) for (const name of Object.keys(rates) as (keyof typeof rates)[]) rates[name].push(now[name]);
  }
  const ratio = (a: keyof typeof rates, b: keyof typeof rates): number =>
    rounded(median(rates[a].map((value, i) => value / (rates[b][i] as number))));
  return {
    bench: 'geo',
    seed,
    persons,
    ownZones: world.own.flat().length,
    sharedZones,
    verdictsAgree: agree,
    reportsPerCpuSecond: Object.fromEntries(
      Object.entries(rates).map(([name, values]) => [name, Math.round(median(values))]),
    ),
    ratios: {
      oursToNaive: ratio('ours', 'naive'),
      oursToLibrary: ratio('ours', 'library'),
      accuracyCosts: ratio('ours', 'oursWithAccuracy'),
      batchedToScattered: ratio('oursBatched', 'ours'),
    },
    jurisdiction: benchJurisdiction(mine.jurisdiction, boundaries, rounds),
    edits: benchEdits(mine, world),
    bytesPerPerson: Math.round(mine.own.bytes() / persons),
  };
}

export function benchJurisdiction(
  jurisdiction: ReturnType<typeof ours>['jurisdiction'],
  boundaries: ReturnType<typeof swissBoundaries>,
  rounds: number,
) {
  const dice = new Dice(9);
  const points = 20_000;
  const xs = Int32Array.from({ length: points }, () => dice.int(60_000_000, 104_500_000));
  const ys = Int32Array.from({ length: points }, () => dice.int(459_000_000, 477_500_000));
  const trees = { canton: areaTree(boundaries.cantons), municipality: areaTree(boundaries.municipalities) };
  const layers = { canton: jurisdiction.cantons, municipality: jurisdiction.municipalities };
  const results: Record<string, unknown> = { bytes: layers.canton.bytes() + layers.municipality.bytes() };
  for (const name of ['canton', 'municipality'] as const) {
    let differences = 0;
    for (let i = 0; i < points; i++) {
      const [x, y] = [xs[i] as number, ys[i] as number];
      if (layers[name].find(x, y) !== turfArea(trees[name], x, y)) differences++;
    }
    const slow: Variant = (from, to, answers) => {
      for (let i = from; i < to; i++) answers.canton += turfArea(trees[name], xs[i] as number, ys[i] as number);
    };
    const fast: Variant = (from, to, answers) => {
      for (let again = 0; again < 20; again++)
        for (let i = from; i < to; i++) answers.canton += layers[name].find(xs[i] as number, ys[i] as number);
    };
    const ratios: number[] = [];
    const rates: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const a = rate(slow, 0, points);
      const b = rate(fast, 0, points) * 20;
      if (round < 0) continue;
      ratios.push(b / a);
      rates.push(b);
    }
    results[name] = {
      points,
      differences,
      perCpuSecond: Math.round(median(rates)),
      toRbushAndTurf: rounded(median(ratios)),
    };
  }
  return results;
}

export function benchEdits({ own, shared }: ReturnType<typeof ours>, world: World) {
  const dice = new Dice(10);
  const edits = 20_000;
  const someone = Array.from({ length: edits }, () => dice.pick(dice.pick(world.own)));
  const someShared = Array.from({ length: edits }, () => dice.pick(world.shared));
  const others = Array.from({ length: edits }, () => dice.pick(world.shared));
  const time = (work: () => void): number => {
    work();
    const start = cpuUs();
    work();
    return rounded((cpuUs() - start) / edits);
  };
  return {
    ownUs: time(() =>
      someone.forEach((zone, i) => own.put(zone.owner, zone.id, (others[i] as (typeof others)[0]).recorded)),
    ),
    sharedUs: time(() =>
      someShared.forEach((zone, i) => shared.put(zone.id, (others[i] as (typeof others)[0]).recorded)),
    ),
  };
}
