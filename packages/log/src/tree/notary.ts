// Keeps the tree of every epoch (section 5), tells the own one in heartbeats, and holds the other site's word against the copy here
// (L13). A copy with another root than its origin halts that origin: nothing of it is delivered any more, until it was looked at.
import { type SiteId, compareEpochs, otherSite } from '@vigie/model';
import type { Time } from '../time.ts';
import type { CopyDoor, LogSubscription, OriginMessage, ReadFrom, SiteLog } from '../types.ts';
import { type Divergence, compareWithOrigin } from './compare.ts';
import { EpochTree, type TreeClaim, treeClaim } from './epoch-tree.ts';
import type { TreeStore, TreesSnapshot } from './tree-store.ts';

export interface NotaryOptions {
  readonly log: SiteLog & CopyDoor;
  readonly time: Time;
  /** Where trees outlive the process; without it they are made from the start of the log. */
  readonly store?: TreeStore;
  /** The roots differ; the origin is halted, and what differs is being looked for. */
  readonly onSuspect: (site: SiteId, epoch: string, size: number) => void;
  readonly onDivergence: (divergence: Divergence) => void;
  /** The data of each heartbeat of the other site. */
  readonly onHeartbeat?: (data: unknown) => void;
  readonly onFailure: (detail: string) => void;
}

/** What was read since the last one is read again after a crash. */
const SAVE_EVERY_MS = 5000;
/** The other log server did not answer, or has not everything yet. */
const ASK_AGAIN_MS = 500;

export class Notary {
  readonly #o: NotaryOptions;
  readonly #trees = new Map<string, EpochTree>();
  #subscription: LogSubscription | undefined;
  #suspected = false;
  #changed = false;
  #closed = false;
  #cancelSave: (() => void) | undefined;
  #cancelAsk: (() => void) | undefined;

  static async open(o: NotaryOptions): Promise<Notary> {
    const notary = new Notary(o, await o.store?.load());
    notary.#subscription = await o.log.subscribe(notary.#readFrom(), (message) => notary.#take(message));
    notary.#saveLater();
    return notary;
  }

  private constructor(o: NotaryOptions, known: TreesSnapshot | undefined) {
    this.#o = o;
    for (const { site, epoch, tree } of known ?? [])
      this.#trees.set(`${site} ${epoch}`, new EpochTree(site, epoch, tree));
  }

  /** Of the running epoch, as far as it was read back. */
  own(): TreeClaim | undefined {
    const { site, epoch } = this.#o.log;
    const tree = this.#trees.get(`${site} ${epoch}`);
    if (tree === undefined || tree.read === 0) return undefined;
    tree.confirmAll();
    return tree.whole();
  }
  /** Size and root of what was read of an epoch. */
  of(site: SiteId, epoch: string): TreeClaim | undefined {
    return this.#trees.get(`${site} ${epoch}`)?.whole();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#subscription?.stop();
    this.#cancelSave?.();
    this.#cancelAsk?.();
    await this.#save();
  }

  #readFrom(): ReadFrom {
    const from: { [site: string]: { [epoch: string]: number } } = {};
    for (const { site, epoch, read } of this.#trees.values()) (from[site] ??= {})[epoch] = read;
    return from;
  }

  #take(message: OriginMessage): void {
    if (this.#suspected || this.#closed) return;
    const { site, epoch, entry } = message;
    const key = `${site} ${epoch}`;
    let tree = this.#trees.get(key);
    if (tree === undefined) {
      tree = new EpochTree(site, epoch);
      this.#trees.set(key, tree);
    }
    tree.add(message);
    this.#changed = true;
    if (site === this.#o.log.site || !entry.ok || entry.value.kind !== 'heartbeat') return;
    this.#o.onHeartbeat?.(entry.value.data);
    const claim = treeClaim(entry.value.data);
    if (claim !== undefined && !tree.agrees(claim)) this.#suspect(tree, message, claim);
  }

  #suspect(tree: EpochTree, message: OriginMessage, claim: TreeClaim): void {
    this.#suspected = true;
    this.#o.log.halt(message.site);
    this.#o.onSuspect(message.site, message.epoch, claim.size);
    void this.#compare(tree, message);
  }
  async #compare(tree: EpochTree, through: OriginMessage): Promise<void> {
    const found = await compareWithOrigin(this.#o.log, tree, through.seq);
    if (this.#closed) return;
    if (found === undefined)
      this.#cancelAsk = this.#o.time.after(ASK_AGAIN_MS, () => void this.#compare(tree, through));
    else this.#o.onDivergence(found);
  }

  #saveLater(): void {
    if (this.#closed || this.#o.store === undefined) return;
    this.#cancelSave = this.#o.time.after(SAVE_EVERY_MS, () => {
      void this.#save().then(() => this.#saveLater());
    });
  }
  async #save(): Promise<void> {
    const { store, log } = this.#o;
    if (store === undefined || !this.#changed) return;
    this.#changed = false;
    const trees = [...this.#trees.values()];
    for (const tree of trees) if (tree.site === log.site) tree.confirmAll();
    trees.sort((a, b) =>
      a.site === b.site ? compareEpochs(a.epoch, b.epoch) : a.site === otherSite(log.site) ? 1 : -1,
    );
    try {
      await store.save(trees.map(({ site, epoch, confirmed }) => ({ site, epoch, tree: confirmed })));
    } catch (cause) {
      this.#changed = true;
      this.#o.onFailure(`the trees of the log were not kept: ${String(cause)}`);
    }
  }
}
