// Quantities carry their unit in their type, so that a millisecond is never added to a microsecond.
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Integer, 1e-7 degree of longitude or latitude (WGS84). Fits 32 bits: 180 degrees are 1,800,000,000. */
export type DegE7 = Unit<'DegE7'>;
/** Integer milliseconds since the Unix epoch, UTC. Set by the device; may be wrong or go back. */
export type FixTimeMs = Unit<'FixTimeMs'>;
/** Integer microseconds since the Unix epoch, UTC. Set when a site appends an entry (L4); never goes back along an origin. */
export type LogTimeUs = Unit<'LogTimeUs'>;
/** Integer sequence of an entry in the stream of one epoch, from 1. */
export type Seq = Unit<'Seq'>;

export const degE7 = (value: number): DegE7 => value as DegE7;
export const fixTimeMs = (value: number): FixTimeMs => value as FixTimeMs;
export const logTimeUs = (value: number): LogTimeUs => value as LogTimeUs;
export const seqOf = (value: number): Seq => value as Seq;

/** Log time in whole milliseconds, rounded down. */
export const logTimeMs = (t: LogTimeUs): number => Math.floor(t / 1000);

/** Degrees to the nearest 1e-7 degree. NaN stays NaN, for the caller to refuse. */
export const degreesToE7 = (degrees: number): DegE7 => Math.round(degrees * 1e7) as DegE7;
