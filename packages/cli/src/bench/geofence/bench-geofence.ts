// `bench geofence`: the shipped engine beside two reference designs on the same reports, in one process, alternating. The references decide
// where each fix lies and nothing else; ours also runs every rule, keeps incidents, timers and a digest after every pass, all inside the
// measured time. Buffered uploads are taken in as they lie open in memory and, by turns, from the sealed entries of a log. Verdicts are
// compared in the run.
import {
  benchEdits,
  benchJurisdiction,
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
import { EngineVariant } from './engine-variant.ts';
import { walkingWorld } from './monitored-world.ts';
import { SealedUploads } from './sealed-uploads.ts';
import { cpuUsOf, timedBlock } from './timed-block.ts';

export interface BenchGeofenceOptions {
  readonly persons: number;
  readonly say: (line: string) => void;
  readonly seed?: number;
  readonly sharedZones?: number;
  readonly rounds?: number;
}

const NAIVE_REPORTS = 2_000;
const LIBRARY_REPORTS = 5_000;
/** Reports of an upload of a device that was without a network for ten minutes. */
const BUFFERED = 10;
/** For an hour: one block at the end. */
const LONG_BUFFERED = 60;
/** With more persons the hour is left out: it shows nothing of how the zones of others weigh, and takes minutes. */
const LONG_PERSONS_MAX = 50_000;

const timed = (reports: number, work: () => void): number => (reports * 1e6) / cpuUsOf(work);

export async function benchGeofence(options: BenchGeofenceOptions) {
  const { persons, say, seed = 1, sharedZones = 5_000, rounds = 3 } = options;
  const isLong = persons <= LONG_PERSONS_MAX;
  // One pass warms up; then a scattered pass and ten buffered ones in each round.
  const passes = 1 + rounds + BUFFERED * rounds + (isLong ? LONG_BUFFERED : 0);
  const world = walkingWorld(seed, persons, sharedZones, passes);
  const boundaries = swissBoundaries();
  say(`${persons} persons, ${world.own.flat().length} own zones, ${passes * persons} reports`);
  const beside = ours(world, boundaries);
  const references: Record<'naive' | 'library', Variant> = {
    naive: naive(world, boundaries),
    library: library(world, boundaries),
  };
  say('references made');
  const engine = new EngineVariant(world, beside, say);
  const sealed = await SealedUploads.open(engine.measures);
  say('keys made');

  const rates = {
    naive: [] as number[],
    library: [] as number[],
    scattered: [] as number[],
    scatteredWithoutDigest: [] as number[],
    buffered: [] as number[],
    bufferedSealed: [] as number[],
  };
  const unread = noAnswers();
  let pass = 0;
  for (let round = -1; round < rounds; round++) {
    const first = pass * persons;
    const single = engine.uploads(first, persons, 1);
    const withoutDigest = timed(persons, () => engine.run(single));
    const digest = timed(persons, () => engine.engine.digest());
    const scattered = 1 / (1 / withoutDigest + 1 / digest);
    pass++;
    const few = Math.min(persons, NAIVE_REPORTS);
    const more = Math.min(persons, LIBRARY_REPORTS);
    const slow = timed(few, () => references.naive(first, first + few, unread));
    const middle = timed(more, () => references.library(first, first + more, unread));
    if (round < 0) continue;
    const block = timedBlock(engine, sealed, { first: pass * persons, persons, passes: BUFFERED });
    pass += BUFFERED;
    rates.buffered.push(block.openPerSecond);
    rates.bufferedSealed.push(block.sealedPerSecond);
    rates.scattered.push(scattered);
    rates.scatteredWithoutDigest.push(withoutDigest);
    rates.naive.push(slow);
    rates.library.push(middle);
    say(
      `round ${round + 1} of ${rounds}: ${Math.round(scattered)} reports per CPU-second scattered, ` +
        `${block.openPerSecond} buffered, ${block.sealedPerSecond} from sealed entries`,
    );
  }

  const long = isLong
    ? timedBlock(engine, sealed, { first: pass * persons, persons, passes: LONG_BUFFERED })
    : undefined;
  await sealed.close();
  say('all reports taken in');
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
    /** Time from the sealed entries of a log (hash, decode, open, evaluate) to that of evaluation alone. */
    sealedToOpen: ratio(rates.buffered, rates.bufferedSealed),
    ...(long === undefined ? {} : { sealedToOpenOfAnHour: rounded(long.openPerSecond / long.sealedPerSecond) }),
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
    buffered: BUFFERED,
    ...(long === undefined ? {} : { hour: { buffered: LONG_BUFFERED, ...long } }),
    ratios,
    editsUs: edits,
    jurisdiction,
    goals: {
      scatteredToNaive: goal(ratios.scatteredToNaive, true, toNaive),
      scatteredToLibrary: goal(ratios.scatteredToLibrary, true, 8),
      scattered: goal(rate['scattered'] ?? 0, true, 400_000),
      buffered: goal(rate['buffered'] ?? 0, true, 1_000_000),
      sealedToOpen: goal(ratios.sealedToOpen, false, 1.4),
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
