// Whenever both sites have placed the same entries in the same order and have nothing left to fold, their live states must be the
// same (L9). Looked at every few milliseconds; two sites that are joined meet often.
import { isDeepStrictEqual } from 'node:util';
import type { CaseView } from '@vigie/engine';
import { type Json, SITES, canonicalJson } from '@vigie/model';
import type { Cluster } from './cluster.ts';
import type { SimSite } from './site.ts';

const LOOK_EVERY_US = 7_000;

export class LiveWatch {
  readonly #cluster: Cluster;
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
    const a = orderOf(noirmont);
    if (a === undefined || a === this.#compared) return;
    if (a !== orderOf(delemont)) return;
    this.#compared = a;
    const [x, y] = SITES.map((site) => viewsOf(this.#cluster, this.#cluster.sites[site])) as [Views, Views];
    this.#cluster.history.liveCompared++;
    if (isDeepStrictEqual(x, y)) return;
    // A field that is absent and one that is undefined say the same.
    const [here, there] = [textOf(x), textOf(y)];
    if (here === there) return;
    this.#cluster.history.different.push({ atMs: this.#cluster.nowMs, order: a, noirmont: here, delemont: there });
  }
}

/** Everything that has a place, in order: how much is settled at all, and what is not, by name. Undefined: still at work. */
function orderOf(site: SimSite): string | undefined {
  const { process } = site;
  if (process?.replica === undefined || process.life.isPaused || process.life.turns > 0) return undefined;
  const { merge } = process.replica;
  const ahead = merge.unsettled();
  const last = ahead.at(-1) ?? merge.settledThrough;
  if (last === undefined || process.replica.status().waitingForKeys > 0) return undefined;
  // What both have settled is the same sequence, so its length and the rest name the whole order.
  let hash = 0;
  for (const { t, seq } of ahead.slice(-24)) hash = (Math.imul(hash, 31) + t + seq) | 0;
  return `${site.nextIndex + ahead.length} ${last.t} ${last.site}.${last.epoch}:${last.seq} ${hash}`;
}

type Views = readonly (CaseView | null)[];

const viewsOf = (cluster: Cluster, site: SimSite): Views =>
  cluster.people.map(({ measure }) => {
    const view = site.replica?.caseView(measure);
    // What is provisional depends on how far each has settled, not on what is known.
    return view === undefined ? null : { ...view, provisional: NONE };
  });
const NONE: ReadonlySet<string> = new Set();
const textOf = (views: Views): string =>
  canonicalJson(views.map((view) => (view === null ? null : { ...view, provisional: 0 })) as unknown as Json);
