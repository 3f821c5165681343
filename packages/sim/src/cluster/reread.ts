// A replica that reads a site's log again at the end of a run, from nothing and in another interleaving: what it makes of it must be
// what the site has.
import type { AppendResult, LogSubscription, OriginMessage, PeerEvent, PeerState, SiteLog } from '@vigie/log';
import type { SiteId } from '@vigie/model';
import { Replica } from '@vigie/replica';
import { Random } from '../random.ts';
import { interleaved, viewsText } from './checks/arrivals.ts';
import type { Cluster } from './cluster.ts';
import { SimKeys } from './keys.ts';
import { Life } from './life.ts';
import { Schedule } from './schedule.ts';
import type { SimSite } from './site.ts';

const BURST_EVERY_US = 400;
/** After the last message: what is left to fold, in turns. */
const AFTER_US = 200_000;

export async function reread(cluster: Cluster): Promise<void> {
  const site = cluster.sites[cluster.options.seed % 2 === 0 ? 'noirmont' : 'delemont'];
  if (site.process?.replica === undefined || site.process.life.turns > 0) return;
  const expected = viewsText(cluster, site.replica);
  const schedule = new Schedule(cluster.schedule.nowUs);
  const life = new Life(schedule, () => cluster.ground.skewUs[site.site]);
  const dice = new Random(`sim ${cluster.options.seed} reread`);
  const log = new RecordedLog(site, life, dice);
  const replica = await Replica.open({
    site: site.site,
    partition: cluster.partition,
    log,
    keys: new SimKeys(site.keyStore, () => Promise.resolve(false)),
    onFault: () => {},
    timing: life,
    entryId: () => 'reread',
  });
  await schedule.runUntil(schedule.nowUs + log.lengthUs + AFTER_US);
  const now = viewsText(cluster, replica);
  cluster.history.reread = cluster.people.flatMap(({ caseId }, i) => {
    const [a, b] = [expected[i] ?? '', now[i] ?? ''];
    if (a === b) return [];
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    const from = Math.max(0, at - 60);
    return [
      `${site.site} has of ${caseId} …${a.slice(from, from + 200)}, read otherwise …${b.slice(from, from + 200)}`,
    ];
  });
  await replica.close();
  life.end();
}

/** What a disk holds, delivered in an interleaving of its own; nothing can be written. */
class RecordedLog implements SiteLog {
  readonly site: SiteId;
  readonly epoch: string;
  readonly caughtUp = false;
  readonly left = false;
  readonly #of: SimSite;
  readonly #life: Life;
  readonly #messages: readonly OriginMessage[];
  readonly #dice: Random;
  readonly #listeners = new Set<(event: PeerEvent) => void>();

  constructor(of: SimSite, life: Life, dice: Random) {
    this.#of = of;
    this.#life = life;
    this.#dice = dice;
    this.site = of.site;
    this.epoch = of.server.epoch;
    this.#messages = interleaved(of, dice);
  }
  get lengthUs(): number {
    return (this.#messages.length + 1) * BURST_EVERY_US;
  }
  async subscribe(_from: unknown, deliver: (message: OriginMessage) => void): Promise<LogSubscription> {
    const next = (from: number): void => {
      const end = Math.min(this.#messages.length, from + 1 + this.#dice.below(12));
      for (const message of this.#messages.slice(from, end)) deliver(message);
      if (end < this.#messages.length) this.#life.after(BURST_EVERY_US / 1000, () => next(end));
      else for (const listener of this.#listeners) listener({ kind: 'caught-up' });
    };
    this.#life.after(0, () => next(0));
    return { stop: () => {} };
  }
  async append(): Promise<AppendResult> {
    return { kind: 'refused', reason: 'stopped', detail: 'read only' };
  }
  sayLeaving(): void {}
  leave(): Promise<AppendResult> {
    return this.append();
  }
  async reopen(): Promise<void> {}
  async read(site: SiteId, epoch: string, from: number, limit: number): Promise<readonly OriginMessage[]> {
    return this.#messages
      .filter((m) => m.site === site && m.epoch === epoch && m.seq >= from && m.seq < from + limit)
      .sort((a, b) => a.seq - b.seq);
  }
  onPeer(listener: (event: PeerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  peer(): PeerState {
    const epoch = this.#of.process?.log.peer().epoch;
    return {
      joined: false,
      reachable: false,
      epoch,
      seenByPeer: null,
      heardAgoMs: undefined,
      clockSkewMs: undefined,
      leaving: false,
      staysForUs: false,
    };
  }
  received(): ReturnType<SiteLog['received']> {
    return this.#of.process?.log.received() ?? {};
  }
  extents(): ReturnType<SiteLog['extents']> {
    return this.#of.server.disk.extents();
  }
  async survey(): Promise<undefined> {
    return undefined;
  }
  async whenSeen(): Promise<boolean> {
    return false;
  }
  reportHeld(): void {}
  reportRead(): void {}
  async close(): Promise<void> {}
}
