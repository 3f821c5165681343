import { Command } from 'commander';

export const evaluateCommand = (): Command =>
  new Command('evaluate')
    .description(
      'the engine offline, over your own case and reports (--case FILE --reports FILE [--until T] [--json], --schema)',
    )
    .allowUnknownOption()
    .argument('[options...]')
    .helpOption(false)
    .action(async (_args: string[], _options: object, command: Command) => {
      const { runEvaluate } = await import('../evaluate/run-evaluate.ts');
      process.exitCode = await runEvaluate(command.args);
    });
