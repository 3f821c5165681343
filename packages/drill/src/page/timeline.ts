// A drill second by second, small enough to draw.
import { SITES, type SiteId } from '@vigie/model';
import type { History } from '../history.ts';
import { judgeBreaches } from '../judge/breaches.ts';
import { type Period, apartOf } from '../judge/outages.ts';

export interface Timeline {
  readonly fromMs: number;
  readonly loadToMs: number;
  readonly toMs: number;
  readonly seconds: readonly {
    readonly second: number;
    /** Reports in the answers of each site. */
    readonly reports: Readonly<Record<SiteId, number>>;
    readonly slowestAnswerMs: number;
  }[];
  readonly faults: readonly {
    readonly atMs: number;
    readonly doneMs: number;
    readonly role: string;
    readonly what: string;
  }[];
  readonly apart: readonly Period[];
  readonly alarms: readonly { readonly atMs: number; readonly delayMs: number; readonly stranded: boolean }[];
}

export function timelineOf(history: History): Timeline {
  const { run, answers, faults, looks } = history;
  const fromMs = run.loadFromMs;
  const toMs = Math.max(run.loadToMs, ...answers.map(({ atMs }) => atMs), ...faults.map(({ doneMs }) => doneMs));
  const seconds = Array.from({ length: Math.ceil((toMs - fromMs) / 1000) }, (_, second) => ({
    second,
    reports: { noirmont: 0, delemont: 0 },
    slowestAnswerMs: 0,
  }));
  for (const { site, atMs, sentMs, reports } of answers) {
    const second = seconds[Math.floor((atMs - fromMs) / 1000)];
    if (second === undefined) continue;
    second.reports[site] += reports;
    second.slowestAnswerMs = Math.max(second.slowestAnswerMs, Math.round(atMs - sentMs));
  }
  const lastLookMs = Math.max(...SITES.map((site) => looks.findLast((one) => one.site === site)?.atMs ?? fromMs));
  return {
    fromMs,
    loadToMs: run.loadToMs,
    toMs,
    seconds,
    faults: faults.map(({ atMs, doneMs, role, action }) => ({ atMs, doneMs, role, what: describe(action) })),
    apart: apartOf(history).map(({ fromMs: from, toMs: to }) => ({ fromMs: from, toMs: Math.min(to, lastLookMs) })),
    alarms: judgeBreaches(history).alarms,
  };
}

function describe(action: History['faults'][number]['action']): string {
  switch (action.do) {
    case 'kill':
      return `kill ${action.programs.join(', ')} of ${action.site}`;
    case 'pause':
    case 'resume':
      return `${action.do} ${action.program} of ${action.site}`;
    case 'cut':
      return action.from === 'both' ? 'cut the line' : `cut what ${action.from} sends`;
    case 'slow':
      return `slow line, ${action.delayMs} ms, ${action.lossShare * 100} % loss`;
    case 'mend':
      return 'mend the line';
    case 'lose-disk':
      return `the log of ${action.site} is destroyed`;
    case 'fill-disk':
      return `the log disk of ${action.site} is filled, ${Math.round(action.leaveBytes / 1e6)} MB left`;
    case 'make-room':
      return `room on the log disk of ${action.site}${action.startLogAgain ? ', log server started again' : ''}`;
    case 'upgrade':
      return `${action.site} is upgraded`;
    case 'skew-clock':
      return `${action.site} starts with its clock off by ${action.offsetMs / 1000} s`;
    case 'power-cut':
      return 'power cut at both sites';
    case 'start':
    case 'stop':
    case 'drain':
    case 'undrain':
    case 'retire':
      return `${action.do} ${action.site}`;
    case 'poison':
      return `poison ${action.site}`;
    default:
      return 'unknown';
  }
}
