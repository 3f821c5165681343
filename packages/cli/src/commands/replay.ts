import { Command } from 'commander';
import type { ReplayOptions } from '../replay/run-replay.ts';

export const replayCommand = (): Command =>
  new Command('replay')
    .description(
      'folds a recorded log again and compares with what was recorded: digests, and incidents that were published',
    )
    .option('--log <dir>', 'a data folder of a stopped `up`, or a copy of one; it is only read')
    .option('--site <url>', 'a running site, which goes on meanwhile')
    .option('--data <dir>', 'with --site: the data folder of its `up`, for what opens its log (default: .cache/up)')
    .option('--case <id>', 'shows the incidents of this case only')
    .option('--from <time>', 'shows incidents that began at or after it')
    .option('--to <time>', 'shows incidents that began at or before it')
    .option('--known-at <time>', 'only what each site knew at that time')
    .option('--true-at <time>', 'shows incidents that stood at that time, by everything known today')
    .option('--zones <file>', 'what if the rules of the case had these zones; needs --case')
    .option('--json', 'one JSON object on the last line, nothing else on standard output')
    .action(async (options: ReplayOptions) => {
      const { runReplay } = await import('../replay/run-replay.ts');
      process.exitCode = await runReplay(options);
      process.exit(); // nothing that a library left open may keep us here
    });
