// Reads the case in focus: its order, its track around now, and the history of the incident that led to it.
import type { CaseDetail, IncidentDetail, Problem, TrackView } from '@vigie/api/contract';
import type { ConsoleState, Focus, Loaded } from '../state/console-state.ts';
import type { Store } from '../state/store.ts';
import type { Answer } from './http.ts';
import { pause } from './pause.ts';

/** How much of the track is drawn. Longer periods belong to the evidence package, not to the operator's screen. */
const TRACK_HOURS = 6;
const REFRESH_MS = 10_000;

type Call = <T>(path: string, options?: { readonly headers?: Readonly<Record<string, string>> }) => Promise<Answer<T>>;

export class CaseReader {
  readonly #store: Store<ConsoleState>;
  readonly #call: Call;
  readonly #stop = new AbortController();
  #reading = false;
  #again = false;

  constructor(store: Store<ConsoleState>, call: Call) {
    this.#store = store;
    this.#call = call;
    void this.#keepFresh();
  }

  stop(): void {
    this.#stop.abort();
  }

  open(caseId: string, incidentId: string | null): void {
    const before = this.#store.value.focus;
    const sameCase = before?.caseId === caseId;
    const focus: Focus = {
      caseId,
      incidentId,
      detail: sameCase ? before.detail : { kind: 'loading' },
      track: sameCase ? before.track : { kind: 'loading' },
      history: incidentId === null ? null : { kind: 'loading' },
    };
    this.#store.update({ focus });
    this.refresh();
  }

  close(): void {
    this.#store.update({ focus: null });
  }

  /** One round of reading at a time; a wish during a round starts one more after it. */
  refresh(): void {
    if (this.#reading) this.#again = true;
    else void this.#rounds();
  }

  async #rounds(): Promise<void> {
    this.#reading = true;
    do {
      this.#again = false;
      await this.#round();
    } while (this.#again && !this.#stop.signal.aborted);
    this.#reading = false;
  }

  async #round(): Promise<void> {
    const { focus, siteClockOffsetMs } = this.#store.value;
    if (focus === null) return;
    const id = encodeURIComponent(focus.caseId);
    const from = new Date(Date.now() + siteClockOffsetMs - TRACK_HOURS * 3_600_000).toISOString();
    await Promise.all([
      this.#call<CaseDetail>(`/v1/cases/${id}`).then((answer) => {
        this.#put(focus, (now) => ({ detail: loaded(answer, now.detail) }));
      }),
      this.#call<TrackView>(`/v1/cases/${id}/track?from=${encodeURIComponent(from)}`, {
        headers: { Accept: 'application/geo+json, application/json' },
      }).then((answer) => {
        this.#put(focus, (now) => ({ track: loaded(answer, now.track) }));
      }),
      focus.incidentId === null
        ? undefined
        : this.#call<IncidentDetail>(`/v1/incidents/${encodeURIComponent(focus.incidentId)}`).then((answer) => {
            this.#put(focus, (now) => ({ history: history(answer, now.history) }));
          }),
    ]);
  }

  /** Only if the operator has not moved on to another case or incident meanwhile. */
  #put(asked: Focus, patch: (now: Focus) => Partial<Focus>): void {
    const now = this.#store.value.focus;
    if (now === null || now.caseId !== asked.caseId || now.incidentId !== asked.incidentId) return;
    this.#store.update({ focus: { ...now, ...patch(now) } });
  }

  async #keepFresh(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await pause(REFRESH_MS, this.#stop.signal);
      if (!this.#stop.signal.aborted) this.refresh();
    }
  }
}

/** What was read before stays on the screen when a refresh fails: old and marked by the banner beats empty. */
function loaded<T>(answer: Answer<T>, before: Loaded<T>): Loaded<T> {
  if (answer.kind === 'ok') return { kind: 'loaded', value: answer.body };
  if (before.kind === 'loaded' && (answer.kind === 'unreachable' || answer.status >= 500)) return before;
  return answer.kind === 'unreachable'
    ? { kind: 'unreachable' }
    : { kind: 'refused', problem: answer.problem satisfies Problem };
}

function history(answer: Answer<IncidentDetail>, before: Focus['history']): Focus['history'] {
  const detail = loaded(answer, { kind: 'loading' });
  return detail.kind !== 'loaded' && before?.kind === 'loaded' ? before : detail;
}
