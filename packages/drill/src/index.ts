// Failover drills: what breaks when, the process that injects and judges, and its words to the supervisor.
import { fileURLToPath } from 'node:url';

export type { Action, Answered, Asked, DrillTask, Ended, Program } from './actions.ts';
export { DRILLS, type DisksOf, type Drill, type Effect, type Step } from './drills.ts';
export { type History, readHistory } from './history.ts';
export { judge } from './judge/judge.ts';
export type { DrillResult, Verdict } from './judge/result.ts';

/** To be run with a DrillTask as its argument and a channel for messages. */
export const DRILL_MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
