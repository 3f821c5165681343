// The vigie command. Commands load what they need when they run, so that help is quick.
import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { caCommand } from './commands/ca.ts';
import { drillCommand } from './commands/drill.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { previewCommand } from './commands/preview.ts';
import { replayCommand } from './commands/replay.ts';
import { ruleCommand } from './commands/rule.ts';
import { simCommand } from './commands/sim.ts';
import { siteCommand } from './commands/site.ts';
import { testCommand } from './commands/test.ts';
import { upCommand } from './commands/up.ts';

/** 0 = holds, 1 = fell short, 2 = could not run. */
const COULD_NOT_RUN = 2;

// A reader that went away (`| head`, a closed terminal) is no reason to leave the sites without an orderly end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const program = new Command('vigie')
  .description('Two sites, one log: the monitoring cluster for court-ordered electronic monitoring.')
  .showHelpAfterError('(./vigie --help names the commands and options)')
  .exitOverride();

for (const command of [
  upCommand(),
  evaluateCommand(),
  benchCommand(),
  drillCommand(),
  previewCommand(),
  replayCommand(),
  ruleCommand(),
  siteCommand(),
  simCommand(),
  testCommand(),
  caCommand(),
])
  program.addCommand(command.exitOverride().copyInheritedSettings(program));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
  process.exit(); // ends the children of a command that stopped half-way
}

function report(error: unknown): number {
  // commander has printed its message; help that was asked for is no failure
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT_RUN;
  // the world is in the way: a sentence; a mistake of ours: with the place
  const known = error instanceof Error && error.name === 'CouldNotRun';
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`vigie: ${text}\n`);
  return COULD_NOT_RUN;
}
