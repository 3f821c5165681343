// What one place rule makes of one device's fixes: its standing (unknown, inside, outside) and the episodes in which it was broken.
// A machine is driven by fixes in fix-time order and by nothing else, so that running it again over the same history gives the
// same episodes whatever the order of arrival was. Its state is a row of numbers.
import { EDGE_GAP_MS } from './limits.ts';
import { type Intervals, firstEndingAfter } from './intervals.ts';

const UNKNOWN = 0;
/** The two sides of a pre-alert ring: near the edge on the allowed side, or not. */
export const NEAR = 1;
export const NOT_NEAR = 2;

/** The places of a row. Times in milliseconds; -1 = none. */
export const STANDING = 0;
/** Since when the standing stands. */
const SINCE = 1;
/** The last fix that moved or confirmed the standing. */
export const LAST_DETERMINED = 2;
/** A new side not yet held for the dwell, and since when. */
export const CANDIDATE = 3;
const CANDIDATE_AT = 4;
/** The running episode: from when, until when its active interval lasts, which fix opened it, when the dwell was shown. */
export const OPEN_START = 5;
export const OPEN_END = 6;
const OPEN_FIX_AT = 7;
export const OPEN_CONFIRMED_AT = 8;
/** Fixes of the broken side inside the running episode. */
export const OPEN_SIGNALS = 9;
/** Undetermined fixes in a row, their first and last time. */
export const RUN = 10;
export const RUN_FIRST_AT = 11;
export const RUN_LAST_AT = 12;
export const ROW = 13;

export interface PlaceParameters {
  /** The side that breaks the rule: geo's 1 inside, 2 outside. */
  readonly breach: number;
  readonly dwellMs: number;
  readonly active: Intervals;
}

/** An episode [start, end); `end` Infinity while nothing has ended it. */
export interface Episode {
  readonly start: number;
  readonly end: number;
  readonly fixAt: number;
  /** -1: the dwell was not shown, so it does not count. */
  readonly confirmedAt: number;
  readonly signals: number;
}

export interface PlaceSink {
  moved(from: number, to: number, atMs: number): void;
  ended(episode: Episode): void;
}

export function resetRow(rows: Float64Array, o: number): void {
  rows.fill(0, o, o + ROW);
  for (const k of [
    SINCE,
    LAST_DETERMINED,
    CANDIDATE_AT,
    OPEN_START,
    OPEN_FIX_AT,
    OPEN_CONFIRMED_AT,
    RUN_FIRST_AT,
    RUN_LAST_AT,
  ])
    rows[o + k] = -1;
}

export function openEpisode(m: Float64Array, o: number): Episode | undefined {
  const start = m[o + OPEN_START] as number;
  if (start < 0) return undefined;
  return {
    start,
    end: m[o + OPEN_END] as number,
    fixAt: m[o + OPEN_FIX_AT] as number,
    confirmedAt: m[o + OPEN_CONFIRMED_AT] as number,
    signals: m[o + OPEN_SIGNALS] as number,
  };
}

/** One fix: `verdict` 0 undetermined, 1 inside, 2 outside. Returns true if an episode began or ended or the standing moved. */
export function step(
  m: Float64Array,
  o: number,
  p: PlaceParameters,
  atMs: number,
  verdict: number,
  sink: PlaceSink,
): boolean {
  if (verdict === 0) {
    if (m[o + RUN] === 0) m[o + RUN_FIRST_AT] = atMs;
    m[o + RUN] = (m[o + RUN] as number) + 1;
    m[o + RUN_LAST_AT] = atMs;
    return false;
  }
  if (m[o + RUN] !== 0) {
    m[o + RUN] = 0;
    m[o + RUN_FIRST_AT] = -1;
    m[o + RUN_LAST_AT] = -1;
  }
  const standing = m[o + STANDING] as number;
  if (p.dwellMs > 0) {
    if (standing !== UNKNOWN && verdict !== standing) {
      if (m[o + CANDIDATE] !== verdict) {
        m[o + CANDIDATE] = verdict;
        m[o + CANDIDATE_AT] = atMs;
        return false;
      }
      const since = m[o + CANDIDATE_AT] as number;
      if (atMs - since < p.dwellMs) return false;
      clearCandidate(m, o);
      decide(m, o, p, since, verdict, sink);
      decide(m, o, p, atMs, verdict, sink);
      return true;
    }
    if (m[o + CANDIDATE] !== 0) clearCandidate(m, o);
  }
  return decide(m, o, p, atMs, verdict, sink);
}

function clearCandidate(m: Float64Array, o: number): void {
  m[o + CANDIDATE] = 0;
  m[o + CANDIDATE_AT] = -1;
}

function decide(m: Float64Array, o: number, p: PlaceParameters, atMs: number, side: number, sink: PlaceSink): boolean {
  let changed = false;
  if ((m[o + OPEN_START] as number) >= 0 && (m[o + OPEN_END] as number) <= atMs) {
    end(m, o, m[o + OPEN_END] as number, sink);
    changed = true;
  }
  const standing = m[o + STANDING] as number;
  if (side === standing) {
    if (side === p.breach) {
      if ((m[o + OPEN_START] as number) < 0) changed = openAtEdge(m, o, p, atMs) || changed;
      else m[o + OPEN_SIGNALS] = (m[o + OPEN_SIGNALS] as number) + 1;
      confirm(m, o, p, atMs);
    }
  } else {
    if (standing === p.breach) leave(m, o, p, atMs, sink);
    sink.moved(standing, side, atMs);
    m[o + STANDING] = side;
    m[o + SINCE] = atMs;
    if (side === p.breach) {
      const i = firstEndingAfter(p.active, atMs);
      if (i < p.active.length && (p.active[i] as number) <= atMs) open(m, o, atMs, p.active[i + 1] as number, atMs);
      confirm(m, o, p, atMs);
    }
    changed = true;
  }
  m[o + LAST_DETERMINED] = atMs;
  return changed;
}

/** The rule became active while the standing already broke it, and this fix says it still does: broken from that moment. */
function openAtEdge(m: Float64Array, o: number, p: PlaceParameters, atMs: number): boolean {
  const i = firstEndingAfter(p.active, atMs);
  if (i >= p.active.length) return false;
  const from = p.active[i] as number;
  if (from > atMs) return false;
  open(m, o, Math.max(from, m[o + SINCE] as number), p.active[i + 1] as number, atMs);
  return true;
}

/** Back on the right side. What ran ends now; an edge since the last fix counts if the two fixes vouch for the time between. */
function leave(m: Float64Array, o: number, p: PlaceParameters, atMs: number, sink: PlaceSink): void {
  if ((m[o + OPEN_START] as number) >= 0) {
    end(m, o, atMs, sink);
    return;
  }
  const last = m[o + LAST_DETERMINED] as number;
  if (atMs - last > EDGE_GAP_MS) return;
  for (let i = firstEndingAfter(p.active, last); i < p.active.length; i += 2) {
    const from = p.active[i] as number;
    if (from >= atMs) return;
    if (from <= last) continue;
    const to = Math.min(p.active[i + 1] as number, atMs);
    const isShown = p.dwellMs === 0 || to - from >= p.dwellMs;
    sink.ended({ start: from, end: to, fixAt: last, confirmedAt: isShown ? atMs : -1, signals: 1 });
  }
}

function open(m: Float64Array, o: number, startMs: number, activeUntilMs: number, fixAtMs: number): void {
  m[o + OPEN_START] = startMs;
  m[o + OPEN_END] = activeUntilMs;
  m[o + OPEN_FIX_AT] = fixAtMs;
  m[o + OPEN_CONFIRMED_AT] = -1;
  m[o + OPEN_SIGNALS] = 1;
}

function confirm(m: Float64Array, o: number, p: PlaceParameters, atMs: number): void {
  if ((m[o + OPEN_START] as number) < 0 || (m[o + OPEN_CONFIRMED_AT] as number) >= 0) return;
  if (atMs - (m[o + SINCE] as number) >= p.dwellMs) m[o + OPEN_CONFIRMED_AT] = atMs;
}

function end(m: Float64Array, o: number, endMs: number, sink: PlaceSink): void {
  const episode = openEpisode(m, o);
  m[o + OPEN_START] = -1;
  m[o + OPEN_END] = 0;
  m[o + OPEN_FIX_AT] = -1;
  m[o + OPEN_CONFIRMED_AT] = -1;
  m[o + OPEN_SIGNALS] = 0;
  // One without length (two fixes of one moment) is told too: what was raised for it in between must be taken back.
  if (episode !== undefined) sink.ended({ ...episode, end: Math.max(endMs, episode.start) });
}
