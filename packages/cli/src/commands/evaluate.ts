import { Command } from 'commander';
import type { EvaluateOptions } from '../evaluate/run-evaluate.ts';

export const evaluateCommand = (): Command =>
  new Command('evaluate')
    .description('the engine offline, over your own case and reports; prints JSON lines, the last one a summary')
    .option('--case <file>', 'the case: JSON, as --schema describes it')
    .option('--reports <file>', 'one JSON object a line, in the order in which they arrived')
    .option('--until <time>', 'timers run on to here, RFC 3339; if left out, to the last report')
    .option('--json', 'as it is always')
    .option('--schema', 'prints the JSON Schemas of the case, a report and an output line instead')
    .action(async (options: EvaluateOptions) => {
      const { runEvaluate } = await import('../evaluate/run-evaluate.ts');
      process.exitCode = await runEvaluate(options);
    });
