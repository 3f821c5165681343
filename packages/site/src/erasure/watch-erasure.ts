// Erasure of the measures of one partition at a site, as long as it runs: both jobs look from time to time, and what is late is said as an incident.
import type { FileQuarantine } from '@vigie/ingest';
import type { MeasureKeys, SiteLog } from '@vigie/log';
import type { ErasureView } from '@vigie/api/contract';
import type { SiteId } from '@vigie/model';
import { ErasureJob, KeyDestroyer, type Replica } from '@vigie/replica';
import type { OperatingIncidents } from '../operating-incidents.ts';
import type { Note } from '../operating-log.ts';
import type { SiteProjections } from '../projections.ts';
import type { Retention } from './retention.ts';

/** Legal dates are days; a look reads every case. */
const JOB_EVERY_MS = 15 * 60_000;
const DESTROY_EVERY_MS = 5_000;

export interface ErasureParts {
  readonly site: SiteId;
  readonly log: SiteLog;
  readonly replica: Replica;
  readonly keys: Pick<MeasureKeys, 'destroy'>;
  readonly quarantine: Pick<FileQuarantine, 'erase'>;
  readonly projector: SiteProjections['projector'];
  readonly retention: Retention;
  readonly incidents: Pick<OperatingIncidents, 'set'>;
  readonly nowMs: () => number;
  readonly note: Note;
}

export interface RunningErasure {
  readonly list: () => readonly ErasureView[];
  readonly stop: () => Promise<void>;
}

export function watchErasure(o: ErasureParts): RunningErasure {
  const { site, log, replica, keys, quarantine, projector, retention, incidents, nowMs, note } = o;
  const nextSlice = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const job = new ErasureJob({ site, log, replica, retention, nowMs, nextSlice });
  const destroyer = new KeyDestroyer({
    site,
    log,
    replica,
    destroy: (measure) => keys.destroy(measure),
    eraseRaw: (measures) => quarantine.erase(measures),
    whenProjected: (position, timeoutMs) => projector.whenProjected(position, timeoutMs),
  });
  let jobAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> = Promise.resolve();
  let isLooking = false;
  const runJob = async (): Promise<void> => {
    jobAtMs = nowMs();
    const { due, overdue, firstLegalDate } = await job.look();
    incidents.set(
      'erasure-due',
      overdue === 0
        ? undefined
        : `${overdue} measures are not erased at every site, the first has to be by ${firstLegalDate}`,
    );
    const erased = await job.run(due);
    if (erased > 0) note('info', `retention is over: ${erased} measures erased`);
  };
  const look = async (): Promise<void> => {
    if (!replica.caughtUp) return;
    try {
      if (nowMs() - jobAtMs >= JOB_EVERY_MS) await runJob();
      const said = await destroyer.look();
      if (said > 0) note('info', `the keys of ${said} erased measures are destroyed here`);
    } catch (cause) {
      note('error', 'an erasure could not be finished; it is tried again', cause);
    }
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    looking = look().finally(() => (isLooking = false));
  }, DESTROY_EVERY_MS);
  return {
    list: () => erasuresOf(replica, job),
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** What is due, then what is erased, for people: no word of whom it was about. */
function erasuresOf(replica: Replica, job: ErasureJob): ErasureView[] {
  const erased = replica.erasures();
  const known = new Set(erased.map(([measure]) => measure));
  const due = job.due.filter(({ measure }) => !known.has(measure));
  return [
    ...due.map(({ measure, authority, legalBasis, legalDate }) => ({
      measure,
      authority,
      legalBasis,
      legalDate,
      status: 'due' as const,
      erasedAt: null,
      keyDestroyedAt: { noirmont: null, delemont: null },
    })),
    ...erased.map(([measure, erasure]) => ({
      measure,
      authority: erasure.authority ?? null,
      legalBasis: erasure.legalBasis ?? null,
      legalDate: erasure.legalDate ?? null,
      status: job.isCertified(erasure) ? ('certified' as const) : ('erased' as const),
      erasedAt: instant(erasure.t),
      keyDestroyedAt: {
        noirmont: maybe(erasure.destroyedAt?.noirmont),
        delemont: maybe(erasure.destroyedAt?.delemont),
      },
    })),
  ];
}
const instant = (us: number): string => new Date(Math.floor(us / 1000)).toISOString();
const maybe = (us: number | undefined): string | null => (us === undefined ? null : instant(us));
