// Given, when, then for tests of detection: a case in Saignelégier with one wearer, local clock times of one day, one origin that is
// always observed. Zones are compiled by geo as they would be for the log.
import {
  type Escalation,
  type IncidentEvent,
  type IncidentStep,
  type RecordedCase,
  type RecordedRule,
  type Report,
  ReportBatchReader,
  SHIPPED_ESCALATION,
  type SiteId,
  type StepKind,
  encodeReportBatch,
  eventBit,
  fixTimeMs,
  seqOf,
  type DeviceEvent,
  type Json,
  degreesToE7,
} from '@vigie/model';
import { compileZone } from '@vigie/geo';
import { Engine, type EngineOptions } from '../engine.ts';
import { steadyClock } from '../steady-clock.ts';
import type { Clock, Incident, OpenedItem, Outcome, Place, SharedZone } from '../types.ts';

export const MEASURE = '0123456789abcdef0123456789abcdef';
const DAY = 1_795_305_600_000; // 2026-11-22T00:00:00Z
const HOUR = 3_600_000;
export const MINUTE = 60_000;

/** '20:05' or '20:05:30' of the day, '1d 02:00' of the next. */
export function at(text: string): number {
  const match = /^(?:(-?\d+)d )?(\d+):(\d+)(?::(\d+))?$/.exec(text);
  if (match === null) throw new Error(`not a time: ${text}`);
  const [, day, hour, minute, second] = match;
  return (
    DAY + Number(day ?? 0) * 86_400_000 + Number(hour) * HOUR + Number(minute) * MINUTE + Number(second ?? 0) * 1000
  );
}

const CENTER = { lat: 47.2562, lon: 6.9965 };
/** Metres north of the centre of the zone, as a position. */
export const north = (metres: number) => ({ lat: CENTER.lat + metres / 111_190, lon: CENTER.lon });
const HOME_RADIUS_M = 200;
export const WITHIN = north(0);
export const BEYOND = north(1000);

function zone(input: unknown): Json {
  const compiled = compileZone(input);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.zone as unknown as Json;
}
export const circle = (radiusM = HOME_RADIUS_M): Json =>
  zone({ type: 'circle', center: [CENTER.lon, CENTER.lat], radiusM });

/** A square of so many metres to each side of the centre. */
export const square = (halfM: number): Json => {
  const [x, y] = [halfM / 75_700, halfM / 111_190];
  const { lat, lon } = CENTER;
  const ring = [
    [lon - x, lat - y],
    [lon + x, lat - y],
    [lon + x, lat + y],
    [lon - x, lat + y],
    [lon - x, lat - y],
  ];
  return zone({ type: 'Polygon', coordinates: [ring] });
};

export const exclusion = (more: Partial<RecordedRule> = {}): RecordedRule => ({
  ruleId: 'stay-away',
  kind: 'exclusion',
  zone: circle(),
  ...more,
});
export const inclusion = (more: Partial<RecordedRule> = {}): RecordedRule => ({
  ruleId: 'curfew',
  kind: 'inclusion',
  zone: circle(),
  ...more,
});
export const between = (from: string, to: string): readonly [number, number] => [at(from), at(to)];

export function recordedCase(rules: readonly RecordedRule[], more: Partial<RecordedCase> = {}): RecordedCase {
  return {
    caseId: 'JU-1',
    authority: 'JU',
    legalBasis: 'StGB 67b',
    mode: 'active',
    timezone: 'Europe/Zurich',
    collection: 'full',
    devices: [
      { deviceId: 'wearer', role: 'wearer', tokenHash: '00' },
      { deviceId: 'phone', role: 'protected', tokenHash: '01' },
    ],
    order: order(rules),
    ...more,
  };
}
/** The shipped ladder, as an order records it. */
export const withLadder = (
  rules: readonly RecordedRule[],
  escalation: Escalation = SHIPPED_ESCALATION,
): Pick<RecordedCase, 'order'> => ({ order: { ...order(rules), escalation } });

export const order = (rules: readonly RecordedRule[], baseRevision = 0): RecordedCase['order'] => ({
  baseRevision,
  validFromMs: at('-30d 00:00'),
  validToMs: at('300d 00:00'),
  rules,
  input: { validFrom: '', validTo: '', rules: [] },
});

export type Said = {
  at: string | number;
  lat?: number;
  lon?: number;
  accuracyM?: number;
  batteryPct?: number;
  events?: readonly DeviceEvent[];
  beacons?: readonly string[];
  seq?: number;
  boot?: number;
  deviceId?: string;
};

export function report(said: Said): Report {
  return {
    deviceId: said.deviceId ?? 'wearer',
    at: fixTimeMs(typeof said.at === 'number' ? said.at : at(said.at)),
    events: (said.events ?? []).reduce((bits, name) => bits | eventBit(name), 0),
    ...(said.lat === undefined ? {} : { latE7: degreesToE7(said.lat), lonE7: degreesToE7(said.lon as number) }),
    ...(said.accuracyM === undefined ? {} : { accuracyMm: Math.round(said.accuracyM * 1000) }),
    ...(said.batteryPct === undefined ? {} : { batteryPct: said.batteryPct }),
    ...(said.beacons === undefined ? {} : { beacons: said.beacons }),
    ...(said.seq === undefined ? {} : { seq: said.seq, boot: said.boot ?? 1 }),
  };
}

/** Shared zones as a log would hold them: each revision counts for everything later than its own time. */
class ZonesOfLog {
  readonly #revisions: (SharedZone & { readonly zoneId: string; readonly t: number })[] = [];

  put(zoneId: string, zone: Json, t: number): void {
    const revision = 1 + this.#revisions.filter((one) => one.zoneId === zoneId).length;
    this.#revisions.push({ zoneId, revision, zone, t });
  }
  at(zoneId: string, t: number): SharedZone | undefined {
    const found = this.#revisions.findLast((one) => one.zoneId === zoneId && one.t < t);
    return found === undefined ? undefined : { revision: found.revision, zone: found.zone };
  }
  after(zoneId: string, revision: number): number {
    const found = this.#revisions.find((one) => one.zoneId === zoneId && one.revision > revision);
    return found === undefined ? Number.POSITIVE_INFINITY : found.t + 1;
  }
}

export class Court {
  readonly engine: Engine;
  nowMs = DAY;
  /** Version of the rules in force; absent: the newest. */
  rules: number | undefined;
  readonly zones = new ZonesOfLog();
  #entries = 0;
  #seq = 0;

  constructor(options: EngineOptions = {}) {
    this.engine = new Engine(options);
  }

  place(site: SiteId = 'noirmont', entryId?: string): Place {
    this.#entries++;
    return { site, epoch: '1-aaaa', seq: seqOf(this.#entries), index: 0, entryId: entryId ?? `entry-${this.#entries}` };
  }
  apply(item: OpenedItem, atMs: number, site: SiteId = 'noirmont', entryId?: string): Outcome {
    this.nowMs = Math.max(this.nowMs, atMs);
    return this.engine.apply(item, this.place(site, entryId), this.clock());
  }
  clock(): Clock {
    const { rules, zones } = this;
    return {
      ...steadyClock(this.nowMs),
      sharedZones: zones,
      ...(rules === undefined ? {} : { rulesAt: () => rules }),
    };
  }
  /** Somebody writes a shared zone, or varies it. */
  zone(zoneId: string, zone: Json, when: string): this {
    this.nowMs = Math.max(this.nowMs, at(when));
    this.zones.put(zoneId, zone, this.nowMs * 1000);
    this.engine.zoneChanged(zoneId, this.nowMs * 1000 + 1);
    return this;
  }

  /** An order as the court made it. */
  given(rules: readonly RecordedRule[], more: Partial<RecordedCase> = {}): this {
    this.apply({ kind: 'case', measure: MEASURE, recorded: recordedCase(rules, more) }, DAY);
    return this;
  }
  ordered(rules: readonly RecordedRule[], when: string): this {
    this.apply({ kind: 'case', measure: MEASURE, recorded: recordedCase(rules) }, at(when));
    return this;
  }
  /** One report, received when it was made, or at `received`. */
  hears(said: Said, received?: string, site: SiteId = 'noirmont'): this {
    return this.uploads([said], received ?? said.at, site);
  }
  /** One upload of several reports. Reports without a number get the next one. */
  uploads(said: readonly Said[], received: string | number, site: SiteId = 'noirmont'): this {
    const reports = said.map((s) => report({ seq: ++this.#seq, ...s }));
    const bytes = encodeReportBatch(said[0]?.deviceId ?? 'wearer', reports);
    const batch = new ReportBatchReader().reset(bytes);
    this.apply(
      { kind: 'reports', measure: MEASURE, batch },
      typeof received === 'number' ? received : at(received),
      site,
    );
    return this;
  }
  step(incidentId: string, step: StepKind, when: string, more: Partial<IncidentStep> = {}, entryId?: string): Outcome {
    return this.apply(
      { kind: 'step', measure: MEASURE, step: { incidentId, step, by: 'operator-1', ...more } },
      at(when),
      'noirmont',
      entryId,
    );
  }
  event(event: IncidentEvent, when: string): Outcome {
    return this.apply({ kind: 'event', measure: MEASURE, event }, at(when));
  }
  time(text: string): this {
    this.nowMs = Math.max(this.nowMs, at(text));
    this.engine.advance(this.clock());
    return this;
  }
  incidents(): readonly Incident[] {
    return this.engine.view(MEASURE)?.incidents ?? [];
  }
  /** Standing episodes as short text: `exclusion stay-away 20:00:00-20:10:00`. */
  episodes(): string[] {
    return this.incidents()
      .filter((i) => i.certainty === 'raised' || i.certainty === 'explained')
      .map(
        (i) =>
          `${i.kind} ${i.ruleId} ${clockOf(i.openedAtMs)}-${i.closedAtMs === undefined ? '' : clockOf(i.closedAtMs)}`,
      )
      .sort();
  }
}

/** hh:mm:ss, with the day where it is another. */
function clockOf(ms: number): string {
  const day = Math.floor((ms - DAY) / 86_400_000);
  const inDay = Math.floor((ms - DAY - day * 86_400_000) / 1000);
  const text = [Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return day === 0 ? text : `${day}d ${text}`;
}
