// The object that `./vigie drill NAME --json` prints, key by key.
import type { SiteId } from '@vigie/model';

export interface Verdict {
  readonly invariant: string;
  readonly ok: boolean;
  /** What shows that it does not hold, or what a reader must know about how it was judged. */
  readonly witness?: string;
}

export interface DrillResult {
  readonly drill: string;
  readonly ok: boolean;
  /** When the first fault began. */
  readonly faultAt: string | null;
  readonly acked: { readonly total: number; readonly both: number; readonly site: number };
  readonly lost: number;
  readonly doubled: number;
  readonly injected: number;
  readonly detected: number;
  readonly missed: number;
  readonly alarmDelayMs: Delays;
  /** Breaches of devices pinned to a site that was down: counted from when that site listened again. */
  readonly strandedDelayMs: Delays & { readonly count: number };
  readonly ackGapMs: Readonly<Record<SiteId | 'fleet', number | null>>;
  readonly dispatch: {
    readonly once: number;
    readonly twice: number;
    readonly never: number;
    readonly twiceWhileJoined: number;
  };
  readonly digestsEqual: boolean;
  readonly convergedAfterHealMs: number | null;
  readonly verdicts: readonly Verdict[];
  readonly runtime: 'processes' | 'containers';
  readonly partitions: number;
  readonly reportsPerS: number;
  readonly loadS: number;
  readonly loadAverage: readonly [number, number];
  readonly seed: number;
}

export interface Delays {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}
