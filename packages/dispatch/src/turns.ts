// Whose turn it is to deliver (D3). The site that wrote the event begins at once; the other begins when it has seen no attempt for 2 s,
// whatever the cause. A turn ends without a receipt after 10 s, later ones after longer: then it is the other site's. One that is
// dead, cut off or stuck does not take its turn, and the first goes on.

/** The other site waits this long for a first attempt, from when it knew of the event. */
export const FIRST_ATTEMPT_MS = 2_000;
const TURN_MS = 10_000;
const TURN_MS_MAX = 15 * 60_000;
/** A receiver that is down for a day is told in the end. Then the event is given up, and people are told that. */
export const TURNS_MAX = 100;
/** At the end of its own turn a site leaves the other this long to begin. */
export const HANDOVER_MS = 2_000;
/** Without a receipt for this long, people are told that the receiver cannot be reached. Trying goes on. */
export const DELAYED_AFTER_MS = 60_000;

const TRY_AGAIN_MS = 1_000;
const TRY_AGAIN_MS_MAX = 60_000;

/** 10, 20, 40, ... s, at most 15 min; turns count from 1. */
export const turnMs = (turn: number): number => Math.min(TURN_MS_MAX, TURN_MS * 2 ** Math.min(turn - 1, 10));

/** After the n-th failed try of a turn: 1, 2, 4, ... s, at most a minute. */
export const tryAgainMs = (failed: number): number =>
  Math.min(TRY_AGAIN_MS_MAX, TRY_AGAIN_MS * 2 ** Math.min(failed - 1, 10));
