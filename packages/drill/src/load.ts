// The load of a drill: every device uploads once a second what it measured since, and every second another person walks into the
// circle that he or she may not enter.
import type { SiteId } from '@vigie/model';
import { type BenchCase, type SiteHttp, nowMs, rounded } from '@vigie/sim';
import { Bracelet } from './bracelet.ts';
import type { History, ReportRecord } from './history.ts';

export const DEVICES = 112;
const REPORTS_PER_UPLOAD = 3;
const UPLOAD_EVERY_MS = 1_000;
const BREACH_EVERY_MS = 1_000;
/** Stays inside for this long. */
const INSIDE_MS = 3_000;
/** Coprime to the number of devices, and to four: neighbours in time differ in home and freedom. */
const STRIDE = 5;

interface Walker {
  readonly place: BenchCase;
  readonly bracelet: Bracelet;
  readonly pinned: SiteId | null;
  insideUntilMs: number;
  wasInside: boolean;
  lastFixMs: number;
  seq: number;
}

/** From the beginning of the load until a person who stays goes in. */
const STAYS_AFTER_MS = 3_000;

export interface LoadOptions {
  readonly cases: readonly BenchCase[];
  /** The last so many of the cases: those persons go in once and stay. */
  readonly staying: number;
  readonly tokens: Readonly<Record<string, string>>;
  readonly http: Readonly<Record<SiteId, SiteHttp>>;
  readonly history: History;
}

export class Load {
  readonly #history: History;
  readonly #walkers: readonly Walker[];
  /** Those who go in and out in turn. */
  readonly #passing: readonly Walker[];

  constructor(o: LoadOptions) {
    this.#history = o.history;
    this.#walkers = o.cases.map((place, i) => {
      const home: SiteId = i % 2 === 0 ? 'noirmont' : 'delemont';
      const isPinned = Math.floor(i / 2) % 2 === 0;
      const { deviceId } = place;
      const token = o.tokens[deviceId] ?? '';
      const bracelet = new Bracelet({ deviceId, token, home, isPinned, http: o.http, history: o.history });
      return {
        place,
        bracelet,
        pinned: isPinned ? home : null,
        insideUntilMs: 0,
        wasInside: false,
        lastFixMs: 0,
        seq: 0,
      };
    });
    this.#passing = this.#walkers.slice(0, this.#walkers.length - o.staying);
  }
  get refused(): readonly string[] {
    return this.#walkers.flatMap(({ bracelet }) => bracelet.refused);
  }
  get waiting(): number {
    return this.#walkers.reduce((sum, { bracelet }) => sum + bracelet.waiting, 0);
  }
  get isBusy(): boolean {
    return this.#walkers.some(({ bracelet }) => bracelet.isBusy);
  }

  /** Resolves when everybody handed out the last report; nobody who went in in turn is inside any more by then. */
  async run(fromMs: number, toMs: number): Promise<void> {
    await Promise.all([
      this.#stay(fromMs + STAYS_AFTER_MS),
      this.#breach(fromMs + 2_000, toMs - INSIDE_MS - 2 * UPLOAD_EVERY_MS),
      ...this.#walkers.map((walker, i) =>
        this.#walk(walker, fromMs + (i * UPLOAD_EVERY_MS) / this.#walkers.length, toMs),
      ),
    ]);
  }
  stop(): void {
    for (const { bracelet } of this.#walkers) bracelet.stop();
  }

  async #stay(fromMs: number): Promise<void> {
    await at(fromMs);
    for (const walker of this.#walkers.slice(this.#passing.length)) walker.insideUntilMs = Number.POSITIVE_INFINITY;
  }

  async #breach(fromMs: number, toMs: number): Promise<void> {
    for (let i = 0; fromMs + i * BREACH_EVERY_MS < toMs; i++) {
      await at(fromMs + i * BREACH_EVERY_MS);
      const walker = this.#passing[(i * STRIDE) % this.#passing.length];
      if (walker !== undefined) walker.insideUntilMs = nowMs() + INSIDE_MS;
    }
  }

  async #walk(walker: Walker, fromMs: number, toMs: number): Promise<void> {
    for (let dueMs = fromMs; dueMs < toMs; dueMs += UPLOAD_EVERY_MS) {
      await at(dueMs);
      const newestMs = Math.floor(nowMs());
      const isInside = newestMs < walker.insideUntilMs;
      const reports = fixTimes(newestMs, walker.lastFixMs).map((atMs) => this.#report(walker, atMs, isInside));
      walker.lastFixMs = reports.at(-1)?.at ?? walker.lastFixMs;
      walker.bracelet.send(reports);
    }
  }

  #report(walker: Walker, atMs: number, isInside: boolean): ReportRecord {
    const { place, pinned } = walker;
    const device = place.deviceId;
    if (isInside && !walker.wasInside) this.#history.breaches.push({ kind: 'breach', device, at: atMs });
    walker.wasInside = isInside;
    const { lat, lon } = isInside ? place.inside : place.outside;
    const report: ReportRecord = {
      kind: 'report',
      device,
      seq: walker.seq++,
      at: atMs,
      lat: rounded(lat),
      lon: rounded(lon),
      pinned,
      firstAttemptMs: null,
      ackMs: null,
      via: null,
      durable: null,
    };
    this.#history.reports.push(report);
    return report;
  }
}

/** Evenly back from now, and never before the upload before: one that goes out late would mix inside and outside, a breach of its own. */
export function fixTimes(newestMs: number, lastMs: number): number[] {
  const stepMs = Math.floor(UPLOAD_EVERY_MS / REPORTS_PER_UPLOAD) - 1;
  return Array.from({ length: REPORTS_PER_UPLOAD }, (_, i) =>
    Math.max(newestMs - stepMs * (REPORTS_PER_UPLOAD - 1 - i), lastMs + 1 + i),
  );
}

const at = (dueMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - nowMs())));
