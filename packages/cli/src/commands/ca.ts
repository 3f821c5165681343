import { Command, InvalidArgumentError } from 'commander';

type Host = { readonly name: string; readonly host: string };

export const caCommand = (): Command =>
  new Command('ca')
    .description('a certificate authority, and a certificate per site for the line between the sites')
    .requiredOption('--out <dir>', 'folder of the files; what is still good there stays')
    .requiredOption(
      '--host <site=host>',
      'a DNS name or address under which a site is dialled; repeatable',
      collect,
      [],
    )
    .option('--days <n>', 'validity of the certificates in days', Number, 800)
    .option('--authority-days <n>', 'validity of the authority in days', Number, 3650)
    .action(async (options: { out: string; host: readonly Host[]; days: number; authorityDays: number }) => {
      const { fillFolder } = await import('../ca/folder.ts');
      const byName = Map.groupBy(options.host, ({ name }) => name);
      const holders = [...byName].map(([name, hosts]) => ({ name, hosts: hosts.map(({ host }) => host) }));
      const term = { now: new Date(), authorityDays: options.authorityDays, days: options.days };
      const made = await fillFolder(options.out, holders, term);
      const what = made.length === 0 ? 'everything is still good' : `made ${made.join(', ')}`;
      process.stdout.write(`${options.out}: ${what}. Keep ca.key off both sites.\n`);
    });

function collect(text: string, before: readonly Host[]): readonly Host[] {
  const [name, host, ...rest] = text.split('=');
  if (name === undefined || host === undefined || host === '' || rest.length > 0 || !/^[a-z]+$/.test(name))
    throw new InvalidArgumentError('It must be SITE=HOST.');
  return [...before, { name, host }];
}
