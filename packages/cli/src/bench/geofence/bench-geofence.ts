// `bench geofence`: the shipped engine beside two reference designs on the same reports, in one process, alternating. The references decide
// where each fix lies and nothing else; ours also runs every rule, keeps incidents, timers and a digest after every pass, all inside the
// measured time. Verdicts are compared in the run.
import {
  benchEdits,
  benchJurisdiction,
  cpuUs,
  type Answers,
  library,
  median,
  naive,
  noAnswers,
  ours,
  rounded,
  swissBoundaries,
  type Variant,
  type World,
} from '@vigie/geo/bench';
import { BATCH, EngineVariant } from './engine-variant.ts';
import { walkingWorld } from './monitored-world.ts';

export interface BenchGeofenceOptions {
  readonly persons: number;
  readonly say: (line: string) => void;
  readonly seed?: number;
  readonly sharedZones?: number;
  readonly rounds?: number;
}

const NAIVE_REPORTS = 2_000;
const LIBRARY_REPORTS = 5_000;

const timed = (reports: number, work: () => void): number => {
  const start = cpuUs();
  work();
  return (reports * 1e6) / Math.max(1, cpuUs() - start);
};

export function benchGeofence(options: BenchGeofenceOptions) {
  const { persons, say, seed = 1, sharedZones = 5_000, rounds = 3 } = options;
  // One pass warms up; then a scattered pass and ten buffered ones in each round.
  const passes = 1 + rounds + BATCH * rounds;
  const world = walkingWorld(seed, persons, sharedZones, passes);
  const boundaries = swissBoundaries();
  say(`${persons} persons, ${world.own.flat().length} own zones, ${passes * persons} reports`);
  const beside = ours(world, boundaries);
  const references: Record<'naive' | 'library', Variant> = {
    naive: naive(world, boundaries),
    library: library(world, boundaries),
  };
  const engine = new EngineVariant(world, beside);
  say('cases opened');

  const rates: Record<'naive' | 'library' | 'scattered' | 'scatteredWithoutDigest' | 'buffered', number[]> = {
    naive: [],
    library: [],
    scattered: [],
    scatteredWithoutDigest: [],
    buffered: [],
  };
  const unread = noAnswers();
  let pass = 0;
  for (let round = -1; round < rounds; round++) {
    const first = pass * persons;
    const single = engine.scattered(first, first + persons);
    const withoutDigest = timed(persons, () => engine.run(single, first));
    const digest = timed(persons, () => engine.engine.digest());
    const scattered = 1 / (1 / withoutDigest + 1 / digest);
    pass++;
    const few = Math.min(persons, NAIVE_REPORTS);
    const more = Math.min(persons, LIBRARY_REPORTS);
    const slow = timed(few, () => references.naive(first, first + few, unread));
    const middle = timed(more, () => references.library(first, first + more, unread));
    if (round < 0) continue;
    const uploads = engine.buffered(pass * persons, persons);
    rates.buffered.push(
      timed(persons * BATCH, () => {
        engine.run(uploads, pass * persons);
        engine.engine.digest();
      }),
    );
    pass += BATCH;
    rates.scattered.push(scattered);
    rates.scatteredWithoutDigest.push(withoutDigest);
    rates.naive.push(slow);
    rates.library.push(middle);
    say(`round ${round + 1} of ${rounds}: ${Math.round(scattered)} reports per CPU-second scattered`);
  }

  const compared = compare(engine, references, world, passes);
  say(`verdicts of ${compared.reports} reports compared`);
  const ratio = (a: readonly number[], b: readonly number[]): number =>
    rounded(median(a.map((value, i) => value / (b[i] as number))));
  const rate = Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, Math.round(median(values))]));
  const ratios = {
    scatteredToNaive: ratio(rates.scattered, rates.naive),
    scatteredToLibrary: ratio(rates.scattered, rates.library),
    bufferedToNaive: ratio(rates.buffered, rates.naive),
    bufferedToLibrary: ratio(rates.buffered, rates.library),
  };
  const edits = benchEdits(beside, world);
  const jurisdiction = benchJurisdiction(beside.jurisdiction, boundaries, rounds);
  const { canton } = jurisdiction as unknown as { canton: { differences: number; toRbushAndTurf: number } };
  const goal = (measured: number, isAtLeast: boolean, limit: number) => ({
    goal: limit,
    measured,
    meets: isAtLeast ? measured >= limit : measured <= limit,
  });
  const toNaive = persons >= 100_000 ? 70 : 25;
  return {
    bench: 'geofence',
    /** False fails the run. */
    ok: compared.agree && canton.differences === 0,
    seed,
    persons,
    ownZones: world.own.flat().length,
    sharedZones,
    rounds,
    compared,
    reportsPerCpuSecond: rate,
    ratios,
    editsUs: edits,
    jurisdiction,
    goals: {
      scatteredToNaive: goal(ratios.scatteredToNaive, true, toNaive),
      scatteredToLibrary: goal(ratios.scatteredToLibrary, true, 8),
      scattered: goal(rate['scattered'] ?? 0, true, 400_000),
      buffered: goal(rate['buffered'] ?? 0, true, 1_000_000),
      cantonToRbushAndTurf: goal(canton.toRbushAndTurf, true, 20),
      ownEditUs: goal(edits.ownUs, false, 2),
      sharedEditUs: goal(edits.sharedUs, false, 10),
    },
  };
}

/** Every report against the library design; the first of the global tree too, which takes longer. */
function compare(
  engine: EngineVariant,
  references: Readonly<Record<'naive' | 'library', Variant>>,
  world: World,
  passes: number,
) {
  const reports = world.person.length;
  const few = Math.min(reports, 10_000);
  const mine = { ...engine.beside, own: engine.ownSum(passes) };
  const same = equalIn(mine, answersOf(references.library, reports));
  const sameByNaive = equalIn(answersOf(references.library, few), answersOf(references.naive, few));
  return {
    agree: [...Object.values(same), ...Object.values(sameByNaive)].every((isSame) => isSame),
    reports,
    same,
    reportsByNaive: few,
    sameByNaive,
  };
}

function answersOf(variant: Variant, reports: number): Answers {
  const answers = noAnswers();
  variant(0, reports, answers);
  return answers;
}

const equalIn = (a: Answers, b: Answers): Record<keyof Answers, boolean> => ({
  own: a.own === b.own,
  shared: a.shared === b.shared,
  canton: a.canton === b.canton,
  municipality: a.municipality === b.municipality,
});
