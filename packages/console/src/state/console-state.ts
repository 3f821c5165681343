import type {
  CaseDetail,
  ClusterView,
  ConsoleConfig,
  Holder,
  IncidentDetail,
  PositionView,
  Problem,
  SessionView,
  StepAction,
  TrackView,
} from '@vigie/api/contract';
import { type Link, linkAt } from '../client/failover.ts';
import { type IncidentBook, emptyBook } from './incidents.ts';
import type { Orderings } from './ordering.ts';

/** What became of the operator's last step on an incident. */
export type StepOutcome =
  | { readonly kind: 'sending'; readonly action: StepAction }
  | { readonly kind: 'settled'; readonly action: StepAction }
  /** Settled by the site in use while the other is away: on one disk. */
  | { readonly kind: 'alone'; readonly action: StepAction }
  /** Recorded at one site, not yet confirmed by both. */
  | { readonly kind: 'unsettled'; readonly action: StepAction }
  | { readonly kind: 'held'; readonly action: StepAction; readonly by: Holder }
  | { readonly kind: 'refused'; readonly action: StepAction; readonly problem: Problem }
  /** No site answered for a minute: it may or may not be recorded. */
  | { readonly kind: 'unknown'; readonly action: StepAction };

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly value: T }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'unreachable' };

/** What is open in the panel and on the map. */
export interface Focus {
  readonly incidentId: string | null;
  readonly caseId: string;
  readonly detail: Loaded<CaseDetail>;
  readonly track: Loaded<TrackView>;
  readonly history: Loaded<Pick<IncidentDetail, 'steps' | 'escalation' | 'deliveries'>> | null;
}

export type SignIn = 'idle' | 'asking' | 'refused' | 'unreachable' | 'ended';

export interface ConsoleState {
  readonly config: ConsoleConfig;
  readonly signIn: SignIn;
  readonly session: SessionView | null;
  readonly link: Link;
  /** `receivedMs` is this machine's clock: ages shown are never computed across two machines' clocks. */
  readonly cluster: { readonly view: ClusterView; readonly receivedMs: number } | null;
  /** The site answers, but its stored data cannot be read. */
  readonly readsFail: boolean;
  readonly book: IncidentBook;
  readonly loadedMs: number | null;
  readonly positions: readonly PositionView[];
  /** Add to this machine's clock to get the site's, in milliseconds. */
  readonly siteClockOffsetMs: number;
  readonly focus: Focus | null;
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  /** Notes being written, by incident: they outlive a selection, a refresh and a move to the other site. */
  readonly drafts: ReadonlyMap<string, string>;
  readonly page: 'queue' | 'situation' | 'order';
  readonly orderings: Orderings;
  /** Which of them the page `order` shows. */
  readonly orderOpen: string | null;
}

export const initialState = (config: ConsoleConfig): ConsoleState => ({
  config,
  signIn: 'idle',
  session: null,
  link: linkAt(config.site),
  cluster: null,
  readsFail: false,
  book: emptyBook,
  loadedMs: null,
  positions: [],
  siteClockOffsetMs: 0,
  focus: null,
  outcomes: new Map(),
  drafts: new Map(),
  page: 'queue',
  orderings: new Map(),
  orderOpen: null,
});
