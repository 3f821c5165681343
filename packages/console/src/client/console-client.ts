// Everything the console does over HTTP, for as long as somebody is signed in. It writes what it learns into the store and
// decides nothing about how things look.
import type {
  IncidentView,
  Page,
  PositionView,
  SiteId,
  StepAction,
  StepRequest,
  VigieEvent,
} from '@vigie/api/contract';
import type { ConsoleState } from '../state/console-state.ts';
import { applyEvents, replaceWith, upsert } from '../state/incidents.ts';
import type { Store } from '../state/store.ts';
import { CaseReader } from './case-reader.ts';
import { EventFeed } from './event-feed.ts';
import { type LinkEvent, step } from './failover.ts';
import { Heartbeat } from './heartbeat.ts';
import { type Answer, type RequestOptions, type Target, isTrouble, request } from './http.ts';
import { pause } from './pause.ts';
import { Orders } from './orders.ts';
import { type AllPages, readAll } from './pages.ts';
import { seesCases } from './session.ts';
import { sendStep } from './steps.ts';

const POSITIONS_EVERY_MS = 3_000;
/** A safety net under the event stream: what is open is read anew this often. */
const INCIDENTS_EVERY_MS = 30_000;
const READ_MS_MAX = 5_000;
/** Open incidents held by the page. Beyond it the least harmful are not shown and the queue says so. */
const INCIDENTS_MAX = 5_000;
const POSITIONS_MAX = 20_000;

export class ConsoleClient {
  readonly store: Store<ConsoleState>;
  readonly orders: Orders;
  readonly #token: string;
  readonly #onEnded: () => void;
  readonly #stop = new AbortController();
  readonly #heartbeat: Heartbeat;
  readonly #feed: EventFeed;
  readonly #cases: CaseReader;
  /** For each list on its way: the incidents that events touched meanwhile. */
  readonly #touched = new Set<Set<string>>();
  #listRead = 0;
  #joined: boolean | null = null;

  constructor(store: Store<ConsoleState>, token: string, onEnded: () => void) {
    this.store = store;
    this.#token = token;
    this.#onEnded = onEnded;
    const target = (site: SiteId) => this.#targetAt(site);
    this.#heartbeat = new Heartbeat({
      link: () => store.value.link,
      target,
      onLink: (event) => this.#onLink(event),
      onCluster: (view) => {
        const changed = this.#joined !== null && this.#joined !== view.peer.joined;
        this.#joined = view.peer.joined;
        store.update({
          cluster: { view, receivedMs: performance.now() },
          siteClockOffsetMs: Date.parse(view.at) - Date.now(),
        });
        // Joining and parting change what is provisional without a new step.
        if (changed) void this.#readIncidents();
      },
      onTokenRefused: onEnded,
    });
    this.#feed = new EventFeed({
      site: () => store.value.link.at,
      target,
      onEvents: (events) => this.#onEvents(events),
      onBroken: () => this.#heartbeat.nudge(),
      onVoided: () => this.#readIncidents(),
    });
    this.#cases = new CaseReader(store, (path, options) => this.call(path, options));
    this.orders = new Orders(store, (path, options) => this.call(path, options));
  }

  async start(): Promise<void> {
    this.#heartbeat.start();
    if (!seesCases(this.store.value.session)) return;
    const cursor = await this.#readIncidents();
    this.#feed.start(cursor);
    void this.#every(INCIDENTS_EVERY_MS, () => this.#readIncidents());
    void this.#every(POSITIONS_EVERY_MS, () => this.#readPositions(), true);
  }

  stop(): void {
    this.#stop.abort();
    this.#heartbeat.stop();
    this.#feed.stop();
    this.#cases.stop();
  }

  choose(site: SiteId): void {
    this.#onLink({ kind: 'chosen', site, nowMs: performance.now() });
  }

  call<T>(path: string, options: Partial<Omit<RequestOptions, 'signal'>> = {}): Promise<Answer<T>> {
    const target = this.#targetAt(this.store.value.link.at);
    return request<T>(target, path, { timeoutMs: READ_MS_MAX, ...options, signal: this.#stop.signal });
  }

  openIncident(incident: IncidentView): void {
    this.#cases.open(incident.caseId, incident.incidentId);
  }

  openCase(caseId: string): void {
    this.#cases.open(caseId, null);
  }

  close(): void {
    this.#cases.close();
  }

  act(incident: IncidentView, action: StepAction, body: StepRequest): Promise<void> {
    return sendStep(this.store, incident, action, body, {
      call: (path, options) => this.call(path, options),
      stop: this.#stop.signal,
      onIncident: (view) => this.store.update({ book: upsert(this.store.value.book, view) }),
      onDone: () => this.#cases.refresh(),
    });
  }

  #targetAt(site: SiteId): Target {
    const { config } = this.store.value;
    // The page's own origin is used as it was opened: by name, by address, through a tunnel.
    return { url: site === config.site ? window.location.origin : config.urls[site], token: this.#token };
  }

  #onLink(event: LinkEvent): void {
    const before = this.store.value.link;
    const link = step(before, event);
    if (link === before) return;
    this.store.update(link.at === before.at ? { link } : { link, cluster: null });
    if (link.at === before.at) return;
    this.#joined = null;
    this.#feed.reconnect();
    this.#heartbeat.nudge();
    void this.#readIncidents();
    void this.#readPositions();
    this.#cases.refresh();
  }

  #onEvents(events: readonly VigieEvent[]): void {
    for (const touched of this.#touched) for (const { subject } of events) touched.add(subject);
    this.store.update({ book: applyEvents(this.store.value.book, events) });
    const { focus } = this.store.value;
    if (focus !== null && events.some(({ subject }) => subject === focus.incidentId)) this.#cases.refresh();
  }

  /** Returns the position of the list: the cursor from which events go on without a hole. */
  async #readIncidents(): Promise<string | null> {
    if (!seesCases(this.store.value.session)) return null;
    const mine = ++this.#listRead;
    const touched = new Set<string>();
    this.#touched.add(touched);
    const cursor = this.#feed.cursor;
    const { answer, complete } = await this.#listIncidents(cursor);
    this.#touched.delete(touched);
    // A newer reading is under way, perhaps at another site: its answer counts.
    if (mine !== this.#listRead) return cursor;
    if (answer.kind === 'refused' && answer.status === 401) this.#onEnded();
    if (answer.kind !== 'ok') {
      this.store.update({ readsFail: answer.kind === 'refused' && isTrouble(answer) });
      return cursor;
    }
    const { book } = this.store.value;
    const keep = complete ? touched : new Set(book.byId.keys());
    this.store.update({ book: replaceWith(book, answer.items, keep), loadedMs: performance.now(), readsFail: false });
    return answer.position ?? cursor;
  }

  async #listIncidents(cursor: string | null): Promise<{ answer: AllPages<IncidentView>; complete: boolean }> {
    const path = '/v1/incidents?status=open';
    const upTo = cursor === null ? {} : { headers: { 'Vigie-Min-Position': cursor } };
    const answer = await readAll<IncidentView>(
      (rest) => this.call<Page<IncidentView>>(path + rest, upTo),
      INCIDENTS_MAX,
    );
    if (cursor === null || answer.kind !== 'refused' || answer.status !== 503) return { answer, complete: true };
    // The site in use has not received all that this console saw elsewhere: take what it has and keep what we know.
    return {
      answer: await readAll<IncidentView>((rest) => this.call<Page<IncidentView>>(path + rest), INCIDENTS_MAX),
      complete: false,
    };
  }

  async #readPositions(): Promise<void> {
    if (!seesCases(this.store.value.session)) return;
    const answer = await readAll<PositionView>(
      (rest) => this.call<Page<PositionView>>(`/v1/positions?limit=1000${rest}`),
      POSITIONS_MAX,
    );
    if (answer.kind === 'ok') this.store.update({ positions: answer.items });
    // Positions are read most often, so they tell first that a site's stored data went away, and that it is back.
    else if (answer.kind === 'refused' && isTrouble(answer)) this.store.update({ readsFail: true });
    const { readsFail, loadedMs } = this.store.value;
    if (answer.kind === 'ok' && (readsFail || loadedMs === null)) await this.#readIncidents();
  }

  async #every(ms: number, act: () => Promise<unknown>, atOnce = false): Promise<void> {
    if (atOnce) await act();
    while (!this.#stop.signal.aborted) {
      await pause(ms, this.#stop.signal);
      if (!this.#stop.signal.aborted) await act();
    }
  }
}
