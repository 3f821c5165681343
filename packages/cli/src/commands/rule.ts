import { Argument, Command, Option } from 'commander';
import type { RuleAction } from '../rule/switch-rule.ts';

const ACTIONS = ['list', 'off', 'on', 'approve'] as const satisfies readonly RuleAction[];

export const ruleCommand = (): Command =>
  new Command('rule')
    .description('rules of detection that are switched off for everybody: an SRE asks, another person approves')
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[what]', 'off, on: the rule, e.g. battery; approve: the id that was asked for')
    .option('--note <text>', 'off, on: why; for everybody, about the rule and never about a person')
    .option('--case <id>', 'one rule of this case, by its id in the order; operators and the authority of the case')
    .option(
      '--until <time>',
      'off, with --case: when it is on again, five days ahead at most, like 2026-11-24T08:00:00Z',
    )
    .option('--canton <code>', 'approve, with --case, on an `up`: whose token approves', 'JU')
    .addOption(
      new Option('--site <name>', 'the site that is asked').choices(['noirmont', 'delemont']).default('noirmont'),
    )
    .option('--data <dir>', 'the data folder of a running `up` (default: .cache/up)')
    .addOption(
      new Option('--config <file>', 'a deployment instead of an `up`: its site.env; VIGIE_TOKEN holds your own token'),
    )
    .action(async (action: RuleAction, what: string | undefined, options) => {
      const [{ switchRule }, { sitesOfDeployment, sitesOfUp }, { dataDirOf }] = await Promise.all([
        import('../rule/switch-rule.ts'),
        import('../site/membership.ts'),
        import('../up/run-up.ts'),
      ]);
      const ofCase = options.case === undefined ? undefined : { caseId: options.case, until: options.until };
      const isApproval = action === 'approve';
      const at =
        options.config === undefined
          ? sitesOfUp(dataDirOf(options.data), ({ sre, operator, cantons }) => {
              if (ofCase === undefined) return isApproval ? operator : sre;
              // The second person of a case is its authority.
              return isApproval ? cantons[options.canton as string] : operator;
            })
          : sitesOfDeployment(options.config, process.env['VIGIE_TOKEN']);
      const { ok, message } = await switchRule(
        { url: at.urls[options.site as 'noirmont' | 'delemont'], token: at.token },
        action,
        what,
        options.note,
        ofCase,
      );
      process.stdout.write(`${message}\n`);
      process.exitCode = ok ? 0 : 1;
    });
