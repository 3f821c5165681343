import { Argument, Command, Option } from 'commander';

const ACTIONS = ['start', 'stop', 'drain', 'undrain', 'retire', 'yield'] as const;
const WHAT =
  'start and stop are of an `up`; drain and undrain: out of service and back; retire: the other goes on without it; yield: ' +
  'it gives up its own generation for the other one';

export const siteCommand = (): Command =>
  new Command('site')
    .description('one site of a running `up` or of a deployment: stop and start it, take it out of service and back')
    .addArgument(new Argument('<action>', WHAT).choices(ACTIONS))
    .addArgument(new Argument('<name>', 'which site').choices(['noirmont', 'delemont']))
    .option('--data <dir>', 'the data folder of that `up` (default: .cache/up)')
    .option('--fenced', 'retire: you have made sure that the lost site cannot come back by itself')
    .addOption(
      new Option(
        '--config <file>',
        'a deployment instead of an `up`: its site.env; VIGIE_TOKEN holds the token of an SRE',
      ),
    )
    .action(async (action: (typeof ACTIONS)[number], name: 'noirmont' | 'delemont', options) => {
      const [{ askControl }, { dataDirOf }, { CouldNotRun }] = await Promise.all([
        import('../up/control.ts'),
        import('../up/run-up.ts'),
        import('../process/could-not-run.ts'),
      ]);
      const isControl = action === 'start' || action === 'stop';
      if (options.config !== undefined && isControl)
        throw new CouldNotRun(
          'a deployment is started and stopped by its service manager; --config serves drain, undrain, retire and yield',
        );
      const answer = isControl
        ? await askControl(dataDirOf(options.data), action, name)
        : await import('../site/membership.ts').then(({ changeMembership, sitesOfDeployment, sitesOfUp }) => {
            const at =
              options.config === undefined
                ? sitesOfUp(dataDirOf(options.data))
                : sitesOfDeployment(options.config, process.env['VIGIE_TOKEN']);
            return changeMembership(at, action, name, options.fenced === true);
          });
      process.stdout.write(`${answer.message}\n`);
      process.exitCode = answer.ok ? 0 : 1;
    });
