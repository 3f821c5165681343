import { Argument, Command } from 'commander';

export const benchCommand = (): Command =>
  new Command('bench')
    .description('measurements, each beside its baseline in the same run')
    .addArgument(new Argument('[name]', 'which one; --list names them'))
    .option('--list', 'names the measurements')
    .option('--json', 'one JSON object on the last line, nothing else on standard output')
    .action(async (name: string | undefined, options: { list?: boolean; json?: boolean }) => {
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
      const result = await bench.run((line) => void process.stderr.write(`bench: ${line}\n`));
      process.stdout.write(`${options.json === true ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
      process.exit(0); // nothing that a library left open may keep us here
    });
