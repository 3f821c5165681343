// L5: log times far ahead of this site's clock, and clocks that differ. Both are adopted or borne, and said.
import type { OperatingIncidents } from './operating-incidents.ts';

/** A log time this far ahead of the own clock is adopted all the same, and is an incident. */
const AHEAD_US_MAX = 2_000_000;
/** Between the site clocks. */
const SKEW_MS_MAX = 500;

export interface ClockView {
  /** Of this site's clock. */
  readonly nowUs: number;
  /** The newest log time read from any origin. */
  readonly newestT: number;
  /** Site clock of the other site minus ours; undefined until it was heard. */
  readonly skewMs: number | undefined;
}

export function watchClocks({ nowUs, newestT, skewMs }: ClockView, incidents: OperatingIncidents): void {
  const aheadUs = newestT - nowUs;
  incidents.set(
    'clock',
    aheadUs > AHEAD_US_MAX
      ? `log time is ${seconds(aheadUs / 1e6)} ahead of this site's clock; it is adopted, and stands until the clock is there`
      : undefined,
  );
  incidents.set(
    'clock-skew',
    skewMs !== undefined && Math.abs(skewMs) > SKEW_MS_MAX
      ? `the other site's clock is ${seconds(Math.abs(skewMs) / 1000)} ${skewMs > 0 ? 'ahead of' : 'behind'} this one's`
      : undefined,
  );
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;
