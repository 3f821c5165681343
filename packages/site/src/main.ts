// One site's process: `node packages/site/src/main.ts`, configured by its environment alone (deploy/<site>/site.env).
import { openSite } from './site.ts';
import { operatingLog } from './operating-log.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
if ('problems' in settings) {
  for (const problem of settings.problems) console.error(`vigie site: ${problem}`);
  process.exit(2);
}
const { logger, note } = operatingLog(settings.site, settings.logLevel);

// A programmer error must not go on with a state that may be untrue: the process ends, the other site takes over.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    logger.fatal({ err: error }, 'stopping: this should not have happened');
    process.exit(70);
  });

const site = await openSite(settings, note);
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    note('info', 'stopping');
    void site.close().then(() => process.exit(0));
  });
