// What a source of reports (fleet or feed) hands to the player: devices with their cases and what they will report, in order.
import type { NewCase } from '@vigie/model';

/** One report as a device sends it. */
export interface ReportJson {
  readonly boot: number;
  readonly seq: number;
  readonly at: string;
  readonly lat?: number;
  readonly lon?: number;
  readonly accuracyM?: number;
  readonly speedMps?: number;
  readonly courseDeg?: number;
  readonly altitudeM?: number;
  readonly batteryPct?: number;
  readonly events?: readonly string[];
}

export interface PlannedReport {
  /** Fix time, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** When the device would send it at speed 1; later than the fix where it had no network. Never goes back. */
  readonly sendAtMs: number;
  readonly body: ReportJson;
}

export interface SimDevice {
  readonly deviceId: string;
  readonly caseId: string;
  readonly reports: Iterator<PlannedReport>;
}

export interface Source {
  readonly cases: readonly NewCase[];
  readonly devices: readonly SimDevice[];
  /** The simulated time at which sending begins. */
  readonly startMs: number;
  /** Time of the last report, where there is one. */
  readonly endMs: number | undefined;
}
