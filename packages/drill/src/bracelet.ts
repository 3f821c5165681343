// A device of a drill: sends what it has in order, notes what it was told, and keeps what only one site holds (L14). Half of them may
// talk to one site only; the others go to the other site as soon as theirs does not answer. A free device brings what it keeps to the
// other site; a pinned one sends it again when its site goes on in another epoch, which may be without it.
import { type SiteId, otherSite } from '@vigie/model';
import { type HttpAnswer, type SiteHttp, nowMs } from '@vigie/sim';
import type { History, ReportRecord } from './history.ts';

export interface BraceletOptions {
  readonly deviceId: string;
  readonly token: string;
  readonly home: SiteId;
  readonly isPinned: boolean;
  readonly http: Readonly<Record<SiteId, SiteHttp>>;
  readonly history: History;
}

const UPLOAD_MAX = 200;
/** A site answers within 250 ms plus its disk (L14); whoever has another site goes there after this. */
const MOVES_AFTER_MS = 600;
const PINNED_TIMEOUT_MS = 2_000;
const BACKOFF_MS_MIN = 25;
const BACKOFF_MS_MAX = 500;

export class Bracelet {
  readonly #o: BraceletOptions;
  readonly #waiting: ReportRecord[] = [];
  /** Taken by one site, not known to be at the other; `origin` is the site and epoch that took it. */
  #kept: Kept[] = [];
  /** Where the newest answer came from. */
  #origin = '';
  #site: SiteId;
  #sending = false;
  #sharing = false;
  #stopped = false;
  /** Answers of the kind 4xx, and reports that an answer rejected: a drill has none. */
  readonly refused: string[] = [];

  constructor(o: BraceletOptions) {
    this.#o = o;
    this.#site = o.home;
  }
  /** Has reports that no site took, or that it must still bring somewhere. */
  get isBusy(): boolean {
    return this.#waiting.length > 0 || this.#toShare().length > 0;
  }
  get waiting(): number {
    return this.#waiting.length;
  }

  send(reports: readonly ReportRecord[]): void {
    this.#waiting.push(...reports);
    if (!this.#sending) void this.#run();
  }
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    this.#sending = true;
    let backoffMs = BACKOFF_MS_MIN;
    while (this.#waiting.length > 0 && !this.#stopped) {
      const batch = this.#waiting.slice(0, UPLOAD_MAX);
      const site = this.#site;
      const answer = await this.#upload(site, batch);
      if (answer !== undefined) {
        this.#waiting.splice(0, batch.length);
        this.#note(site, batch, answer);
        backoffMs = BACKOFF_MS_MIN;
        continue;
      }
      if (!this.#o.isPinned) this.#site = otherSite(site);
      await pause(backoffMs);
      backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2);
    }
    this.#sending = false;
  }

  async #upload(site: SiteId, batch: readonly ReportRecord[]): Promise<Taken | undefined> {
    const { deviceId, token, isPinned, http, history } = this.#o;
    const body = JSON.stringify({ deviceId, reports: batch.map(uploaded) });
    const sentMs = nowMs();
    for (const report of batch) report.firstAttemptMs ??= sentMs;
    const timeoutMs = isPinned ? PINNED_TIMEOUT_MS : MOVES_AFTER_MS;
    const answer = await http[site].ask({ method: 'POST', path: '/v1/reports', token, body, timeoutMs });
    const taken = takenOf(answer);
    if (taken !== undefined)
      history.answers.push({ kind: 'answer', site, sentMs, atMs: nowMs(), reports: batch.length });
    else if (answer.kind === 'answered' && answer.status < 500 && answer.status !== 429)
      this.refused.push(`${deviceId} at ${site}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return taken;
  }

  #note(site: SiteId, batch: readonly ReportRecord[], taken: Taken): void {
    const atMs = nowMs();
    for (const { index, field, reason } of taken.rejected)
      this.refused.push(`${this.#o.deviceId} at ${site}: report ${index}, ${field} ${reason}`);
    const rejected = new Set(taken.rejected.map(({ index }) => index));
    const origin = originOf(taken);
    this.#origin = origin;
    // A `both` covers earlier answers of the same origin and epoch.
    if (taken.durable === 'both') this.#kept = this.#kept.filter((one) => one.origin !== origin);
    for (const [i, report] of batch.entries()) {
      if (rejected.has(i)) continue;
      report.ackMs = atMs;
      report.via = site;
      report.durable = taken.durable;
      if (taken.durable === 'site') this.#kept.push({ report, origin });
    }
    if (this.#toShare().length > 0 && !this.#sharing) void this.#share();
  }

  #toShare(): readonly Kept[] {
    return this.#o.isPinned ? this.#kept.filter(({ origin }) => origin !== this.#origin) : this.#kept;
  }

  /** Beside what is new. */
  async #share(): Promise<void> {
    this.#sharing = true;
    for (let all = this.#toShare(); all.length > 0 && !this.#stopped; all = this.#toShare()) {
      const from = all[0]?.origin ?? '';
      const batch = all.filter(({ origin }) => origin === from).slice(0, UPLOAD_MAX);
      const to = this.#o.isPinned ? this.#o.home : otherSite(siteOf(from));
      const reports = batch.map(({ report }) => report);
      const taken = await this.#upload(to, reports);
      const origin = taken === undefined ? from : originOf(taken);
      if (taken === undefined || (origin === from && taken.durable === 'site')) {
        await pause(SHARE_AGAIN_MS);
        continue;
      }
      const done = new Set(batch);
      // Whose log took it counts, not who answered: a site whose log is mute passes uploads on (L2).
      const isAtBoth = taken.durable === 'both' || siteOf(origin) !== siteOf(from);
      const again = isAtBoth ? [] : reports.map((report) => ({ report, origin }));
      this.#kept = [...this.#kept.filter((one) => !done.has(one)), ...again];
    }
    this.#sharing = false;
  }
}

interface Kept {
  readonly report: ReportRecord;
  readonly origin: string;
}

/** `noirmont.3-k7f2` of the position `noirmont.3-k7f2:1841`. */
const originOf = ({ position }: Taken): string => position.slice(0, position.lastIndexOf(':'));
const siteOf = (origin: string): SiteId => (origin.startsWith('delemont.') ? 'delemont' : 'noirmont');

/** A device does not spend its battery on a site that is away. */
const SHARE_AGAIN_MS = 1_000;

interface Taken {
  readonly rejected: readonly { readonly index: number; readonly field: string; readonly reason: string }[];
  readonly durable: 'both' | 'site';
  readonly position: string;
}

const takenOf = (answer: HttpAnswer): Taken | undefined =>
  answer.kind === 'answered' && answer.status === 200 ? (JSON.parse(answer.text) as Taken) : undefined;

const uploaded = ({ seq, at, lat, lon }: ReportRecord) => ({
  boot: 1,
  seq,
  at: new Date(at).toISOString(),
  lat,
  lon,
  accuracyM: 5,
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
