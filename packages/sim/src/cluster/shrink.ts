// Makes a failing run smaller, as long as it breaks the same promise: fewer faults, fewer devices, less time, a better network.
import type { SimOptions } from './faults.ts';
import { runOne } from './run.ts';
import type { Violation } from './checks/check.ts';

/** Runs that a search may cost. */
const RUNS_MAX = 80;
const GOOD = { delayUs: 1_000, lossPpm: 0, replayPpm: 0 };

export interface Shrunk {
  readonly options: SimOptions;
  readonly violations: readonly Violation[];
  readonly runs: number;
}

export async function shrink(from: SimOptions, violations: readonly Violation[]): Promise<Shrunk> {
  let best: Shrunk = { options: from, violations, runs: 0 };
  let runs = 0;
  const kinds = new Set(violations.map(({ invariant }) => invariant));
  for (let again = true; again && runs < RUNS_MAX; ) {
    again = false;
    for (const smaller of smallerThan(best.options)) {
      if (runs++ >= RUNS_MAX) break;
      const result = await runOne(smaller);
      if (!result.violations.some(({ invariant }) => kinds.has(invariant))) continue;
      best = { options: smaller, violations: result.violations, runs };
      again = true;
      break;
    }
  }
  return { ...best, runs };
}

function* smallerThan(o: SimOptions): Generator<SimOptions> {
  if (o.faults.length > 3) {
    yield { ...o, faults: o.faults.slice(o.faults.length >> 1) };
    yield { ...o, faults: o.faults.slice(0, o.faults.length >> 1) };
  }
  for (let i = 0; i < o.faults.length; i++) yield { ...o, faults: o.faults.toSpliced(i, 1) };
  if (o.devices > 1) yield { ...o, devices: o.devices - 1 };
  if (o.lengthMs > 1_000) yield { ...o, lengthMs: Math.round(o.lengthMs * 0.6) };
  if (JSON.stringify(o.mobile) !== JSON.stringify(GOOD)) yield { ...o, mobile: GOOD };
  if (JSON.stringify(o.link) !== JSON.stringify(GOOD)) yield { ...o, link: GOOD };
  if (o.skewMs.noirmont !== 0 || o.skewMs.delemont !== 0) yield { ...o, skewMs: { noirmont: 0, delemont: 0 } };
  const { partitions = 1, ...whole } = o;
  if (partitions > 1) yield partitions === 2 ? whole : { ...o, partitions: partitions - 1 };
  const { eraseAfterMs, ...kept } = o;
  if (eraseAfterMs !== undefined) yield kept;
  if (o.authority === true) yield { ...kept, authority: false };
  const { rotateBytes, ...unrotated } = o;
  if (rotateBytes !== undefined) yield unrotated;
  const { receivers, ...untold } = o;
  if (receivers !== undefined) yield untold;
  if (receivers !== undefined && JSON.stringify(receivers) !== JSON.stringify(GOOD)) yield { ...o, receivers: GOOD };
  const { rules, ...unchanged } = o;
  if (rules !== undefined) yield unchanged;
  const { heldBytesMax, ...unbounded } = o;
  if (heldBytesMax !== undefined) yield unbounded;
  if (o.forgetful === true) yield { ...o, forgetful: false };
  if (o.reportEveryMs < 4_000) yield { ...o, reportEveryMs: o.reportEveryMs * 2 };
}
