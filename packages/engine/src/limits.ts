// Every bound and default of detection, named once. docs/RULES.md quotes them; changing one changes what courts were told.

/** Late window (docs/RULES.md, LT5): reports whose fix time lies further behind log time are `stale`. */
export const LATE_WINDOW_MS = 72 * 3_600_000;
/** What has left the late window is closed when the oldest is this much older, all at once: not one report of three days ago with each new one. */
export const CLOSING_LAG_MS = 3_600_000;
/**
 * Reports of one device held for late re-evaluation: 72 h at one every eight seconds. Beyond it the oldest are closed for good,
 * and a report older than the last closed one is `stale` although it is younger than 72 h.
 */
export const HISTORY_REPORTS_MAX = 32_768;
/** A fix time further ahead of log time than this is flagged and judged at log time. */
export const AHEAD_MS_MAX = 60_000;
/** An incident raised this much after it was due is `late`. Longer than the usual interval of a report, shorter than a patience. */
export const LATE_AFTER_MS = 10 * 60_000;
/** Undetermined fixes in a row that open a check, and the time they may span before two do. */
export const UNDETERMINED_MAX = 3;
export const UNDETERMINED_SPAN_MS = 10 * 60_000;
/** Two fixes at most this far apart vouch for the time between them at an activation edge. */
export const EDGE_GAP_MS = 10 * 60_000;
/** At least this long after an activation edge without a fix, the absence counts as unconfirmed (or after the grace, if longer). */
export const ABSENCE_WAIT_MS = 5 * 60_000;
/** A low battery is over once the charge is this many points above the limit, so that a flicker is one incident. */
export const BATTERY_HYSTERESIS_PCT = 5;
/** Incidents one case keeps in the fold; beyond it the oldest closed and resolved ones are left to the projections. */
export const INCIDENTS_MAX = 5_000;
/** Steps and other marks one incident keeps; beyond it further notes are refused. */
export const HISTORY_STEPS_MAX = 500;
/** Deliveries (event, receiver) one incident keeps; beyond it the oldest delivered ones are forgotten. */
export const DELIVERIES_MAX = 200;
/** Idempotency keys are honoured this long (L16), and at most this many per case, oldest first out. */
export const IDEMPOTENCY_US = 7 * 86_400_000_000;
export const IDEMPOTENCY_KEYS_MAX = 500;
/** Decisions remembered by entry id, so that one that came twice applies once (L2). */
export const ENTRY_IDS_MAX = 64;
/** Runs of applied (boot, seq) kept per device; beyond it the two oldest of a boot become one, with the gap between them. */
export const SEQ_RUNS_MAX = 64;
/** Names of beacons a case can tell apart. */
export const BEACONS_MAX = 16;
/**
 * The newest version of the rules that this engine knows; the one in force is written into every reason. It contains all versions whose
 * entries are kept, and an `engine_version` entry switches from one to the next (docs/decisions/0020): a log is replayed as it was folded.
 * 2: a call for help (`sos`) is an incident. 3: free time of an implementation plan (`free_time`). 4: rules may go by shared zones, and an incident keeps
 * where its events say it was.
 * 5: rules may be switched off and on (`rule_switched`). 6: also one rule of one case (`case_rule`); an order
 * whose times or amounts are out of all bounds is invalid, and so is one by a calendar in an unknown time zone.
 */
export const RULES_VERSION = 6;
/** In force until the first switch. */
export const RULES_VERSION_FIRST = 1;
export const SOS_SINCE = 2;
export const PLACES_SINCE = 4;
/** A rule that cannot be makes its order invalid, as one that cannot be read does. */
export const FLAWS_SINCE = 4;
export const SWITCHES_SINCE = 5;
export const CASE_SWITCHES_SINCE = 6;
/** Times and amounts have bounds, and calendars a time zone that is one. */
export const BOUNDS_SINCE = 6;
/** Between two fixes farther apart in time nobody infers a way. */
export const CROSSING_GAP_MS_MAX = 3_600_000;
/** Between two fixes farther apart in time nobody vouches that a person was away: it counts for the person. */
export const FREE_TIME_GAP_MS = 3_600_000;
/** Speed above which two fixes in a row are flagged, if the rule names none: 252 km/h, above every train in the country. */
export const IMPLAUSIBLE_SPEED_MMPS = 70_000;
/** Shorter jumps are drift, whatever speed they would need. */
export const IMPLAUSIBLE_DISTANCE_M_MIN = 500;
/** Motion without a fix this long is an incident, if the rule names no other time. */
export const MOTION_WITHOUT_FIX_MS = 600_000;
