// Times of a run near which nothing has gone wrong: what is promised of sites that are joined is asked of these.
import type { Cluster } from '../cluster.ts';

/** Before that the sites of a run have not met. */
const MET_AFTER_MS = 2_500;
/** After a fault the logs meet again within this. */
const SETTLES_DOWN_MS = 3_000;

/** @param fromMs and `toMs`: ms from the start of the run */
export const isQuiet = ({ options }: Cluster, fromMs: number, toMs: number): boolean =>
  fromMs >= MET_AFTER_MS &&
  !options.faults.some(({ atMs, forMs }) => atMs <= toMs && atMs + forMs + SETTLES_DOWN_MS >= fromMs);
