// One site's fold over messages given by hand, with what it told.
import { Engine } from '@vigie/engine';
import { Merge, type OriginMessage, type PlacedEntry } from '@vigie/log';
import { type SiteId, ok } from '@vigie/model';
import { Fold, START_OF_LOG } from '../fold.ts';
import type { FoldHooks } from '../fold-context.ts';
import type { ScriptedOrigins } from './scripted-origins.ts';
import type { KeyRing } from '../types.ts';
import { TestKeys } from './two-sites.ts';

const keys = new TestKeys();

export class OneFold {
  readonly merge: Merge;
  readonly fold: Fold;
  readonly engine = new Engine();
  readonly settled: PlacedEntry[] = [];
  readonly digests = new Map<number, string>();
  /** Entries that the merge has called settled. */
  told = 0;
  reloads = 0;

  constructor(self: SiteId, bytesMax?: number, opens: Pick<KeyRing, 'open'> = keys) {
    this.merge = new Merge({ self });
    const hooks: FoldHooks = {
      evaluated: () => {},
      malformed: (place, detail) => {
        throw new Error(`${place}: ${detail}`);
      },
      zone: () => {},
      passedOver: () => {},
      keyMissing: () => {},
      settled: (placed) => void this.settled.push(placed),
      promoted: () => {},
      settledView: () => {},
      digest: (second, value) => void this.digests.set(second, value),
    };
    this.fold = new Fold({
      merge: this.merge,
      live: this.engine,
      scratch: new Engine(),
      keys: opens,
      hooks,
      start: START_OF_LOG,
      ...(bytesMax === undefined ? {} : { bytesMax }),
    });
    this.fold.take(this.merge.catchUp());
  }
  /** The entry is this fold's own: it may give up the bytes of its items. */
  take(message: OriginMessage): void {
    const entry = message.entry.ok ? ok({ ...message.entry.value }) : message.entry;
    const change = this.merge.receive({ ...message, entry });
    this.told += change.settled.length;
    this.fold.take(change);
  }
  /** Reads again what settled state waits for; true if there was anything. */
  reload(origins: ScriptedOrigins): boolean {
    if (!this.fold.settled.needsBytes) return false;
    for (const entry of this.fold.live.firstUnloaded(2)) {
      const again = origins.messages[entry.site].find((one) => one.epoch === entry.epoch && one.seq === entry.seq);
      if (again?.entry.ok === true) this.fold.live.reload(entry, again.entry.value.items);
      this.reloads++;
    }
    return true;
  }
  /** Everything with a place, settled and not. */
  placed(): PlacedEntry[] {
    return [...this.settled, ...this.merge.unsettled()];
  }
}
