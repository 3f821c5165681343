// One site's fold over messages given by hand, with what it told.
import { Engine } from '@vigie/engine';
import { Merge, type MergeChange, type OriginMessage, type PlacedEntry } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { Evaluator } from '../evaluate.ts';
import { Fold, START_OF_LOG } from '../fold.ts';
import type { FoldHooks } from '../fold-context.ts';
import type { ScriptedOrigins } from './scripted-origins.ts';
import type { KeyRing } from '../types.ts';
import { TestKeys } from './two-sites.ts';

const keys = new TestKeys();

export class OneFold {
  readonly merge: Merge;
  readonly fold: Fold;
  readonly settled: PlacedEntry[] = [];
  readonly digests = new Map<number, string>();
  /** Entries that the merge has called settled. */
  told = 0;
  /** Windows of what was parked that were read again. */
  reloads = 0;
  /** How often another fold became live. */
  spills = 0;

  constructor(self: SiteId, heldBytesMax?: number, opens: Pick<KeyRing, 'open'> = keys) {
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
      replaced: () => void this.spills++,
    };
    this.fold = new Fold({
      merge: this.merge,
      live: new Engine(),
      scratch: new Engine(),
      evaluator: new Evaluator(opens),
      hooks,
      start: START_OF_LOG,
      ...(heldBytesMax === undefined ? {} : { heldBytesMax }),
    });
    this.fold.take(this.merge.catchUp());
  }
  get engine(): Engine {
    return this.fold.context.live;
  }
  take(message: OriginMessage): void {
    this.#note(this.merge.receive(message));
  }
  #note(change: MergeChange): void {
    this.told += change.settled.length;
    this.fold.take(change);
  }
  /** Reads again what settling stands before; true if there was anything. */
  readAgain(origins: ScriptedOrigins): boolean {
    const { wanted } = this.merge;
    if (wanted === undefined) return false;
    const { site, epoch, from } = wanted;
    const window = origins.messages[site].filter((one) => one.epoch === epoch && one.seq >= from && one.seq < from + 3);
    this.#note(this.merge.takeAgain(window.slice(0, wanted.limit)));
    this.reloads++;
    return true;
  }
  /** Everything with a place, settled and not. */
  placed(): PlacedEntry[] {
    return [...this.settled, ...this.merge.unsettled()];
  }
}
