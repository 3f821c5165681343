import { Argument, Command, InvalidArgumentError } from 'commander';
import type { BenchOptions } from '../bench/bench.ts';

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000_000)
    throw new InvalidArgumentError('must be a whole number from 1 to 10,000,000');
  return value;
}

export const benchCommand = (): Command =>
  new Command('bench')
    .description('measurements, each beside its baseline in the same run')
    .addArgument(new Argument('[name]', 'which one; --list names them'))
    .option('--list', 'names the measurements')
    .option('--json', 'one JSON object on the last line, nothing else on standard output')
    .option('--persons <number>', 'how many persons (geofence, memory, replay, restart)', wholeNumber)
    .option('--reports <number>', 'how many reports (replay, restart)', wholeNumber)
    .option('--per-upload <number>', 'reports of one upload (replay, restart)', wholeNumber)
    .option('--rounds <number>', 'how often it is measured (geofence, replay, restart)', wholeNumber)
    .action(async (name: string | undefined, options: BenchOptions & { list?: boolean; json?: boolean }) => {
      const { BENCHES } = await import('../bench/bench.ts');
      const { CouldNotRun } = await import('../process/could-not-run.ts');
      if (options.list === true) {
        for (const bench of BENCHES) process.stdout.write(`${bench.name.padEnd(12)} ${bench.about}\n`);
        return;
      }
      const bench = BENCHES.find((one) => one.name === name);
      if (bench === undefined)
        throw new CouldNotRun(
          `${name === undefined ? 'bench needs a name' : `there is no bench '${name}'`}; there are ${BENCHES.map((one) => one.name).join(', ')}`,
        );
      const { list: _, json, ...chosen } = options;
      const result = await bench.run((line) => void process.stderr.write(`bench: ${line}\n`), chosen);
      process.stdout.write(`${json === true ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
      // Nothing that a library left open may keep us here.
      process.exit((result as { ok?: boolean }).ok === false ? 1 : 0);
    });
