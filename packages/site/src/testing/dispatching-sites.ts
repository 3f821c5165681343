// Both sites over the in-memory log, each with its dispatch, and real receivers of webhooks. Time is moved by hand, and stands still while
// something is being sent.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileNewCase } from '@vigie/orders';
import { Keeper, ManualTime, MemoryCluster, type MemoryLog } from '@vigie/log';
import {
  type NewCase,
  SITES,
  type SiteId,
  degreesToE7,
  encodeReportBatch,
  fixTimeMs,
  newCaseSchema,
  ok,
} from '@vigie/model';
import { type KeyRing, MassSilenceWatch, MemorySnapshots, Replica, SiteReplica, encodePayload } from '@vigie/replica';
import { HttpReceiver } from '@vigie/dispatch/testing';
import type { Dispatch } from '@vigie/dispatch';
import { openDispatch } from '../dispatch.ts';

const KEYS: KeyRing = {
  has: () => true,
  open: (_measure, bytes) => ok(bytes),
  seal: (_measure, plain) => ok(plain),
  fetch: () => Promise.resolve(true),
};
const MEASURE = '0123456789abcdef0123456789abcdef';
/** Of further cases than the first. */
const measureOf = (n: number): string => (n === 0 ? MEASURE : n.toString(16).padStart(32, '0'));
/** As often as a site looks. */
const LOOK_EVERY_MS = 2_000;
const INSIDE = { lat: 47.2562, lon: 6.9965 };

interface Open {
  readonly log: MemoryLog;
  readonly replica: Replica;
  readonly keeper: Keeper;
  readonly dispatch: Dispatch;
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export class DispatchingSites {
  readonly time = new ManualTime(Date.parse('2026-11-22T08:00:00Z') * 1000);
  readonly cluster = new MemoryCluster({ time: this.time });
  readonly receivers = new Map<string, HttpReceiver>();
  readonly notes: string[] = [];
  readonly #sites = new Map<SiteId, Open>();
  readonly #dir = mkdtempSync(join(tmpdir(), 'vigie-dispatch-'));
  readonly #snapshots = { noirmont: new MemorySnapshots(), delemont: new MemorySnapshots() };
  #entries = 0;

  /** One webhook for each name, told of these levels. */
  static async start(receivers: Readonly<Record<string, readonly number[]>>): Promise<DispatchingSites> {
    const sites = new DispatchingSites();
    const written = [];
    for (const [id, levels] of Object.entries(receivers)) {
      const receiver = await HttpReceiver.open();
      sites.receivers.set(id, receiver);
      written.push({ id, channel: 'webhook', url: receiver.url, secretFile: 'secret', authorities: '*', levels });
    }
    writeFileSync(join(sites.#dir, 'secret'), 'whsec_c2VjcmV0');
    writeFileSync(join(sites.#dir, 'receivers.json'), JSON.stringify({ receivers: written }));
    for (const site of SITES) await sites.open(site);
    await sites.until(() =>
      SITES.every(
        (site) =>
          sites
            .at(site)
            .replica.merge.epochs()
            .filter((epoch) => epoch.admitted).length === 2,
      ),
    );
    return sites;
  }

  at(site: SiteId): Open {
    const found = this.#sites.get(site);
    if (found === undefined) throw new Error(`${site} is not open`);
    return found;
  }
  receiver(id: string): HttpReceiver {
    const found = this.receivers.get(id);
    if (found === undefined) throw new Error(`no receiver ${id}`);
    return found;
  }

  async open(site: SiteId): Promise<void> {
    const log = this.cluster.open(site);
    const { time } = this;
    const timing = {
      nowUs: () => time.nowUs(),
      after: (ms: number, run: () => void) => time.after(ms, run),
      soon: (run: () => void) => void setImmediate(run),
    };
    const replica = await Replica.open({
      site,
      log,
      keys: KEYS,
      sealing: false,
      timing,
      snapshots: this.#snapshots[site],
      snapshotEveryMs: Number.POSITIVE_INFINITY,
      onFault: (fault) => this.notes.push(`${site}: ${fault.kind}`),
    });
    const entryId = (): string => `hb-${site}-${this.#entries++}`;
    const keeper = new Keeper({ log, merge: replica.merge, time, entryId, heartbeat: () => ({}) });
    replica.onChange((change) => keeper.changed(change));
    const whole = new SiteReplica([replica]);
    const watch = new MassSilenceWatch({
      silences: whole.silences,
      devicesRunning: () => whole.devicesRunning,
      nextTurn: turn,
    });
    const look = (): void => {
      void watch.look();
      if (this.#sites.get(site)?.replica === replica) time.after(LOOK_EVERY_MS, look);
    };
    time.after(LOOK_EVERY_MS, look);
    const dispatch = await openDispatch({
      site,
      receiversFile: join(this.#dir, 'receivers.json'),
      production: false,
      publicUrl: `https://${site}.example`,
      joined: () => log.peer().joined,
      replica: whole,
      wasOneOfMany: (incidentId) => watch.wasOneOfMany(incidentId),
      time,
      note: (_level, detail) => void this.notes.push(`${site}: ${detail}`),
    });
    this.#sites.set(site, { log, replica, keeper, dispatch });
  }
  /** The process dies; what lies in its log stays. */
  async kill(site: SiteId): Promise<void> {
    const { log, replica, keeper, dispatch } = this.at(site);
    this.#sites.delete(site);
    dispatch.close();
    keeper.stop();
    await replica.close();
    await log.close();
  }
  /** Its log server with it. */
  async burn(site: SiteId): Promise<void> {
    this.cluster.stopServer(site);
    await this.kill(site);
  }
  async rebuild(site: SiteId): Promise<void> {
    this.cluster.startServer(site);
    await this.open(site);
  }

  async pass(ms: number, stepMs = 20): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      do await turn();
      while ([...this.#sites.values()].some(({ dispatch }) => dispatch.status().sending > 0));
      await turn();
      this.time.advance(Math.min(stepMs, left));
    }
    await turn();
  }
  async until(holds: () => boolean, limitMs = 60_000): Promise<void> {
    for (let passed = 0; !holds(); passed += 20) {
      if (passed > limitMs) throw new Error(`did not come true within ${limitMs} ms of simulated time`);
      await this.pass(20);
    }
  }

  /** A case with one forbidden circle, and what else it is given. */
  async court(more: Partial<NewCase> = {}, n = 0): Promise<void> {
    const input = newCaseSchema.parse({
      caseId: 'JU-1',
      authority: 'JU',
      legalBasis: 'StGB 67b',
      mode: 'active',
      timezone: 'Europe/Zurich',
      devices: [{ deviceId: 'wearer', role: 'wearer' }],
      rules: [
        {
          kind: 'exclusion',
          ruleId: 'stay-away',
          zone: { type: 'circle', center: [INSIDE.lon, INSIDE.lat], radiusM: 200 },
        },
      ],
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2027-01-01T00:00:00Z',
      ...more,
    });
    const compiled = compileNewCase(input, { tokenHash: () => 'hash' });
    if (!compiled.ok) throw new Error(compiled.error.detail);
    const item = { measure: measureOf(n), bytes: encodePayload('case', compiled.value.recorded) };
    await this.at('noirmont').log.append({ entryId: `case-${n}`, kind: 'case', plain: true, items: [item] });
    await this.pass(1_000);
  }
  /** Cases 1 to n that must not be silent for more than five minutes, all heard for the last time now by way of this site. */
  async silent(n: number, via: SiteId, protecting = 0): Promise<void> {
    const rules: NewCase['rules'] = [{ kind: 'silence', ruleId: 'heard', maxGapS: 300 }];
    for (let i = 1; i <= n; i++) {
      const phone = { deviceId: `phone-${i}`, role: 'protected' } as const;
      const devices: NewCase['devices'] = [
        { deviceId: `wearer-${i}`, role: 'wearer' },
        ...(i <= protecting ? [phone] : []),
      ];
      await this.court({ caseId: `JU-${i + 1}`, devices, rules }, i);
    }
    const atMs = fixTimeMs(Math.floor(this.time.nowUs() / 1000));
    const items = Array.from({ length: n }, (_, k) => {
      const deviceId = `wearer-${k + 1}`;
      return {
        measure: measureOf(k + 1),
        bytes: encodeReportBatch(deviceId, [{ deviceId, boot: 1, seq: 1 as never, at: atMs, events: 0 }]),
      };
    });
    await this.at(via).log.append({ entryId: `report-${this.#entries++}`, kind: 'reports', plain: true, items });
  }
  incidentsOf(n: number, site: SiteId) {
    return this.at(site).replica.caseView(measureOf(n))?.incidents ?? [];
  }
  /** The wearer is reported inside, by way of these sites. */
  async breach(...via: readonly SiteId[]): Promise<void> {
    const atMs = Math.floor(this.time.nowUs() / 1000);
    const fix = { latE7: degreesToE7(INSIDE.lat), lonE7: degreesToE7(INSIDE.lon), accuracyMm: 5_000 };
    const bytes = encodeReportBatch('wearer', [
      { deviceId: 'wearer', boot: 1, seq: 1, at: fixTimeMs(atMs), events: 0, ...fix },
    ]);
    for (const site of via)
      await this.at(site).log.append({
        entryId: `report-${this.#entries++}`,
        kind: 'reports',
        plain: true,
        items: [{ measure: MEASURE, bytes }],
      });
  }
  incidents(site: SiteId) {
    return this.at(site).replica.caseView(MEASURE)?.incidents ?? [];
  }
  acknowledge(site: SiteId): void {
    const incidentId = this.incidents(site)[0]?.incidentId ?? '';
    const payload = encodePayload('step', { incidentId, step: 'acknowledge', by: 'anna' });
    void this.at(site).replica.decide({ kind: 'step', measure: MEASURE, payload }, 0);
  }

  async dispose(): Promise<void> {
    for (const site of SITES) if (this.#sites.has(site)) await this.kill(site);
    for (const receiver of this.receivers.values()) await receiver.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
