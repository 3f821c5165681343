// A bracelet's side of the conversation: sends what it has in order, tries the other site when one does not answer, and keeps
// its copy of what only one site holds. It is the test of the promise made in an answer, so it notes everything it was told.
import type { SiteId } from '@vigie/model';
import type { PlannedReport } from '../types.ts';
import type { HttpAnswer, SiteHttp } from './site-http.ts';

export interface SentReport {
  readonly planned: PlannedReport;
  /** Milliseconds since the Unix epoch, with fractions; undefined = not tried yet. */
  firstAttemptMs: number | undefined;
  /** The site that the first attempt went to, and the one that took it. */
  firstVia: SiteId | undefined;
  via: SiteId | undefined;
  /** Where it is by now; `both` also when a second upload brought it to the other site. */
  state: 'waiting' | 'both' | 'site' | 'rejected';
  /** What the answer to it said. */
  answered: 'both' | 'site' | undefined;
}

export interface DeviceClientOptions {
  readonly deviceId: string;
  readonly token: string;
  readonly home: SiteId;
  readonly sites: Readonly<Record<SiteId, SiteHttp>>;
  /** Reports in one upload at most. */
  readonly uploadMax?: number;
  readonly nowMs: () => number;
  readonly onRefused?: (why: string) => void;
}

const UPLOAD_MAX = 200;
const TIMEOUT_MS = 3_000;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

interface TakenAnswer {
  readonly rejected: readonly { readonly index: number; readonly field: string; readonly reason: string }[];
  readonly durable: 'both' | 'site';
  readonly position: string;
}

export class DeviceClient {
  readonly deviceId: string;
  readonly #o: DeviceClientOptions;
  readonly #waiting: SentReport[] = [];
  /** Taken by one site only, and by no second one yet: `<site>.<epoch>` of that place to the reports. */
  #kept: { readonly origin: string; readonly reports: readonly SentReport[] }[] = [];
  #site: SiteId;
  #sending: Promise<void> | undefined;
  #stopped = false;
  retries = 0;
  refusals = 0;

  constructor(o: DeviceClientOptions) {
    this.#o = o;
    this.deviceId = o.deviceId;
    this.#site = o.home;
  }
  get waiting(): number {
    return this.#waiting.length;
  }
  get kept(): number {
    return this.#kept.reduce((sum, { reports }) => sum + reports.length, 0);
  }

  send(reports: readonly SentReport[]): void {
    this.#waiting.push(...reports);
    if (this.#sending === undefined && !this.#stopped && this.#waiting.length > 0) this.#sending = this.#run();
  }
  /** Resolves once nothing waits, or the client was stopped. */
  async idle(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    let backoffMs = BACKOFF_MS_MIN;
    while (this.#waiting.length > 0 && !this.#stopped) {
      const batch = this.#waiting.slice(0, this.#o.uploadMax ?? UPLOAD_MAX);
      const site = this.#site;
      const answer = await this.#upload(site, batch);
      const taken = takenOf(answer);
      if (taken !== undefined) {
        this.#waiting.splice(0, batch.length);
        this.#note(site, batch, taken);
        backoffMs = BACKOFF_MS_MIN;
        if (taken.durable === 'site') await this.#shareKept(site);
        continue;
      }
      this.retries++;
      if (answer.kind === 'answered' && answer.status >= 400 && answer.status < 500) {
        this.refusals++;
        this.#o.onRefused?.(`${this.deviceId} at ${site}: ${answer.status} ${answer.text.slice(0, 300)}`);
      }
      this.#site = site === 'noirmont' ? 'delemont' : 'noirmont';
      await new Promise((resolve) => setTimeout(resolve, backoffMs));
      backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2);
    }
    this.#sending = undefined;
  }

  #upload(site: SiteId, batch: readonly SentReport[]): Promise<HttpAnswer> {
    const body = JSON.stringify({ deviceId: this.deviceId, reports: batch.map(({ planned }) => planned.body) });
    const nowMs = this.#o.nowMs();
    for (const report of batch) {
      report.firstAttemptMs ??= nowMs;
      report.firstVia ??= site;
    }
    const { token, sites } = this.#o;
    return sites[site].ask({ method: 'POST', path: '/v1/reports', token, body, timeoutMs: TIMEOUT_MS });
  }

  #note(site: SiteId, batch: readonly SentReport[], taken: TakenAnswer): void {
    const refused = new Map(taken.rejected.map((one) => [one.index, one]));
    for (const [i, report] of batch.entries()) {
      const why = refused.get(i);
      report.state = why === undefined ? taken.durable : 'rejected';
      report.via = site;
      if (why === undefined) report.answered = taken.durable;
      if (why !== undefined) {
        this.refusals++;
        this.#o.onRefused?.(`${this.deviceId} at ${site}: report ${i}, ${why.field} ${why.reason}`);
      }
    }
    const origin = originOf(taken);
    if (taken.durable === 'both') {
      // L14: a `both` covers earlier answers of the same origin and epoch.
      for (const one of this.#kept) if (one.origin === origin) markBoth(one.reports);
      this.#kept = this.#kept.filter((one) => one.origin !== origin);
    } else {
      this.#kept.push({ origin, reports: batch.filter(({ state }) => state === 'site') });
    }
  }

  /** L14: what only one site took goes to the other too, where it can; then both hold it by way of two origins. */
  async #shareKept(takenBy: SiteId): Promise<void> {
    const other = takenBy === 'noirmont' ? 'delemont' : 'noirmont';
    const batch = this.#kept.flatMap(({ reports }) => reports).slice(0, this.#o.uploadMax ?? UPLOAD_MAX);
    const taken = batch.length === 0 ? undefined : takenOf(await this.#upload(other, batch));
    if (taken === undefined) return;
    // A site whose own log is mute passes uploads on: what counts is whose log took it, not who answered.
    const origin = originOf(taken);
    const sent = new Set(batch);
    const isAtBoth = (from: string): boolean => taken.durable === 'both' || siteOf(from) !== siteOf(origin);
    for (const kept of this.#kept) if (isAtBoth(kept.origin)) markBoth(kept.reports.filter((one) => sent.has(one)));
    this.#kept = this.#kept
      .map((kept) => ({ origin: kept.origin, reports: kept.reports.filter(({ state }) => state === 'site') }))
      .filter(({ reports }) => reports.length > 0);
  }
}

/** `noirmont.3-k7f2` of the position `noirmont.3-k7f2:1841`. */
const originOf = ({ position }: TakenAnswer): string => position.slice(0, position.lastIndexOf(':'));
const siteOf = (origin: string): string => origin.slice(0, origin.indexOf('.'));

function markBoth(reports: readonly SentReport[]): void {
  for (const report of reports) if (report.state === 'site') report.state = 'both';
}

function takenOf(answer: HttpAnswer): TakenAnswer | undefined {
  return answer.kind === 'answered' && answer.status === 200 ? (JSON.parse(answer.text) as TakenAnswer) : undefined;
}
