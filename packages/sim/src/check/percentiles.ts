// Percentiles by nearest rank: every figure printed is one that was measured.
export interface Percentiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** Null when nothing was measured. Rounded to tenths. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? null : Math.round(value * 10) / 10;
  };
  return { p50: at(0.5), p99: at(0.99) };
}
