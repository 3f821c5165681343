// One report of a device: a fix (or the lack of one) with what the device says of itself. This is the checked, integer form;
// `report-input.ts` makes it from JSON, `report-batch.ts` carries it in the log.
import { canonicalJson, sha256Hex } from './canonical.ts';
import { utf8Encode } from './text.ts';
import type { DegE7, FixTimeMs } from './units.ts';

/** What a device may say, beside unknown names, which are kept as they came. The place in this list is the bit in the log: only append. */
export const DEVICE_EVENTS = [
  'strap_open',
  'strap_closed',
  'case_open',
  'case_closed',
  'charging',
  'charging_ended',
  'jamming',
  'jamming_ended',
  'motion',
  'still',
  'sos',
  'battery_low',
  'no_fix',
  'restarted',
] as const;
export type DeviceEvent = (typeof DEVICE_EVENTS)[number];

export const eventBit = (event: DeviceEvent): number => 1 << DEVICE_EVENTS.indexOf(event);

export interface Report {
  readonly deviceId: string;
  /** Counts up within one boot of the device; together with `boot` it names the report (L15). */
  readonly seq?: number;
  readonly boot?: number;
  readonly at: FixTimeMs;
  /** Both present, or both absent: a report without a fix still says battery, motion, strap. */
  readonly latE7?: DegE7;
  readonly lonE7?: DegE7;
  /** Radius in millimetres that holds the true place with 68 %. Absent = none recorded = 0. */
  readonly accuracyMm?: number;
  readonly speedMmps?: number;
  /** Hundredths of a degree from true north, clockwise, 0..35999. */
  readonly courseCdeg?: number;
  readonly altitudeCm?: number;
  /** 0..100 */
  readonly batteryPct?: number;
  /** Bits of DEVICE_EVENTS. */
  readonly events: number;
  readonly otherEvents?: readonly string[];
  /** Identifiers of home beacons heard. */
  readonly beacons?: readonly string[];
}

/** The name of a report (L15): (device, boot, seq) if both exist, else the SHA-256 of its canonical form. */
export function reportKey(report: Report): string {
  return report.boot !== undefined && report.seq !== undefined
    ? `${report.boot}.${report.seq}`
    : `#${reportHash(report).slice(0, 32)}`;
}

/** SHA-256 (hex) of the canonical form of a report: equal reports give equal hashes at both sites. */
export const reportHash = (report: Report): string => sha256Hex(utf8Encode(canonicalJson({ ...report })));
