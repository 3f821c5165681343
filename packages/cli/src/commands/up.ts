import { Command, InvalidArgumentError } from 'commander';
import { CouldNotRun } from '../process/could-not-run.ts';

export const upCommand = (): Command =>
  new Command('up')
    .description('both sites on this machine, with a simulated fleet or recorded tracks')
    .option('--persons <n>', 'persons of the simulated fleet', wholeNumber, 200)
    .option('--feed <dir>', 'play the tracks (CSV files) in this folder instead')
    .option('--speed <x>', 'send a feed this many times faster', positiveNumber, 1)
    .option('--port <p>', "port of Noirmont's console, Delémont's is 100 higher; 0 = free ports", portNumber, 7100)
    .option('--data <dir>', 'where everything is kept (default: .cache/up)')
    .option('--fresh', 'empty the data folder first')
    .option('--check', 'headless and bounded: feeds both sites, compares them with an independent oracle, and ends')
    .option('--json', 'with --check: one JSON object on the last line')
    .action(async (options, command: Command) => {
      const given = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
      const reason = meaningless(given);
      if (reason !== undefined) throw new CouldNotRun(reason);
      if (options.check === true) {
        const { runUpCheck } = await import('../up/run-check.ts');
        process.exitCode = await runUpCheck({
          ...(given('persons') ? { persons: options.persons } : {}),
          ...(given('speed') ? { speed: options.speed } : {}),
          ...(given('port') ? { port: options.port } : {}),
          ...(options.data === undefined ? {} : { data: options.data }),
          feed: options.feed,
          json: options.json === true,
        });
      } else {
        const { runUp } = await import('../up/run-up.ts');
        process.exitCode = await runUp(options);
      }
      process.exit(); // nothing that a library left open may keep us here
    });

/** What would be passed over in silence otherwise. */
function meaningless(given: (name: string) => boolean): string | undefined {
  if (given('speed') && !given('feed')) return '--speed is of a --feed; the simulated fleet reports as time goes by';
  if (given('json') && !given('check')) return '--json needs --check: without it the sites run until they are stopped';
  return undefined;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

/** The layout needs a few ports above both consoles'. */
function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_430) throw new InvalidArgumentError('It must be 0, or a port up to 65430.');
  return port;
}
