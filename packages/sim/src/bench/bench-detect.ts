// From the first attempt to send a report to the incident on the other site's event stream, under a steady load. Every device walks
// in and out of its zone; each entry is one measurement.
import { type SiteId, otherSite } from '@vigie/model';
import { Arrivals } from '../check/observe.ts';
import { type Percentiles, percentilesOf } from '../check/percentiles.ts';
import { type SiteAccess, Sites } from '../client/sites.ts';
import { nowMs } from '../play/player.ts';
import { rounded } from '../plane.ts';
import { type BenchCase, benchCases } from './cases.ts';

export interface BenchDetectOptions {
  readonly access: SiteAccess;
  readonly reportsPerS?: number;
  readonly devices?: number;
  readonly durationS?: number;
  /** Seconds a person stays inside, and outside, in turn. */
  readonly insideS?: number;
  readonly outsideS?: number;
  readonly say: (line: string) => void;
}
export interface BenchDetectResult {
  readonly bench: 'detect';
  readonly reportToIncidentMs: Percentiles & { readonly max: number | null };
  /** From the first attempt to the answer: what of the above is the own site's. */
  readonly answerMs: Percentiles;
  readonly measured: number;
  /** Entries whose incident was not seen on the other site's stream in time. */
  readonly unseen: number;
  readonly reportsPerS: number;
  readonly failedUploads: number;
  readonly options: Readonly<Record<string, number>>;
}

const TIMEOUT_MS = 5_000;
const WAIT_MS = 5_000;
/** The first seconds are not measured. */
const WARM_UP_MS = 3_000;

interface Entry {
  readonly caseId: string;
  readonly openedAtMs: number;
  readonly sentMs: number;
  readonly via: SiteId;
}

export async function benchDetect(o: BenchDetectOptions): Promise<BenchDetectResult> {
  const options = {
    reportsPerS: o.reportsPerS ?? 1_000,
    devices: o.devices ?? 200,
    durationS: o.durationS ?? 25,
    insideS: o.insideS ?? 4,
    outsideS: o.outsideS ?? 6,
  };
  const sites = new Sites(o.access, 256);
  const arrivals = new Arrivals(sites);
  try {
    const cases = benchCases(options.devices, Date.now().toString(36), Date.now());
    const tokens = await sites.createCases(cases.map(({ order }) => order));
    await sites.whenDevicesKnown(tokens, 30_000);
    await arrivals.opened(10_000);
    o.say(`${options.devices} devices are known at both sites`);
    const walkers = cases.map((one, i) => new Walker(one, i, tokens[one.deviceId] ?? '', sites, options));
    const startedMs = nowMs();
    await Promise.all(walkers.map((walker) => walker.walk(startedMs, startedMs + options.durationS * 1000)));
    const elapsedS = (nowMs() - startedMs) / 1000;
    const entries = walkers
      .flatMap((walker) => walker.entries)
      .filter(({ sentMs }) => sentMs >= startedMs + WARM_UP_MS);
    const latencies = await collect(entries, arrivals);
    const sent = walkers.reduce((sum, walker) => sum + walker.sent, 0);
    return {
      bench: 'detect',
      reportToIncidentMs: {
        ...percentilesOf(latencies),
        max: latencies.length === 0 ? null : Math.round(Math.max(...latencies) * 10) / 10,
      },
      answerMs: percentilesOf(walkers.flatMap((walker) => walker.answersMs)),
      measured: latencies.length,
      unseen: entries.length - latencies.length,
      reportsPerS: Math.round(sent / elapsedS),
      failedUploads: walkers.reduce((sum, walker) => sum + walker.failed, 0),
      options,
    };
  } finally {
    arrivals.stop();
    sites.close();
  }
}

async function collect(entries: readonly Entry[], arrivals: Arrivals): Promise<number[]> {
  const untilMs = nowMs() + WAIT_MS;
  for (;;) {
    const seen = entries.flatMap(({ caseId, openedAtMs, sentMs, via }) => {
      const atMs = arrivals.at(otherSite(via), caseId, 'keep-away', openedAtMs);
      return atMs === undefined ? [] : [atMs - sentMs];
    });
    if (seen.length === entries.length || nowMs() > untilMs) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Pace {
  readonly reportsPerS: number;
  readonly devices: number;
  readonly insideS: number;
  readonly outsideS: number;
}

/** One device: an upload a second with the fixes since the last one, the newest taken as it is sent. */
class Walker {
  readonly entries: Entry[] = [];
  readonly answersMs: number[] = [];
  readonly #case: BenchCase;
  readonly #token: string;
  readonly #sites: Sites;
  readonly #via: SiteId;
  readonly #perUpload: number;
  readonly #share: number;
  readonly #insideMs: number;
  readonly #cycleMs: number;
  #seq = 0;
  #wasInside = false;
  sent = 0;
  failed = 0;

  constructor(one: BenchCase, index: number, token: string, sites: Sites, pace: Pace) {
    this.#case = one;
    this.#token = token;
    this.#sites = sites;
    this.#via = index % 2 === 0 ? 'noirmont' : 'delemont';
    this.#perUpload = Math.max(1, Math.round(pace.reportsPerS / pace.devices));
    // Devices are spread over the second, and over the walk.
    this.#share = index / pace.devices;
    this.#insideMs = pace.insideS * 1000;
    this.#cycleMs = (pace.insideS + pace.outsideS) * 1000;
  }

  async walk(startedMs: number, untilMs: number): Promise<void> {
    const underWay: Promise<void>[] = [];
    for (let dueMs = startedMs + this.#share * 1000; dueMs < untilMs; dueMs += 1_000) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - nowMs())));
      underWay.push(this.#upload());
    }
    await Promise.all(underWay);
  }

  async #upload(): Promise<void> {
    const newestMs = Math.floor(Date.now());
    const stepMs = Math.floor(1_000 / this.#perUpload);
    const reports = Array.from({ length: this.#perUpload }, (_, i) =>
      this.#report(newestMs - stepMs * (this.#perUpload - 1 - i)),
    );
    const sentMs = nowMs();
    for (const { atMs, isInside } of reports) {
      if (isInside && !this.#wasInside)
        this.entries.push({ caseId: this.#case.order.caseId, openedAtMs: atMs, sentMs, via: this.#via });
      this.#wasInside = isInside;
    }
    const body = JSON.stringify({ deviceId: this.#case.deviceId, reports: reports.map((report) => report.body) });
    const answer = await this.#sites.http[this.#via].ask({
      method: 'POST',
      path: '/v1/reports',
      token: this.#token,
      body,
      timeoutMs: TIMEOUT_MS,
    });
    if (answer.kind === 'answered' && answer.status === 200) {
      this.sent += reports.length;
      this.answersMs.push(nowMs() - sentMs);
    } else this.failed++;
  }

  #report(atMs: number) {
    const isInside = (atMs + this.#share * 7 * this.#cycleMs) % this.#cycleMs < this.#insideMs;
    const { lat, lon } = isInside ? this.#case.inside : this.#case.outside;
    return {
      atMs,
      isInside,
      body: {
        boot: 1,
        seq: this.#seq++,
        at: new Date(atMs).toISOString(),
        lat: rounded(lat),
        lon: rounded(lon),
        accuracyM: 5,
      },
    };
  }
}
