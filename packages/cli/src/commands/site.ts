import { Argument, Command, Option } from 'commander';

const ACTIONS = ['start', 'stop', 'drain', 'undrain', 'retire'] as const;

export const siteCommand = (): Command =>
  new Command('site')
    .description('one site of a running `up`: stop it, or bring it back')
    .addArgument(new Argument('<action>').choices(ACTIONS))
    .addArgument(new Argument('<name>').choices(['noirmont', 'delemont']))
    .option('--data <dir>', 'the data folder of that `up` (default: .cache/up)')
    .addOption(new Option('--config <file>', 'a deployment instead of an `up`'))
    .action(async (action: (typeof ACTIONS)[number], name: 'noirmont' | 'delemont', options) => {
      const [{ askControl }, { dataDirOf }, { CouldNotRun }] = await Promise.all([
        import('../up/control.ts'),
        import('../up/run-up.ts'),
        import('../process/could-not-run.ts'),
      ]);
      if (options.config !== undefined)
        throw new CouldNotRun(
          'a deployment is started and stopped by its service manager; --config serves drain and retire',
        );
      if (action !== 'start' && action !== 'stop')
        throw new CouldNotRun(`this version does not ${action} a site yet; stop and start work`);
      const answer = await askControl(dataDirOf(options.data), action, name);
      process.stdout.write(`${answer.message}\n`);
      process.exitCode = answer.ok ? 0 : 1;
    });
