// Which site the console talks to, as a pure machine: answers and failures go in, the next link comes out. The console leaves
// a site only for one that answers, and never returns by itself: a site that comes and goes must not take the operator along.
import type { SiteId } from '@vigie/api/contract';

/** A site that refuses connections is given up after this long, in milliseconds. */
export const LOST_AFTER_MS = 1_500;
/** One that takes them and does not answer may be busy: it gets this long. */
export const LOST_SLOW_AFTER_MS = 2_500;
/** One slow answer is not a dead site. */
const LOST_FAILURES_MIN = 2;

export type Health = 'heard' | 'doubted' | 'lost';

export interface Link {
  /** The site whose address the page was opened at. */
  readonly home: SiteId;
  /** The site that requests go to. */
  readonly at: SiteId;
  readonly health: Health;
  /** When the first request of the present row of failures was sent; null while heard. */
  readonly failingSinceMs: number | null;
  readonly failures: number;
  /** The site that was left because it did not answer; null when the operator chose, or nothing was left. */
  readonly leftBehind: SiteId | null;
  /** When `at` last changed. */
  readonly movedAtMs: number | null;
  /** The site left behind answers again: the operator may go back. */
  readonly homeAnswers: boolean;
}

export type LinkEvent =
  | { readonly kind: 'answered'; readonly site: SiteId; readonly nowMs: number }
  | {
      readonly kind: 'failed';
      readonly site: SiteId;
      readonly sentMs: number;
      readonly nowMs: number;
      readonly slow: boolean;
    }
  | { readonly kind: 'chosen'; readonly site: SiteId; readonly nowMs: number };

export const otherSite = (site: SiteId): SiteId => (site === 'noirmont' ? 'delemont' : 'noirmont');

export const linkAt = (home: SiteId): Link => ({
  home,
  at: home,
  health: 'heard',
  failingSinceMs: null,
  failures: 0,
  leftBehind: null,
  movedAtMs: null,
  homeAnswers: false,
});

const heard = { health: 'heard', failingSinceMs: null, failures: 0 } as const;

export function step(link: Link, event: LinkEvent): Link {
  switch (event.kind) {
    case 'answered':
      return event.site === link.at ? answeredHere(link) : answeredThere(link, event.nowMs);
    case 'failed':
      return event.site === link.at ? failedHere(link, event.sentMs, event.nowMs, event.slow) : failedThere(link);
    case 'chosen':
      return event.site === link.at ? link : moved(link, event.nowMs, null);
  }
}

const answeredHere = (link: Link): Link => (link.health === 'heard' ? link : { ...link, ...heard });

/** An answer from the other site moves the console only when its own is lost. */
function answeredThere(link: Link, nowMs: number): Link {
  if (link.health === 'lost') return moved(link, nowMs, link.at);
  return link.leftBehind === null || link.homeAnswers ? link : { ...link, homeAnswers: true };
}

const failedThere = (link: Link): Link => (link.homeAnswers ? { ...link, homeAnswers: false } : link);

function failedHere(link: Link, sentMs: number, nowMs: number, slow: boolean): Link {
  const failingSinceMs = link.failingSinceMs ?? sentMs;
  const failures = link.failures + 1;
  const lost = failures >= LOST_FAILURES_MIN && nowMs - failingSinceMs >= (slow ? LOST_SLOW_AFTER_MS : LOST_AFTER_MS);
  return { ...link, failingSinceMs, failures, health: lost ? 'lost' : 'doubted' };
}

const moved = (link: Link, nowMs: number, leftBehind: SiteId | null): Link => ({
  ...link,
  ...heard,
  at: otherSite(link.at),
  leftBehind,
  movedAtMs: nowMs,
  homeAnswers: false,
});
