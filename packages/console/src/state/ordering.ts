// An order on somebody's desk, until it is signed or put away. It lives beside the queue: alarms are handled meanwhile, the console moves to
// the other site, and what was typed is still there.
import type { CaseDetail, FieldProblem, OrderAnswer, OrderText, PreviewView, Problem } from '@vigie/api/contract';
import type { OrderDraft } from '../ordering/draft.ts';

/** What a preview is asked about beside the order. */
export interface PreviewWish {
  readonly days: 7 | 14 | 28;
  /** Minutes, as typed. */
  readonly police: string;
  /** Where there is no network: points or GeoJSON. */
  readonly gaps: string;
}

export type PreviewState =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  /** `of`: the order and the wish it is about, as text. */
  | { readonly kind: 'shown'; readonly of: string; readonly view: PreviewView }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'unreachable' };

export type Signing =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'signed'; readonly how: 'settled' | 'alone' | 'unsettled'; readonly answer: OrderAnswer }
  /** Somebody else has varied the order meanwhile. */
  | { readonly kind: 'stale'; readonly now: Base | null }
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** No site answered: it may be recorded. */
  | { readonly kind: 'unknown' };

/** The revision that a draft varies. */
export interface Base {
  readonly etag: string;
  readonly order: OrderText;
  readonly detail: CaseDetail;
}

export interface Ordering {
  /** Null: a new measure. */
  readonly base: Base | null;
  readonly draft: OrderDraft;
  /** What the form and the site have found wrong at the last try; empty while nobody has tried. */
  readonly problems: readonly FieldProblem[];
  readonly wish: PreviewWish;
  readonly preview: PreviewState;
  readonly signing: Signing;
  /** The zone that clicks on the map belong to: the key of its rule. */
  readonly drawing: number | null;
  /** Whose zone the map is to bring into view; a new object each time it is asked for. */
  readonly looking: { readonly rule: number } | null;
  /** Of a new measure: the same until the draft changes, so that a repeat is not a second case. */
  readonly idempotencyKey: string;
}

export type Desk =
  | { readonly kind: 'loading'; readonly caseId: string }
  | { readonly kind: 'failed'; readonly caseId: string; readonly problem: Problem | null }
  | { readonly kind: 'open'; readonly ordering: Ordering };

/** Under the case's id; a new measure under ''. */
export type Orderings = ReadonlyMap<string, Desk>;
