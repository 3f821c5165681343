// Two sites whose vectors of received sequences are equal have one order, and whenever both have placed the same entries in the same
// order and have nothing left to fold, their live states are the same (L9). Looked at every few milliseconds; two sites that are
// joined meet often.
import { isDeepStrictEqual } from 'node:util';
import type { CaseView } from '@vigie/engine';
import type { EpochInfo } from '@vigie/log';
import { type Json, SITES, type SiteId, canonicalJson } from '@vigie/model';
import type { Cluster } from './cluster.ts';
import { type SimSite, orderHash } from './site.ts';

const LOOK_EVERY_US = 7_000;

/** What one site has received and how it lies, as it was when the merged order last changed. */
interface Seen {
  readonly lives: number;
  readonly changes: number;
  readonly order: string;
  /** The newest epoch of each origin and how far it was received (L18). */
  readonly vector: string;
}

export class LiveWatch {
  readonly #cluster: Cluster;
  readonly #seen: Partial<Record<SiteId, Seen>> = {};
  #compared = '';

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }
  start(): void {
    this.#cluster.schedule.after(LOOK_EVERY_US, () => {
      this.#look();
      this.start();
    });
  }
  #look(): void {
    const { noirmont, delemont } = this.#cluster.sites;
    const [a, b] = [this.#see(noirmont), this.#see(delemont)];
    if (a === undefined || b === undefined) return;
    // Each goes by its own generation until one is given up.
    if (noirmont.replica?.merge.generation !== delemont.replica?.merge.generation) return;
    if (a.order !== b.order) return a.vector === b.vector ? this.#orderDiffers(a, b) : undefined;
    if (a.order === this.#compared || SITES.some((site) => waitsForKeys(this.#cluster.sites[site]))) return;
    this.#compared = a.order;
    const [x, y] = SITES.map((site) => viewsOf(this.#cluster, this.#cluster.sites[site])) as [Views, Views];
    this.#cluster.history.liveCompared++;
    if (isDeepStrictEqual(x, y)) return;
    // A field that is absent and one that is undefined say the same.
    const [here, there] = [textOf(x), textOf(y)];
    if (here !== there) this.#note(a.order, here, there);
  }

  /** The newest epochs say little while one waits, or while an earlier one has not come over whole. */
  #orderDiffers(a: Seen, b: Seen): void {
    const [x, y] = SITES.map((site) => wholeVector(this.#cluster.sites[site]));
    if (x === undefined || x !== y) return;
    this.#note(`of equal v ${x}`, a.order, b.order);
  }
  #note(order: string, noirmont: string, delemont: string): void {
    this.#cluster.history.different.push({ atMs: this.#cluster.nowMs, order, noirmont, delemont });
  }

  /** Undefined: still at work. */
  #see(site: SimSite): Seen | undefined {
    const { process, lives, changes } = site;
    if (process?.replica === undefined || process.life.isPaused || process.life.turns > 0) return undefined;
    // What came behind something folded is not in live of a site that holds no more, until it has read it again.
    if (process.replica.hasWork || process.replica.isSpilled) return undefined;
    const known = this.#seen[site.site];
    if (known?.lives === lives && known.changes === changes) return known;
    const { merge } = process.replica;
    const order = orderOf(site);
    if (order === undefined) return undefined;
    const received = merge.received();
    const vector = SITES.map((of) => reachOf(site, { epoch: '', ...received[of], received: received[of]?.seq ?? 0 }));
    const seen = { lives, changes, order, vector: vector.join(' ') };
    this.#seen[site.site] = seen;
    return seen;
  }
}

/** Everything that has a place, in order, as one number; it does not depend on how much of it is settled. Undefined: nothing has one yet. */
function orderOf(site: SimSite): string | undefined {
  const merge = site.replica?.merge;
  if (merge === undefined) return undefined;
  const ahead = merge.unsettled();
  const last = ahead.at(-1) ?? merge.settledThrough;
  if (last === undefined) return undefined;
  const hash = ahead.reduce(orderHash, site.settledHash);
  return `${site.nextIndex + ahead.length} ${last.t} ${last.site}.${last.epoch}:${last.seq} ${hash}`;
}

/** v with every epoch, what was told included; undefined while one waits, for then only the site that writes it applies it. */
function wholeVector(site: SimSite): string | undefined {
  const epochs = site.replica?.merge.epochs() ?? [];
  if (epochs.length === 0 || epochs.some(({ admitted }) => !admitted)) return undefined;
  return epochs.map((info) => reachOf(site, info)).join(' ');
}
/** What the other site has told of its epoch follows what was copied of it (L13). */
function reachOf({ replica }: SimSite, { epoch, received }: Pick<EpochInfo, 'epoch' | 'received'>): string {
  const told = epoch === replica?.merge.directAfter?.epoch ? (replica?.merge.directCount ?? 0) : 0;
  return `${epoch}:${received + told}`;
}

const waitsForKeys = (site: SimSite): boolean => (site.replica?.status().waitingForKeys ?? 0) > 0;

type Views = readonly (Omit<CaseView, 'recorded'> | null)[];

const viewsOf = (cluster: Cluster, site: SimSite): Views =>
  cluster.people.map(({ measure }) => {
    // Gone for people as soon as its erasure has a place; the fold drops it when that settles.
    const view = cluster.isErased(site.site, measure) ? undefined : site.replica?.liveView(measure);
    if (view === undefined) return null;
    // The order itself is long, and its revision says which it is.
    const { recorded: _order, ...rest } = view;
    return rest;
  });
const textOf = (views: Views): string => canonicalJson(views as unknown as Json);
