// One site whose keeper tells the size and root of its tree with every heartbeat, over whichever log (L13).
import { expect, onTestFinished } from 'vitest';
import { followLog } from '../follow.ts';
import { Keeper } from '../keeper/keeper.ts';
import { Merge } from '../merge/merge.ts';
import type { Time } from '../time.ts';
import type { Divergence } from '../tree/compare.ts';
import { Notary } from '../tree/notary.ts';
import type { TreeStore } from '../tree/tree-store.ts';
import type { CopyDoor, RotationDoor, SiteLog } from '../types.ts';
import { newEntryId } from './running-site.ts';

export interface NotarisedSite<Log> {
  readonly log: Log;
  readonly merge: Merge;
  readonly notary: Notary;
  readonly found: Divergence[];
  /** `<site>.<epoch>:<size>` of every tree whose root was another than told. */
  readonly suspects: string[];
  /** More than once does no harm; the test that opened it ends it. */
  stop(): Promise<void>;
}

export async function openNotarised<Log extends SiteLog & RotationDoor & CopyDoor>(
  log: Log,
  time: Time,
  store?: TreeStore,
): Promise<NotarisedSite<Log>> {
  const merge = new Merge({ self: log.site });
  const found: Divergence[] = [];
  const suspects: string[] = [];
  const notary = await Notary.open({
    log,
    time,
    ...(store === undefined ? {} : { store }),
    onSuspect: (of, epoch, size) => suspects.push(`${of}.${epoch}:${size}`),
    onDivergence: (divergence) => found.push(divergence),
    onFailure: (detail) => expect.fail(detail),
  });
  const heartbeat = () => {
    const tree = notary.own();
    return tree === undefined ? {} : { tree };
  };
  const keeper = new Keeper({ log, merge, time, entryId: newEntryId, heartbeat });
  const following = await followLog({ log, merge, onChange: (change) => keeper.changed(change) });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    keeper.stop();
    following.stop();
    await notary.close();
    await log.close();
  };
  onTestFinished(stop);
  return { log, merge, notary, found, suspects, stop };
}
