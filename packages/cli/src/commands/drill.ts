import { Argument, Command, InvalidArgumentError, Option } from 'commander';

export const drillCommand = (): Command =>
  new Command('drill')
    .description('breaks one thing in two running sites under load, and judges what became of every report and alarm')
    .addArgument(new Argument('[name]', 'which one; --list names them'))
    .option('--list', 'names the drills')
    .option('--json', 'one JSON object on the last line, nothing else on standard output')
    .option('--seed <n>', 'of what is drawn: the sequence of `random`, the losses of `slow-link`', wholeNumber, 1)
    .addOption(
      new Option(
        '--runtime <kind>',
        'what the programs of the sites run in; containers where an engine answers',
      ).choices(['processes', 'containers']),
    )
    .option('--sync-interval <t>', 'of the log servers, instead of `always`: `power-cut` with 2m shows what that loses')
    .option('--partitions <n>', "of the sites' log, 1 to 16 (default: what the sites' configuration says)", wholeNumber)
    .action(
      async (
        name: string | undefined,
        options: {
          list?: boolean;
          json?: boolean;
          seed: number;
          syncInterval?: string;
          runtime?: 'processes' | 'containers';
          partitions?: number;
        },
      ) => {
        if (options.list === true) {
          const { DRILLS } = await import('@vigie/drill');
          for (const drill of DRILLS) process.stdout.write(`${drill.name.padEnd(15)} ${drill.about}\n`);
          return;
        }
        const { runDrill } = await import('../drill/run-drill.ts');
        const { seed, syncInterval, runtime, partitions } = options;
        process.exitCode = await runDrill({
          name,
          json: options.json === true,
          seed,
          syncInterval,
          runtime,
          partitions,
        });
        process.exit(); // nothing that a library left open may keep us here
      },
    );

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}
