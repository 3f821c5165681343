// `vigie sim`: runs seeds, and says of each failure how it can be had again.
import {
  ENDLESS,
  type SeedResult,
  type SimOptions,
  type Violation,
  optionsOf,
  runMany,
  runOne,
  shrink,
} from '@vigie/sim';
import { CouldNotRun } from '../process/could-not-run.ts';

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** Failures that are made smaller and shown whole; of the others the seed is named. */
const SHOWN_MAX = 5;
const FAILURES_MAX = 1_000;
const PROGRESS_EVERY_MS = 5_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export async function runSim(given: Given): Promise<number> {
  const began = performance.now();
  const failures: SeedResult[] = [];
  const total = { seeds: 0, failed: 0, entries: 0, reports: 0 };
  const note = (result: SeedResult): void => {
    total.seeds++;
    total.entries += result.entries;
    total.reports += result.reports;
    if (result.violations.length === 0) return;
    total.failed++;
    if (failures.length < FAILURES_MAX) failures.push(result);
  };
  const from = whole(given, 'seed');
  const count = whole(given, 'seeds');
  const exact = typeof given['options'] === 'string' ? optionsFrom(given['options']) : undefined;
  if (exact !== undefined || count === 1) {
    const options = exact ?? optionsOf(from);
    const result = await runOne(options, { keepsLines: given['trace'] === true });
    for (const line of result.lines) say(line);
    say(
      `seed ${options.seed}: ${result.entries} entries, ${result.reports} reports, ${result.incidents} incidents, trace ${result.traceHash}`,
    );
    note({ ...result, seed: options.seed });
  } else await runSeeds(given, from, count, note, total);
  failures.sort((a, b) => a.seed - b.seed);
  for (const failure of failures.slice(0, SHOWN_MAX)) await show(failure, exact);
  const elapsedS = Math.round((performance.now() - began) / 100) / 10;
  const { seeds, failed, entries, reports } = total;
  say(`${seeds} seeds, ${failed} failed, ${Math.round(entries)} entries, ${reports} reports, ${elapsedS} s`);
  if (given['json'] === true) {
    const told = failures.map(({ seed, violations }) => ({ seed, violations }));
    process.stdout.write(
      `${JSON.stringify({ seeds, failed, failures: told, elapsedS, entries: Math.round(entries), reports })}\n`,
    );
  }
  return failed === 0 ? 0 : 1;
}

async function runSeeds(
  given: Given,
  from: number,
  count: number,
  note: (result: SeedResult) => void,
  total: { readonly seeds: number; readonly failed: number },
): Promise<void> {
  const began = performance.now();
  const progress = setInterval(() => say(progressOf(total, count, performance.now() - began)), PROGRESS_EVERY_MS);
  try {
    await runMany({
      from,
      count,
      ...(given['workers'] === undefined ? {} : { workers: whole(given, 'workers') }),
      onResult: (result) => {
        note(result);
        if (result.violations.length > 0)
          say(`FAILED  seed ${result.seed}  ${result.violations.map((v) => `${v.invariant}: ${v.why}`).join('; ')}`);
      },
    });
  } finally {
    clearInterval(progress);
  }
}

/** How far it is, and how long the rest takes at the pace so far. */
export function progressOf(
  { seeds, failed }: { readonly seeds: number; readonly failed: number },
  count: number,
  elapsedMs: number,
): string {
  const perS = (1000 * seeds) / elapsedMs;
  const left = seeds === 0 ? 'the first ones run' : `${durationOf((count - seeds) / perS)} left`;
  return `${seeds} of ${count} seeds, ${failed} failed, ${perS.toFixed(1)} a second, ${left}`;
}
function durationOf(s: number): string {
  if (s < 90) return `${Math.ceil(s)} s`;
  return s < 90 * 60 ? `${Math.round(s / 60)} min` : `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}

async function show({ seed, violations }: SeedResult, exact: SimOptions | undefined): Promise<void> {
  const options = exact ?? optionsOf(seed);
  say(`\nFAILED  seed ${seed}`);
  print(violations);
  say(`options ${JSON.stringify(options)}`);
  if (exact === undefined) say(`repeat  ./vigie sim --seed ${seed}`);
  if (violations.some(({ why }) => why === ENDLESS)) return; // each smaller one might not end either
  const small = await shrink(options, violations);
  say(`made smaller in ${small.runs} runs:`);
  print(small.violations);
  say(`repeat  ./vigie sim --options '${JSON.stringify(small.options)}'`);
}
function print(violations: readonly Violation[]): void {
  for (const { invariant, why, witness } of violations) {
    say(`  ${invariant}: ${why}`);
    for (const line of witness) say(`    ${line}`);
  }
}

function whole(given: Given, name: string): number {
  const value = Number(given[name]);
  if (!Number.isSafeInteger(value) || value < (name === 'seed' ? 0 : 1))
    throw new CouldNotRun(`--${name} is a whole number, not '${String(given[name])}'`);
  return value;
}
function optionsFrom(text: string): SimOptions {
  try {
    return JSON.parse(text) as SimOptions;
  } catch {
    throw new CouldNotRun('--options is JSON as a failure prints it');
  }
}
