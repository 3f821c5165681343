// Who is told of alarms by the sites of an `up`: nobody at first. The file is the operator's to fill in, and stays as it is from then on.
import { existsSync, writeFileSync } from 'node:fs';
import { filesOf } from './layout.ts';

export type Webhook = { readonly id: string; readonly url: string; readonly secret: string };

export function writeReceivers(dataDir: string, webhooks: readonly Webhook[]): void {
  const { receivers } = filesOf(dataDir);
  if (webhooks.length === 0 && existsSync(receivers)) return;
  const written = webhooks.map(({ id, url, secret }) => {
    const secretFile = `${id}.secret`;
    writeFileSync(`${receivers}.${secretFile}`, `${secret}\n`, { mode: 0o600 });
    return {
      id,
      channel: 'webhook',
      url,
      secretFile: `receivers.json.${secretFile}`,
      authorities: '*',
      levels: [0, 1, 2, 3, 4],
    };
  });
  writeFileSync(receivers, `${JSON.stringify({ receivers: written }, null, 2)}\n`, { mode: 0o600 });
}
