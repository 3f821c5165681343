// Asks the site in use twice a second how the cluster is. The answers feed the banner; their absence feeds the failover.
// Questions do not wait for one another: a busy site that answers late is heard, only one that answers nothing is lost.
import type { ClusterView, SiteId } from '@vigie/api/contract';
import { type Link, type LinkEvent, otherSite } from './failover.ts';
import { type Answer, type Target, request } from './http.ts';
import { pause } from './pause.ts';

const BEAT_MS = 500;
/** While in doubt, ask sooner: the banner promises to tell within 3 s. */
const DOUBT_BEAT_MS = 250;
/** An answer that takes longer counts as a failure, until it comes. */
const LATE_AFTER_MS = 1_000;
const ANSWER_MS_MAX = 3_000;
/** Unanswered questions to one site; at the bound no new one is asked. Browsers hold six connections to a site, the events need one. */
const OPEN_MAX = 4;
/** How often a site that was left is asked whether it is back. */
const LEFT_BEHIND_BEAT_MS = 3_000;
/** A timer later than this means that the page itself stood still, which says nothing about the site. */
const PAGE_STALL_MS_MIN = 400;

export interface HeartbeatPorts {
  readonly link: () => Link;
  readonly target: (site: SiteId) => Target;
  readonly onLink: (event: LinkEvent) => void;
  readonly onCluster: (view: ClusterView) => void;
  readonly onTokenRefused: () => void;
}

export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  readonly #stop = new AbortController();
  #nudged = new AbortController();
  readonly #open: Record<SiteId, number> = { noirmont: 0, delemont: 0 };
  /** Of the newest view taken, so that an answer overtaken by a later one is not shown. */
  #newestSentMs = 0;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
  }

  start(): void {
    void this.#beatHere();
    void this.#beatThere();
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Ask now: the event stream broke. */
  nudge(): void {
    this.#nudged.abort();
  }

  async #beatHere(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      void this.#ask(this.#ports.link().at);
      this.#nudged = new AbortController();
      const heard = this.#ports.link().health === 'heard';
      await pause(heard ? BEAT_MS : DOUBT_BEAT_MS, this.#stop.signal, this.#nudged.signal);
    }
  }

  /** The other site is asked only when it matters: the own one is lost, or this console left it. */
  async #beatThere(): Promise<void> {
    let waitedMs = 0;
    while (!this.#stop.signal.aborted) {
      const link = this.#ports.link();
      const due = link.health === 'lost' || (link.leftBehind !== null && waitedMs >= LEFT_BEHIND_BEAT_MS);
      if (due) {
        waitedMs = 0;
        void this.#ask(otherSite(link.at));
      }
      await pause(DOUBT_BEAT_MS, this.#stop.signal);
      waitedMs += DOUBT_BEAT_MS;
    }
  }

  async #ask(site: SiteId): Promise<void> {
    if (this.#open[site] >= OPEN_MAX) return;
    this.#open[site]++;
    const sentMs = performance.now();
    const answered = new AbortController();
    void this.#tellWhenLate(site, sentMs, answered.signal);
    const answer = await request<ClusterView>(this.#ports.target(site), '/v1/cluster', {
      timeoutMs: ANSWER_MS_MAX,
      signal: this.#stop.signal,
    });
    answered.abort();
    this.#open[site]--;
    if (!this.#stop.signal.aborted) this.#report(site, sentMs, answer);
  }

  async #tellWhenLate(site: SiteId, sentMs: number, answered: AbortSignal): Promise<void> {
    for (let waitMs = LATE_AFTER_MS; ; waitMs = DOUBT_BEAT_MS) {
      const fromMs = performance.now();
      await pause(waitMs, answered, this.#stop.signal);
      if (answered.aborted || this.#stop.signal.aborted) return;
      const nowMs = performance.now();
      if (nowMs - fromMs - waitMs >= PAGE_STALL_MS_MIN) continue;
      this.#ports.onLink({ kind: 'failed', site, sentMs, nowMs, slow: true });
    }
  }

  #report(site: SiteId, sentMs: number, answer: Answer<ClusterView>): void {
    const nowMs = performance.now();
    if (answer.kind === 'ok') {
      this.#ports.onLink({ kind: 'answered', site, nowMs });
      if (this.#ports.link().at === site && sentMs >= this.#newestSentMs) {
        this.#newestSentMs = sentMs;
        this.#ports.onCluster(answer.body);
      }
      return;
    }
    const mine = this.#ports.link().at === site;
    if (answer.kind === 'refused' && answer.status === 401 && mine) return this.#ports.onTokenRefused();
    // What ran into the time limit was told when it became late.
    if (nowMs - sentMs < LATE_AFTER_MS) this.#ports.onLink({ kind: 'failed', site, sentMs, nowMs, slow: false });
  }
}
