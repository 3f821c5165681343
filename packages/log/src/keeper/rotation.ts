// When an epoch has lasted long enough (L10): a pure reading of its size and age.
import { epochNumber, type SiteId } from '@vigie/model';

/** The running epoch of the own origin, as far as its end matters. */
export interface RunningEpoch {
  readonly bytes: number;
  /** Log time of its first entry, microseconds; undefined: it has none. */
  readonly sinceUs: number | undefined;
}

export interface RotationRule {
  /** An epoch larger than this is closed. */
  readonly bytesMax: number;
  /** An epoch that began in an earlier month (UTC) is closed. */
  readonly monthly: boolean;
}

/** 4 GB: about 25 million reports; its archive is written and checked in minutes. */
export const ROTATION: RotationRule = { bytesMax: 4_000_000_000, monthly: true };

/** Both sites see the month begin at once. Delémont waits, so that not both origins rest on admits in the same moment. */
const DELEMONT_WAITS_US = 10 * 60 * 1_000_000;

export function isRotationDue(
  site: SiteId,
  running: RunningEpoch | undefined,
  rule: RotationRule | undefined,
  nowUs: number,
): boolean {
  if (running?.sinceUs === undefined || rule === undefined) return false;
  if (running.bytes > rule.bytesMax) return true;
  const shifted = site === 'delemont' ? nowUs - DELEMONT_WAITS_US : nowUs;
  return rule.monthly && monthOf(shifted) > monthOf(running.sinceUs);
}

/** Months since March of the year 0, counted without a calendar library (days of a 400-year cycle from 1 March). */
export function monthOf(us: number): number {
  const days = Math.floor(us / 86_400_000_000) + 719_468;
  const cycle = Math.floor(days / 146_097);
  const day = days - cycle * 146_097;
  const year = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365);
  const dayOfYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  return (cycle * 400 + year) * 12 + Math.floor((5 * dayOfYear + 2) / 153);
}

/** The number after the highest that anybody knows of. */
export const nextNumber = (epochs: readonly string[]): number =>
  epochs.reduce((most, epoch) => Math.max(most, epochNumber(epoch)), 0) + 1;
