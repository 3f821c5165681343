// Acknowledged reports a second over HTTP, beside the same uploads on the bare log of the same site, in turns within one run.
import { type SiteAccess, Sites } from '../client/sites.ts';
import { type Percentiles, percentilesOf } from '../check/percentiles.ts';
import { BareLog, type NatsAccess } from './bare-log.ts';
import { type BenchCase, benchCases } from './cases.ts';
import { type Upload, sendPipelined } from './pipelined-uploads.ts';
import { rounded } from '../plane.ts';

export interface BenchIngestOptions {
  readonly access: SiteAccess;
  /** The log server of Noirmont, whose HTTP is measured; Delémont runs beside it. */
  readonly nats: NatsAccess;
  readonly devices?: number;
  readonly reportsPerUpload?: number;
  readonly rounds?: number;
  /** Of each of the two turns of a round. */
  readonly turnS?: number;
  readonly connections?: number;
  /** Uploads on their way on each connection. */
  readonly depth?: number;
  /** Messages on their way to the bare log; more than 256 made nothing faster there. */
  readonly bareInFlight?: number;
  readonly say: (line: string) => void;
}

interface Round {
  readonly httpReportsPerS: number;
  readonly bareReportsPerS: number;
}
export interface BenchIngestResult {
  readonly bench: 'ingest';
  /** Median of the rounds. */
  readonly reportsPerS: number;
  readonly bareLogReportsPerS: number;
  readonly ratio: number;
  readonly shares: { readonly both: number; readonly site: number };
  readonly failedUploads: number;
  readonly answerMs: Percentiles;
  readonly rounds: readonly Round[];
  readonly options: Readonly<Record<string, number>>;
}

/** Uploads made ready before a turn, so that making them is not measured. */
const READY_MAX = 60_000;
const READY_PART = 500;
/** More than two cores have ever taken; a turn that has no more to send ends early and is counted by its own time. */
const HTTP_UPLOADS_PER_S_MAX = 6_000;
const BARE_UPLOADS_PER_S_MAX = 10_000;
const WARM_UP_MS = 1_500;

export async function benchIngest(o: BenchIngestOptions): Promise<BenchIngestResult> {
  const options = {
    devices: o.devices ?? 200,
    reportsPerUpload: o.reportsPerUpload ?? 10,
    rounds: o.rounds ?? 3,
    turnS: o.turnS ?? 5,
    connections: o.connections ?? 16,
    depth: o.depth ?? 16,
    bareInFlight: o.bareInFlight ?? 256,
  };
  const sites = new Sites(o.access);
  const rounds: Round[] = [];
  const all = { both: 0, site: 0, failed: 0, latencyMs: [] as number[] };
  let bare: BareLog | undefined;
  try {
    const cases = benchCases(options.devices, Date.now().toString(36), Date.now());
    const tokens = await sites.createCases(cases.map(({ order }) => order));
    await sites.whenDevicesKnown(tokens, 30_000);
    o.say(`${options.devices} devices are known at both sites`);
    const maker = new UploadMaker(cases, tokens, options.reportsPerUpload);
    bare = await BareLog.open(o.nats);
    // The first second runs code that was never run before.
    await httpTurn(o, options, maker, WARM_UP_MS);
    for (let i = 0; i < options.rounds; i++) {
      const http = await httpTurn(o, options, maker, options.turnS * 1000);
      const bareReportsPerS = await bareTurn(bare, options, maker);
      all.both += http.totals.both;
      all.site += http.totals.site;
      all.failed += http.totals.failed;
      for (const ms of http.totals.latencyMs) all.latencyMs.push(ms);
      rounds.push({ httpReportsPerS: http.reportsPerS, bareReportsPerS });
      o.say(`round ${i + 1}: ${http.reportsPerS} reports/s over HTTP, ${bareReportsPerS} on the bare log`);
    }
  } finally {
    await bare?.close();
    sites.close();
  }
  const reportsPerS = median(rounds.map((round) => round.httpReportsPerS));
  const bareLogReportsPerS = median(rounds.map((round) => round.bareReportsPerS));
  const taken = Math.max(1, all.both + all.site);
  return {
    bench: 'ingest',
    reportsPerS,
    bareLogReportsPerS,
    ratio: hundredths(reportsPerS / bareLogReportsPerS),
    shares: { both: hundredths(all.both / taken), site: hundredths(all.site / taken) },
    failedUploads: all.failed,
    answerMs: percentilesOf(all.latencyMs),
    rounds,
    options,
  };
}

type Settings = BenchIngestResult['options'] & { readonly [name: string]: number };

async function httpTurn(o: BenchIngestOptions, settings: Settings, maker: UploadMaker, turnMs: number) {
  const ready = await maker.ready(Math.min(READY_MAX, (turnMs / 1000) * HTTP_UPLOADS_PER_S_MAX));
  const startedMs = performance.now();
  const totals = await sendPipelined({
    url: o.access.urls.noirmont,
    connections: settings['connections'] ?? 1,
    depth: settings['depth'] ?? 1,
    next: () => ready.pop(),
    untilMs: startedMs + turnMs,
  });
  if (totals.broken > 0) throw new Error(`${totals.broken} connections to ${o.access.urls.noirmont} broke`);
  return { totals, reportsPerS: Math.round((totals.reports * 1000) / (performance.now() - startedMs)) };
}

async function bareTurn(bare: BareLog, settings: Settings, maker: UploadMaker): Promise<number> {
  const turnMs = (settings['turnS'] ?? 1) * 1000;
  const ready = await maker.ready(Math.min(READY_MAX, (turnMs / 1000) * BARE_UPLOADS_PER_S_MAX));
  const startedMs = performance.now();
  const acknowledged = await bare.append({
    next: () => ready.pop()?.body,
    inFlight: settings['bareInFlight'] ?? 1,
    untilMs: startedMs + turnMs,
  });
  const elapsedMs = performance.now() - startedMs;
  return Math.round((acknowledged * (settings['reportsPerUpload'] ?? 1) * 1000) / elapsedMs);
}

/** Reports of persons who stay outside their circle, each named once, a second apart, the newest about now. */
class UploadMaker {
  readonly #cases: readonly BenchCase[];
  readonly #tokens: Readonly<Record<string, string>>;
  readonly #perUpload: number;
  readonly #startMs = Date.now() - 6 * 3_600_000;
  #made = 0;

  constructor(cases: readonly BenchCase[], tokens: Readonly<Record<string, string>>, perUpload: number) {
    this.#cases = cases;
    this.#tokens = tokens;
    this.#perUpload = perUpload;
  }

  /** In the order of `pop`. Made in parts, because a loop of seconds would let the connection to the log server go stale. */
  async ready(count: number): Promise<Upload[]> {
    const uploads: Upload[] = [];
    while (uploads.length < count) {
      for (let i = 0; i < READY_PART && uploads.length < count; i++) uploads.push(this.#make());
      await new Promise((resolve) => setImmediate(resolve));
    }
    return uploads.reverse();
  }

  #make(): Upload {
    const index = this.#made++;
    const { deviceId, outside } = this.#cases[index % this.#cases.length] as BenchCase;
    const first = Math.floor(index / this.#cases.length) * this.#perUpload;
    const reports = Array.from({ length: this.#perUpload }, (_, k) => ({
      boot: 1,
      seq: first + k,
      at: new Date(this.#startMs + (first + k) * 1000).toISOString(),
      lat: rounded(outside.lat + ((first + k) % 97) * 1e-6),
      lon: rounded(outside.lon + ((first + k) % 89) * 1e-6),
      accuracyM: 5 + ((first + k) % 20),
      speedMps: 1.4,
      batteryPct: 80,
    }));
    return {
      token: this.#tokens[deviceId] ?? '',
      body: JSON.stringify({ deviceId, reports }),
      reports: this.#perUpload,
    };
  }
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};
