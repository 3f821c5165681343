// What a preview is asked, beside the order itself: over which days, how far the police are, where there is no network.
import type { CaseDetail, FieldProblem } from '@vigie/api/contract';
import type { PreviewWish } from '../state/ordering.ts';
import type { OrderDraft } from './draft.ts';
import { orderTextOf } from './order-text.ts';
import { writtenOf } from './rule-kinds.ts';
import { readZone, ringOf } from './zone-text.ts';

const DAY_MS = 86_400_000;
/** Of a passive measure nothing is read that is younger than a day; a minute for clocks. */
const PASSIVE_DELAY_MS = DAY_MS + 60_000;

/** A preview counts for what it was asked about, and for nothing that was typed since. */
export const previewedOf = (draft: OrderDraft, wish: PreviewWish): string =>
  JSON.stringify([orderTextOf(draft, false).order, wish]);

export function previewBody(
  wish: PreviewWish,
  { mode }: Pick<CaseDetail, 'mode'>,
  nowMs: number,
): { readonly body: object; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const toMs = mode === 'passive' ? nowMs - PASSIVE_DELAY_MS : nowMs;
  const policeTravelS = wish.police.trim() === '' ? undefined : writtenOf({ factor: 60 }, wish.police);
  if (policeTravelS === null) problems.push({ field: 'policeTravelS', reason: 'number', code: 'number' });
  const gaps = readZone(wish.gaps, 'area');
  if (gaps.kind === 'bad') {
    const vertex = gaps.line === undefined ? {} : { vertex: gaps.line - 1 };
    problems.push({ field: 'coverageGaps', reason: gaps.why, code: `bad_${gaps.why}`, ...vertex });
  }
  const zone =
    gaps.kind === 'points'
      ? { type: 'Polygon', coordinates: [ringOf(gaps.points)] }
      : gaps.kind === 'zone'
        ? gaps.zone
        : undefined;
  const body = {
    from: new Date(toMs - wish.days * DAY_MS).toISOString(),
    to: new Date(toMs).toISOString(),
    ...(policeTravelS == null ? {} : { policeTravelS }),
    ...(zone === undefined ? {} : { coverageGaps: [zone] }),
  };
  return { body, problems };
}
