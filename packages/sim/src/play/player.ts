// Plays a source: hands each device what is due, at the pace asked for. `speed` compresses sending, never fix times.
import type { SiteId } from '@vigie/model';
import { DeviceClient, type SentReport } from '../client/device-client.ts';
import type { Sites } from '../client/sites.ts';
import type { PlannedReport, Source } from '../types.ts';

export interface PlayerOptions {
  readonly sites: Sites;
  readonly source: Source;
  readonly tokens: Readonly<Record<string, string>>;
  readonly speed: number;
  /** Remember every report with what became of it. Off for a demonstration that runs for days. */
  readonly keepHistory: boolean;
  readonly onRefused?: (why: string) => void;
}

/** How often due reports are looked for. */
const TICK_MS = 50;
/** Reports waiting at one device; beyond it the device stops measuring until it could send. */
const WAITING_MAX = 20_000;

interface Seat {
  readonly caseId: string;
  readonly client: DeviceClient;
  readonly reports: Iterator<PlannedReport>;
  next: PlannedReport | undefined;
  readonly history: SentReport[];
}

export class Player {
  readonly #o: PlayerOptions;
  readonly #seats: readonly Seat[];
  #timer: NodeJS.Timeout | undefined;
  #startedMs = 0;
  sent = 0;

  constructor(o: PlayerOptions) {
    this.#o = o;
    this.#seats = o.source.devices.flatMap(({ deviceId, caseId, reports }, i) => {
      const token = o.tokens[deviceId];
      if (token === undefined) return [];
      const home: SiteId = i % 2 === 0 ? 'noirmont' : 'delemont';
      const client = new DeviceClient({
        deviceId,
        token,
        home,
        sites: o.sites.http,
        nowMs,
        ...(o.onRefused === undefined ? {} : { onRefused: o.onRefused }),
      });
      const first = reports.next();
      return [{ caseId, client, reports, next: first.done === true ? undefined : first.value, history: [] }];
    });
  }

  get devices(): number {
    return this.#seats.length;
  }
  get waiting(): number {
    return this.#seats.reduce((sum, { client }) => sum + client.waiting, 0);
  }
  get retries(): number {
    return this.#seats.reduce((sum, { client }) => sum + client.retries, 0);
  }
  /** Devices of which not everything was handed out yet. */
  get unfinished(): number {
    return this.#seats.filter(({ next }) => next !== undefined).length;
  }
  /** Devices by the site they report to first. */
  devicesPerSite(): Record<SiteId, number> {
    const noirmont = Math.ceil(this.#seats.length / 2);
    return { noirmont, delemont: this.#seats.length - noirmont };
  }
  /** Case and reports of each device, with `keepHistory`. */
  histories(): readonly {
    readonly caseId: string;
    readonly deviceId: string;
    readonly reports: readonly SentReport[];
  }[] {
    return this.#seats.map(({ caseId, client, history }) => ({ caseId, deviceId: client.deviceId, reports: history }));
  }

  start(): void {
    this.#startedMs = nowMs();
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }
  /** Hands out nothing more. */
  pause(): void {
    clearInterval(this.#timer);
  }
  /** Resolves once every device has got rid of what it had. */
  async drained(): Promise<void> {
    await Promise.all(this.#seats.map(({ client }) => client.idle()));
  }
  async stop(): Promise<void> {
    this.pause();
    for (const { client } of this.#seats) client.stop();
    await this.drained();
  }

  #tick(): void {
    const { source, speed, keepHistory } = this.#o;
    const simulatedMs = source.startMs + (nowMs() - this.#startedMs) * speed;
    for (const seat of this.#seats) {
      const due: SentReport[] = [];
      while (
        seat.next !== undefined &&
        seat.next.sendAtMs <= simulatedMs &&
        seat.client.waiting + due.length < WAITING_MAX
      ) {
        due.push({
          planned: seat.next,
          firstAttemptMs: undefined,
          firstVia: undefined,
          via: undefined,
          state: 'waiting',
          answered: undefined,
        });
        const next = seat.reports.next();
        seat.next = next.done === true ? undefined : next.value;
      }
      if (due.length === 0) continue;
      this.sent += due.length;
      if (keepHistory) for (const report of due) seat.history.push(report);
      seat.client.send(due);
    }
  }
}

/** Milliseconds since the Unix epoch with fractions, from the clock that never steps. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
