// The reports of one upload as bytes, before they are sealed: a header, then a fixed record of 48 bytes a report, then the
// rarely used rest as JSON. The reader walks them without allocating, because detection reads hundreds of thousands a second.
import { assert } from './errors.ts';
import type { Report } from './report.ts';
import { utf8Decode, utf8Encode } from './text.ts';
import type { DegE7, FixTimeMs } from './units.ts';

const VERSION = 1;
const RECORD_BYTES = 48;
const NONE_U32 = 0xffff_ffff;
const NONE_I32 = 0x7fff_ffff;
const NONE_U16 = 0xffff;
const NONE_U8 = 0xff;

interface Extras {
  readonly otherEvents?: readonly string[];
  readonly beacons?: readonly string[];
}

/** All reports must be of one device. */
export function encodeReportBatch(deviceId: string, reports: readonly Report[]): Uint8Array {
  const id = utf8Encode(deviceId);
  const extras = reports.map((r) =>
    r.otherEvents || r.beacons
      ? utf8Encode(JSON.stringify({ otherEvents: r.otherEvents, beacons: r.beacons }))
      : undefined,
  );
  const start = 4 + id.length;
  let size = start + reports.length * RECORD_BYTES;
  for (const extra of extras) if (extra) size += 2 + extra.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  assert(
    id.length < 256 && reports.length < 65_536,
    'a batch holds at most 65,535 reports of a device with a short id',
  );
  view.setUint8(0, VERSION);
  view.setUint8(1, id.length);
  view.setUint16(2, reports.length);
  bytes.set(id, 4);
  let end = start + reports.length * RECORD_BYTES;
  for (let i = 0; i < reports.length; i++) {
    const r = reports[i] as Report;
    assert(r.deviceId === deviceId, 'a batch holds the reports of one device');
    const p = start + i * RECORD_BYTES;
    view.setFloat64(p, r.at);
    view.setInt32(p + 8, r.latE7 ?? NONE_I32);
    view.setInt32(p + 12, r.lonE7 ?? NONE_I32);
    view.setUint32(p + 16, r.accuracyMm ?? NONE_U32);
    view.setUint32(p + 20, r.boot ?? NONE_U32);
    view.setFloat64(p + 24, r.seq ?? -1);
    view.setUint32(p + 32, r.speedMmps ?? NONE_U32);
    view.setInt32(p + 36, r.altitudeCm ?? NONE_I32);
    view.setUint16(p + 40, r.courseCdeg ?? NONE_U16);
    view.setUint8(p + 42, r.batteryPct ?? NONE_U8);
    const extra = extras[i];
    view.setUint8(p + 43, extra ? 1 : 0);
    view.setUint32(p + 44, r.events);
    if (extra) {
      view.setUint16(end, extra.length);
      bytes.set(extra, end + 2);
      end += 2 + extra.length;
    }
  }
  return bytes;
}

/** Reads a batch in place. `reset` points it at other bytes; then read by index 0..count-1. Throws a RangeError on malformed bytes. */
export class ReportBatchReader {
  #view: DataView = new DataView(new ArrayBuffer(0));
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #extras: readonly (Extras | undefined)[] | undefined;
  #deviceId: string | undefined = '';
  count = 0;

  reset(bytes: Uint8Array): this {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint8(0) !== VERSION)
      throw new RangeError(`report batch version ${view.getUint8(0)}, expected ${VERSION}`);
    const idLength = view.getUint8(1);
    const count = view.getUint16(2);
    const start = 4 + idLength;
    if (start + count * RECORD_BYTES > bytes.length) throw new RangeError('report batch is cut short');
    this.#deviceId = isAscii(bytes, 4, start) ? undefined : utf8Decode(bytes.subarray(4, start));
    this.count = count;
    this.#view = view;
    this.#bytes = bytes;
    this.#start = start;
    this.#extras = undefined;
    return this;
  }
  get deviceId(): string {
    this.#deviceId ??= utf8Decode(this.#bytes.subarray(4, this.#start));
    return this.#deviceId;
  }
  /** Whether the reports are of this device; makes no string. */
  isOf(deviceId: string): boolean {
    if (this.#deviceId !== undefined) return this.#deviceId === deviceId;
    const bytes = this.#bytes;
    const length = this.#start - 4;
    if (deviceId.length !== length) return false;
    // The end differs more often than the beginning.
    for (let i = length - 1; i >= 0; i--) if (deviceId.charCodeAt(i) !== bytes[4 + i]) return false;
    return true;
  }
  /** The same for an id of ASCII, as bytes packed into words, the first in the lowest bits and zeros after the last. */
  isOfAscii(words: Int32Array, from: number, length: number): boolean {
    if (this.#start - 4 !== length) return false;
    const view = this.#view;
    let k = 0;
    for (; k + 4 <= length; k += 4) if (view.getInt32(4 + k, true) !== words[from + (k >> 2)]) return false;
    if (k === length) return true;
    let rest = 0;
    for (let i = k; i < length; i++) rest |= (this.#bytes[4 + i] as number) << ((i & 3) * 8);
    return rest === words[from + (k >> 2)];
  }
  at(i: number): FixTimeMs {
    return this.#view.getFloat64(this.#start + i * RECORD_BYTES) as FixTimeMs;
  }
  hasFix(i: number): boolean {
    return this.#view.getInt32(this.#start + i * RECORD_BYTES + 8) !== NONE_I32;
  }
  latE7(i: number): DegE7 {
    return this.#view.getInt32(this.#start + i * RECORD_BYTES + 8) as DegE7;
  }
  lonE7(i: number): DegE7 {
    return this.#view.getInt32(this.#start + i * RECORD_BYTES + 12) as DegE7;
  }
  /** Millimetres; none recorded = 0. */
  accuracyMm(i: number): number {
    const value = this.#view.getUint32(this.#start + i * RECORD_BYTES + 16);
    return value === NONE_U32 ? 0 : value;
  }
  /** -1 = none. */
  boot(i: number): number {
    const value = this.#view.getUint32(this.#start + i * RECORD_BYTES + 20);
    return value === NONE_U32 ? -1 : value;
  }
  /** -1 = none. */
  seq(i: number): number {
    return this.#view.getFloat64(this.#start + i * RECORD_BYTES + 24);
  }
  /** 255 = not said. */
  batteryPct(i: number): number {
    return this.#view.getUint8(this.#start + i * RECORD_BYTES + 42);
  }
  /** Bits of DEVICE_EVENTS. */
  events(i: number): number {
    return this.#view.getUint32(this.#start + i * RECORD_BYTES + 44);
  }
  /**
   * 32 bits over the whole fixed record, mixed with a seed (FNV-1a with a final avalanche). Two of them tell whether a report
   * that came again says the same. Not a cryptographic name: that is `reportKey`.
   */
  fingerprint(i: number, seed: number): number {
    const p = this.#start + i * RECORD_BYTES;
    let h = seed | 0;
    for (let k = 0; k < RECORD_BYTES; k += 4) h = Math.imul(h ^ this.#view.getInt32(p + k), 0x01000193) ^ (h >>> 15);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }
  hasExtras(i: number): boolean {
    return this.#view.getUint8(this.#start + i * RECORD_BYTES + 43) === 1;
  }
  beacons(i: number): readonly string[] {
    return this.#extra(i)?.beacons ?? [];
  }
  /** The whole report as an object, for the paths where speed does not matter. */
  report(i: number): Report {
    const p = this.#start + i * RECORD_BYTES;
    const v = this.#view;
    const r: { -readonly [K in keyof Report]: Report[K] } = {
      deviceId: this.deviceId,
      at: this.at(i),
      events: this.events(i),
    };
    if (this.seq(i) >= 0) r.seq = this.seq(i);
    if (this.boot(i) >= 0) r.boot = this.boot(i);
    if (this.hasFix(i)) {
      r.latE7 = this.latE7(i);
      r.lonE7 = this.lonE7(i);
    }
    if (v.getUint32(p + 16) !== NONE_U32) r.accuracyMm = v.getUint32(p + 16);
    if (v.getUint32(p + 32) !== NONE_U32) r.speedMmps = v.getUint32(p + 32);
    if (v.getInt32(p + 36) !== NONE_I32) r.altitudeCm = v.getInt32(p + 36);
    if (v.getUint16(p + 40) !== NONE_U16) r.courseCdeg = v.getUint16(p + 40);
    if (v.getUint8(p + 42) !== NONE_U8) r.batteryPct = v.getUint8(p + 42);
    const extra = this.#extra(i);
    if (extra?.otherEvents) r.otherEvents = extra.otherEvents;
    if (extra?.beacons) r.beacons = extra.beacons;
    return r;
  }

  #extra(i: number): Extras | undefined {
    if (!this.hasExtras(i)) return undefined;
    this.#extras ??= this.#readExtras();
    return this.#extras[i];
  }

  /** Extras that cannot be read count as none: nobody who checked a report wrote them, and the report itself is whole. */
  #readExtras(): readonly (Extras | undefined)[] {
    const all: (Extras | undefined)[] = [];
    let p = this.#start + this.count * RECORD_BYTES;
    for (let k = 0; k < this.count; k++) {
      const end = p + 2 <= this.#bytes.length ? p + 2 + this.#view.getUint16(p) : Number.POSITIVE_INFINITY;
      if (!this.hasExtras(k) || end > this.#bytes.length) {
        all.push(undefined);
        continue;
      }
      all.push(parseExtras(this.#bytes.subarray(p + 2, end)));
      p = end;
    }
    return all;
  }
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] as number) > 127) return false;
  return true;
}

function parseExtras(bytes: Uint8Array): Extras | undefined {
  try {
    const value = JSON.parse(utf8Decode(bytes)) as unknown;
    if (typeof value !== 'object' || value === null) return undefined;
    const { otherEvents, beacons } = value as Readonly<Record<string, unknown>>;
    return { ...(isTexts(otherEvents) ? { otherEvents } : {}), ...(isTexts(beacons) ? { beacons } : {}) };
  } catch {
    return undefined;
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
