import { readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openJetStreamLog } from '@vigie/log';
import { streamName } from '@vigie/model';
import { expect, test } from 'vitest';
import { startNats } from '../../../test/support/nats.ts';
import { logServerProblem } from './log-server-health.ts';

test('[L1] [L10] a log server that died while making an own stream is an incident that names the stream and what to do, until that is done', async () => {
  const nats = await startNats({ domain: 'noirmont' });
  const monitor = new URL(nats.monitorUrl).host;
  try {
    const log = await openJetStreamLog({ site: 'noirmont', servers: nats.url });
    const stream = streamName('noirmont', log.epoch, 0);
    await log.close();
    expect(await logServerProblem(monitor)).toBeUndefined();
    await nats.kill();
    expect(await logServerProblem(monitor)).toBe('the log server does not answer on its monitoring port');
    const meta = readdirSync(nats.storeDir, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith(join(stream, 'meta.inf')),
    );
    const path = join(nats.storeDir, meta ?? 'no stream');
    writeFileSync(path, '');
    await nats.start();
    const problem = await logServerProblem(monitor);
    expect(problem).toContain(`could not take up ${stream} at its start`);
    expect(problem).toContain(`streams/${stream} of its store`);
    // What it says to do, done: then it is healthy, and the site opens the next epoch.
    await nats.kill();
    await rm(dirname(path), { recursive: true });
    await nats.start();
    expect(await logServerProblem(monitor)).toBeUndefined();
  } finally {
    await nats.stop();
  }
});
