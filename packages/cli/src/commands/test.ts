import { Command } from 'commander';

export const testCommand = (): Command =>
  new Command('test')
    .description('all tests; the last line is `N passed, N failed`')
    .argument('[filter...]', 'run only test files whose path contains one of these')
    .option('--project <name...>', 'only these: architecture, unit, pg, nats, web, system')
    .action(async (filters: readonly string[], options: { project?: readonly string[] }) => {
      const { runTests } = await import('../test/run-tests.ts');
      process.exitCode = await runTests(filters, options.project ?? []);
    });
