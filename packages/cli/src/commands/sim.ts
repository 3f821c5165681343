import { Command } from 'commander';

export const simCommand = (): Command =>
  new Command('sim')
    .description('simulated two-site runs with faults; a failure prints the command that repeats it')
    .option('--seed <n>', 'the seed of the run, or of the first of many', '1')
    .option('--seeds <n>', 'how many seeds, one after the other', '1')
    .option('--workers <n>', 'processes that share them; default: one for each core')
    .option(
      '--options <json>',
      'runs exactly these options instead of those that the seed draws, as a failure prints them',
    )
    .option('--trace', 'everything that happens in a run, on standard error')
    .option('--json', 'one JSON object on the last line, nothing else on standard output')
    .action(async (given: Readonly<Record<string, string | boolean | undefined>>) => {
      const { runSim } = await import('../sim/run-sim.ts');
      process.exitCode = await runSim(given);
    });
