// What the fold holds of one device of a case.
import type { RecordedDevice, SiteId } from '@vigie/model';
import type { Reader, Writer } from './bytes.ts';
import { History } from './history.ts';
import type { IncidentRecord } from './incident-record.ts';
import { ROW, resetRow } from './place-machine.ts';
import type { ReportSlabs } from './report-slabs.ts';
import { SeqRuns } from './seq-runs.ts';

export interface Anchor {
  readonly at: number;
  readonly latE7: number;
  readonly lonE7: number;
  readonly accuracyMm: number;
}

export class DeviceState {
  readonly deviceId: string;
  readonly role: 'wearer' | 'protected';
  history: History;
  /** One row per place: what the machine says after the whole history. */
  rows: Float64Array;
  /** The rows as they were before the first record of the history; undefined while nothing has left it. */
  base: Float64Array | undefined;
  /** Fix time of the last record that left the history; -1 = none. Nothing at or before it is applied any more. */
  floorMs = -1;
  /** The last fix that left the history: the way into the window begins there. */
  anchor: Anchor | undefined;
  runs: SeqRuns;
  /** The origin of the latest report (D5), or of the case while there is none. */
  boundTo: SiteId;
  /** -1 = never heard. */
  lastReportUs = -1;
  /** How long the origin had been observed at the latest report. */
  obsAtLast: number;
  reports = 0;
  /** Of the newest report that said it; -1 = never said. */
  batteryPct = -1;
  batteryAt = -1;
  strapOpen = false;
  strapAt = -1;
  caseOpen = false;
  caseAt = -1;
  jammedSince = -1;
  jammingAt = -1;
  /** Index in the history of the newest report with a fix; -1 = none. */
  lastFix = -1;
  /** Hashes of the latest stale reports, so that a repeat does not count again. */
  stale: number[];

  /** Not state: the incident of each place's running episode, found again when unknown. */
  attached: (IncidentRecord | undefined)[] = [];

  constructor(
    device: Pick<RecordedDevice, 'deviceId' | 'role'>,
    boundTo: SiteId,
    obs: number,
    slabs: ReportSlabs,
    runs = new SeqRuns(),
    stale: number[] = [],
  ) {
    this.deviceId = device.deviceId;
    this.role = device.role;
    this.history = new History(slabs, 0);
    this.rows = new Float64Array(0);
    this.boundTo = boundTo;
    this.obsAtLast = obs;
    this.runs = runs;
    this.stale = stale;
  }

  findLastFix(): void {
    let i = this.history.length - 1;
    while (i >= 0 && !this.history.hasFix(i)) i--;
    this.lastFix = i;
  }

  write(w: Writer): void {
    w.text(this.deviceId);
    w.text(this.role);
    w.text(this.boundTo);
    w.u32((this.strapOpen ? 1 : 0) | (this.caseOpen ? 2 : 0) | (this.base === undefined ? 0 : 4));
    for (const value of [
      this.floorMs,
      this.lastReportUs,
      this.obsAtLast,
      this.reports,
      this.batteryPct,
      this.batteryAt,
      this.strapAt,
      this.caseAt,
      this.jammedSince,
      this.jammingAt,
    ])
      w.f64(value);
    for (const value of [
      this.anchor?.at ?? -1,
      this.anchor?.latE7 ?? 0,
      this.anchor?.lonE7 ?? 0,
      this.anchor?.accuracyMm ?? 0,
    ])
      w.f64(value);
    w.u32(this.runs.runs.length);
    for (const run of this.runs.runs) {
      w.u32(run.boot);
      w.f64(run.first);
      w.f64(run.last);
    }
    w.i32s(Int32Array.from(this.stale));
    w.f64s(this.rows);
    if (this.base !== undefined) w.f64s(this.base);
    w.u32(this.history.verdictWords);
    w.i32s(this.history.words());
  }

  static read(r: Reader, slabs: ReportSlabs): DeviceState {
    const deviceId = r.text();
    const role = r.text() === 'wearer' ? 'wearer' : 'protected';
    const boundTo = r.text() as SiteId;
    const bits = r.u32();
    const [floorMs, lastReportUs, obsAtLast, reports, batteryPct, batteryAt, strapAt, caseAt, jammedSince, jammingAt] =
      Array.from({ length: 10 }, () => r.f64()) as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
    const [at, latE7, lonE7, accuracyMm] = [r.f64(), r.f64(), r.f64(), r.f64()];
    const runs = new SeqRuns(Array.from({ length: r.u32() }, () => ({ boot: r.u32(), first: r.f64(), last: r.f64() })));
    const device = new DeviceState({ deviceId, role }, boundTo, obsAtLast, slabs, runs, Array.from(r.i32s()));
    Object.assign(device, {
      floorMs,
      lastReportUs,
      reports,
      batteryPct,
      batteryAt,
      strapAt,
      caseAt,
      jammedSince,
      jammingAt,
    });
    if (at >= 0) device.anchor = { at, latE7, lonE7, accuracyMm };
    device.strapOpen = (bits & 1) !== 0;
    device.caseOpen = (bits & 2) !== 0;
    device.rows = r.f64s();
    if ((bits & 4) !== 0) device.base = r.f64s();
    const verdictWords = r.u32();
    device.history = History.ofWords(slabs, verdictWords, r.i32s());
    device.findLastFix();
    return device;
  }
}

export function freshRows(places: number): Float64Array {
  const rows = new Float64Array(places * ROW);
  for (let p = 0; p < places; p++) resetRow(rows, p * ROW);
  return rows;
}
