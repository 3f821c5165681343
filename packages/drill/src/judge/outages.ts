// When a site could not answer because of what the drill did, and when the sites were apart, by their own word.
import { SITES, type SiteId } from '@vigie/model';
import type { History } from '../history.ts';

export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From the fault that silences a site's own process to the end of the action that heals it. */
export function outagesOf({ faults, run }: History, site: SiteId): Period[] {
  const periods: Period[] = [];
  let since: number | undefined;
  for (const { action, atMs, doneMs } of faults) {
    if (action.do === 'power-cut') {
      since ??= atMs;
      continue;
    }
    if (action.do === 'skew-clock' || action.do === 'upgrade') {
      if (action.site === site) periods.push({ fromMs: atMs, toMs: doneMs });
      continue;
    }
    const silences =
      action.do === 'lose-disk' ||
      action.do === 'stop' ||
      (action.do === 'kill' && action.programs.includes('site')) ||
      (action.do === 'pause' && action.program === 'site');
    const heals = action.do === 'start' || (action.do === 'resume' && action.program === 'site');
    if (silences && action.site === site) since ??= atMs;
    else if (heals && (action.site === site || action.site === 'both') && since !== undefined) {
      periods.push({ fromMs: since, toMs: doneMs });
      since = undefined;
    }
  }
  if (since !== undefined) periods.push({ fromMs: since, toMs: Math.max(since, run.loadToMs) });
  return periods;
}

/** When neither site could answer. */
export function blackoutsOf(history: History): Period[] {
  return outagesOf(history, 'noirmont').flatMap((one) =>
    outagesOf(history, 'delemont').flatMap((other) => {
      const both = { fromMs: Math.max(one.fromMs, other.fromMs), toMs: Math.min(one.toMs, other.toMs) };
      return both.fromMs < both.toMs ? [both] : [];
    }),
  );
}

/** When nothing, or not everything, passed between the sites, by what the drill did. */
export function cutsOf({ faults, run }: History): Period[] {
  const periods: Period[] = [];
  let since: number | undefined;
  for (const { action, atMs, doneMs } of faults) {
    if (action.do === 'cut') since ??= atMs;
    else if (action.do === 'mend' && since !== undefined) {
      periods.push({ fromMs: since, toMs: doneMs });
      since = undefined;
    }
  }
  if (since !== undefined) periods.push({ fromMs: since, toMs: Math.max(since, run.loadToMs) });
  return periods;
}

/** Periods in which at least one site said that it does not hear the other, or said nothing. */
export function apartOf({ looks }: History): Period[] {
  const joined: Record<SiteId, boolean> = { noirmont: true, delemont: true };
  const periods: Period[] = [];
  let since: number | undefined;
  for (const look of looks.toSorted((a, b) => a.atMs - b.atMs)) {
    joined[look.site] = look.joined === true;
    const isApart = SITES.some((site) => !joined[site]);
    if (isApart) since ??= look.atMs;
    else if (since !== undefined) {
      periods.push({ fromMs: since, toMs: look.atMs });
      since = undefined;
    }
  }
  if (since !== undefined) periods.push({ fromMs: since, toMs: Number.MAX_SAFE_INTEGER });
  return periods;
}
