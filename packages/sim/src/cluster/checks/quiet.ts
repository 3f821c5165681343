// Times of a run near which nothing has gone wrong: what is promised of sites that are joined is asked of these.
import type { Cluster } from '../cluster.ts';
import type { LinkFaults } from '../faults.ts';

/** Before that the sites of a run have not met. */
const MET_AFTER_MS = 2_500;
/** After a fault the logs meet again within this. */
const SETTLES_DOWN_MS = 3_000;

/** One way; a report and what goes before it meet well within 400 ms. */
const SLOW_US = 20_000;

/** A line that loses nothing, and is about as fast as one between two sites 40 km apart may be at worst. */
export const isFast = ({ lossPpm, delayUs }: LinkFaults): boolean => lossPpm === 0 && delayUs <= SLOW_US;

/** @param fromMs and `toMs`: ms from the start of the run */
export const isQuiet = ({ options }: Cluster, fromMs: number, toMs: number): boolean =>
  fromMs >= MET_AFTER_MS &&
  !options.faults.some(({ atMs, forMs }) => atMs <= toMs && atMs + forMs + SETTLES_DOWN_MS >= fromMs);
