// What the injector may ask of the supervisor, and nothing else passes between them: everything that is judged comes by HTTP and
// server-sent events.
import type { SiteId } from '@vigie/model';
import type { Webhook } from './calls.ts';

export type Program = 'site' | 'nats' | 'postgres';

export type Action =
  /** SIGKILL, all at once. */
  | { readonly do: 'kill'; readonly site: SiteId; readonly programs: readonly Program[] }
  /** SIGSTOP and SIGCONT. */
  | { readonly do: 'pause' | 'resume'; readonly site: SiteId; readonly program: Program }
  /** Starts what does not run there; done when the site says that it is ready. */
  | { readonly do: 'start'; readonly site: SiteId | 'both' }
  /** Every process of the site ends in order. */
  | { readonly do: 'stop'; readonly site: SiteId }
  /** As `./vigie site ACTION NAME` does; `retire` with the word that the site is fenced. */
  | { readonly do: 'drain' | 'undrain' | 'retire'; readonly site: SiteId }
  /** Its log server and site process die, and everything that the log server had on disk is destroyed. */
  | { readonly do: 'lose-disk'; readonly site: SiteId }
  /** Every process of both sites ends at one instant, and what was not synced to disk by then is gone. */
  | { readonly do: 'power-cut' }
  /** Fills the disk of the site's log server until so many bytes are left; 0 = not one more block. */
  | { readonly do: 'fill-disk'; readonly site: SiteId; readonly leaveBytes: number }
  /** Ends `fill-disk`. A log server that wrote to a disk without room takes nothing until it is started again. */
  | { readonly do: 'make-room'; readonly site: SiteId; readonly startLogAgain: boolean }
  /** The site process ends (SIGKILL) and starts with a clock that is off by so much. */
  | { readonly do: 'skew-clock'; readonly site: SiteId; readonly offsetMs: number }
  /** The site process ends in order and starts as the version of this checkout. */
  | { readonly do: 'upgrade'; readonly site: SiteId }
  /** Drops silently what passes between the sites: what `from` sends, or both. */
  | { readonly do: 'cut'; readonly from: SiteId | 'both' }
  /** Delays what passes between the sites, each way; a lost segment comes as late as its repetition would. */
  | { readonly do: 'slow'; readonly delayMs: number; readonly lossShare: number; readonly seed: number }
  /** Ends `cut` and `slow`. */
  | { readonly do: 'mend' }
  /** Publishes bytes that are no entry into the stream of the site's running epoch, of one partition, with the site's own credentials. */
  | { readonly do: 'poison'; readonly site: SiteId; readonly epoch: string; readonly partition?: number };

export type Asked = { readonly id: number; readonly action: Action };
export type Answered = { readonly id: number; readonly ok: boolean; readonly message: string };

/** What the supervisor starts the judge with, as one JSON argument. */
export type DrillTask = {
  readonly name: string;
  /** DATA/access.json of the running sites. */
  readonly access: string;
  /** Where history, timeline and page go. */
  readonly folder: string;
  readonly seed: number;
  /** Each site's data and each log server's store lie on file systems of their own. */
  readonly disks: boolean;
  /** Where the sites were told to call; none: the version they begin with calls nobody. */
  readonly webhook?: Webhook;
  readonly runtime: 'processes' | 'containers';
};

/** The judge's last word. `failed`: it could not run, and says why. */
export type Ended =
  | { readonly ended: 'judged'; readonly result: object; readonly ok: boolean }
  | { readonly ended: 'failed'; readonly why: string };
