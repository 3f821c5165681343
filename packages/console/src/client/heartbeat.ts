// Asks the site in use twice a second how the cluster is. The answers feed the banner; their absence feeds the failover.
import type { ClusterView, SiteId } from '@vigie/api/contract';
import { type Link, type LinkEvent, otherSite } from './failover.ts';
import { type Answer, request } from './http.ts';
import { pause } from './pause.ts';

const BEAT_MS = 500;
/** While in doubt, ask sooner: the banner promises to tell within 3 s. */
const DOUBT_BEAT_MS = 250;
const ANSWER_MS_MAX = 1_000;
/** How often a site that was left is asked whether it is back. */
const LEFT_BEHIND_BEAT_MS = 3_000;

export interface HeartbeatPorts {
  readonly link: () => Link;
  readonly target: (site: SiteId) => { readonly url: string; readonly token: string };
  readonly onLink: (event: LinkEvent) => void;
  readonly onCluster: (view: ClusterView) => void;
  readonly onTokenRefused: () => void;
}

export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  readonly #stop = new AbortController();
  #nudged = new AbortController();

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
      await this.#ask(this.#ports.link().at);
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
        await this.#ask(otherSite(link.at));
      }
      await pause(DOUBT_BEAT_MS, this.#stop.signal);
      waitedMs += DOUBT_BEAT_MS;
    }
  }

  async #ask(site: SiteId): Promise<void> {
    const sentMs = performance.now();
    const answer = await request<ClusterView>(this.#ports.target(site), '/v1/cluster', {
      timeoutMs: ANSWER_MS_MAX,
      signal: this.#stop.signal,
    });
    if (this.#stop.signal.aborted) return;
    this.#report(site, sentMs, answer);
  }

  #report(site: SiteId, sentMs: number, answer: Answer<ClusterView>): void {
    const nowMs = performance.now();
    if (answer.kind === 'ok') {
      this.#ports.onLink({ kind: 'answered', site, nowMs });
      if (this.#ports.link().at === site) this.#ports.onCluster(answer.body);
      return;
    }
    if (answer.kind === 'refused' && answer.status === 401 && this.#ports.link().at === site)
      return this.#ports.onTokenRefused();
    this.#ports.onLink({ kind: 'failed', site, sentMs, nowMs });
  }
}
