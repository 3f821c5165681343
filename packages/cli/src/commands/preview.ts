import { Command } from 'commander';
import type { PreviewOptions } from '../preview/run-preview.ts';

export const previewCommand = (): Command =>
  new Command('preview')
    .description('what an order would mean before it is signed: alarms a day, network, time for the police')
    .requiredOption('--case <file>', 'the order as a case.json of ./vigie evaluate')
    .requiredOption('--reports <file>', "a past or simulated week, one report a line; moved into the order's validity")
    .option('--coverage-gaps <file>', 'GeoJSON polygons without mobile network')
    .option('--police-travel <seconds>', 'from an alarm to somebody at the place')
    .option('--json', 'one JSON object')
    .action(async (options: PreviewOptions) => {
      const { runPreview } = await import('../preview/run-preview.ts');
      process.exitCode = await runPreview(options);
    });
