// The alarms that somebody has yet to be told of, and this site's part in it (D3): it begins, waits for the other site, takes over, tries
// again, gives up. Whatever it does stands in the log first; whatever the other site does it learns from there.
import type { Time } from '@vigie/log';
import { type DispatchReceipt, type SiteId, type ReceiptOutcome } from '@vigie/model';
import { type Alarm, concerns } from './alarm.ts';
import type { Message, Sent } from './channels/channel.ts';
import { Delivery, keyOf } from './delivery.ts';
import type { Mark, Marks } from './marks.ts';
import type { Receiver } from './receivers.ts';
import { DELAYED_AFTER_MS, FIRST_ATTEMPT_MS, TURNS_MAX } from './turns.ts';

/** What is on its way to one receiver, as the fold knows it. */
export interface KnownDelivery {
  readonly step: string;
  readonly receiver: string;
  readonly turn: number;
  readonly site: SiteId;
  /** Log time, ms. */
  readonly attemptAtMs: number;
  readonly outcome?: ReceiptOutcome;
}
/** An incident as far as telling people of it is concerned. */
export interface KnownIncident {
  /** The highest level told so far. */
  readonly reached: number;
  /** Nobody has taken it, and it still stands: only then is the next level called. */
  readonly isUnanswered: boolean;
  readonly deliveries: readonly KnownDelivery[];
}

export interface OutboxPorts {
  readonly site: SiteId;
  readonly time: Time;
  readonly receivers: readonly Receiver[];
  readonly joined: () => boolean;
  readonly incident: (measure: string, incidentId: string) => KnownIncident | undefined;
  /** Undefined: there is nothing to say any more, e.g. its case is erased. */
  readonly message: (alarm: Alarm) => Message | undefined;
  readonly send: (receiver: Receiver, alarm: Alarm, message: Message, stop: AbortSignal) => Promise<Sent>;
  readonly marks: Pick<Marks, 'put'>;
  readonly note: (detail: string) => void;
}

/** Beyond it this site takes no further ones; the other sees no attempt within 2 s and delivers them. */
export const OUTBOX_MAX = 20_000;
/** Tries under way to one receiver; the next waits for one of them to end. */
export const TRIES_PER_RECEIVER_MAX = 16;
const NO_ROOM_AGAIN_MS = 200;
/** A log that does not take the attempt holds no alarm up for longer. */
const ATTEMPT_WAIT_MS = 1_000;
/** A timer this late means that the whole process stood still: what the other site did meanwhile has yet to be read. */
const SLEPT_MS = 1_000;

export interface OutboxCounters {
  delivered: number;
  failedTries: number;
  takeovers: number;
  delayed: number;
  givenUp: number;
  /** Not taken for want of room. */
  overflow: number;
}

export class Outbox {
  readonly #p: OutboxPorts;
  readonly #deliveries = new Map<string, Delivery>();
  readonly #underway = new Map<string, number>();
  readonly #stop = new AbortController();
  #sending = 0;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  readonly counters: OutboxCounters = {
    delivered: 0,
    failedTries: 0,
    takeovers: 0,
    delayed: 0,
    givenUp: 0,
    overflow: 0,
  };

  constructor(ports: OutboxPorts) {
    this.#p = ports;
  }

  /** Tries under way. */
  get sending(): number {
    return this.#sending;
  }
  get pending(): number {
    return this.#deliveries.size;
  }
  /** What this site has taken over from the other, or waits to. */
  get waitingForOther(): number {
    let count = 0;
    for (const { holder, alarm } of this.#deliveries.values()) if ((holder ?? alarm.site) !== this.#p.site) count++;
    return count;
  }

  /** An event as it becomes known. `waitMs`: how long the other site's attempt is waited for; as the rules have it, if left out. */
  take(alarm: Alarm, waitMs = alarm.site === this.#p.site ? 0 : FIRST_ATTEMPT_MS): void {
    if (this.#stop.signal.aborted) return;
    const nowMs = this.#nowMs();
    const incident = this.#p.incident(alarm.measure, alarm.incidentId);
    for (const receiver of this.#p.receivers) {
      const isTold = incident?.deliveries.some((d) => d.receiver === receiver.id) === true;
      const key = keyOf(alarm.id, receiver.id);
      if (this.#deliveries.has(key) || !concerns(receiver, alarm, incident?.reached ?? 0, isTold)) continue;
      const known = incident?.deliveries.find((d) => d.step === alarm.step && d.receiver === receiver.id);
      if (isEnd(known?.outcome)) continue;
      if (this.#deliveries.size >= OUTBOX_MAX) {
        this.counters.overflow++;
        continue;
      }
      const delivery = new Delivery(alarm, receiver, nowMs, nowMs + waitMs);
      if (known !== undefined) {
        delivery.begin(known.turn, known.site, Math.min(nowMs, known.attemptAtMs));
        delivery.delayed = known.outcome === 'delayed';
        delivery.dueMs = Math.max(delivery.turnEndMs, nowMs + waitMs);
      }
      this.#deliveries.set(key, delivery);
      if (delivery.dueMs <= nowMs) this.#act(delivery);
      if (!delivery.busy) this.#armFor(delivery.dueMs);
    }
  }

  /** An attempt or receipt, of either site, has been read from the log. */
  read(site: SiteId, mark: Mark): void {
    if (mark.kind === 'receipt') {
      const { incidentId, step, receiver, outcome } = mark.receipt;
      const key = keyOf(`${incidentId}/${step}`, receiver);
      const delivery = this.#deliveries.get(key);
      if (delivery === undefined) return;
      if (outcome === 'delayed') delivery.delayed = true;
      else this.#deliveries.delete(key);
      return;
    }
    const { incidentId, step, receiver, turn } = mark.attempt;
    const delivery = this.#deliveries.get(keyOf(`${incidentId}/${step}`, receiver));
    // Of two that took the same turn, not knowing of one another, each goes on: they were apart.
    if (delivery === undefined || site === this.#p.site || turn <= delivery.turn) return;
    delivery.begin(turn, site, this.#nowMs());
    this.#arm();
  }

  close(): void {
    this.#timer?.cancel();
    this.#stop.abort();
    this.#deliveries.clear();
  }

  #nowMs(): number {
    return this.#p.time.nowUs() / 1000;
  }

  /** It is due: this site's try within its own turn, or its turn begins. */
  #act(d: Delivery): void {
    if (d.busy || this.#stop.signal.aborted) return;
    const nowMs = this.#nowMs();
    const { site } = this.#p;
    const { alarm, receiver } = d;
    const incident = this.#p.incident(alarm.measure, alarm.incidentId);
    if (alarm.type === 'escalated' && incident?.isUnanswered === false) {
      this.#deliveries.delete(d.key);
      return;
    }
    const underway = this.#underway.get(receiver.id) ?? 0;
    if (underway >= TRIES_PER_RECEIVER_MAX) {
      d.dueMs = nowMs + NO_ROOM_AGAIN_MS;
      return;
    }
    let stored: Promise<void> | undefined;
    if (d.holder !== site || nowMs >= d.turnEndMs) {
      if (d.turn >= TURNS_MAX) return this.#giveUp(d);
      if ((d.holder ?? alarm.site) !== site) this.counters.takeovers++;
      d.begin(d.turn + 1, site, nowMs);
      stored = this.#p.marks.put({ kind: 'attempt', measure: alarm.measure, attempt: this.#attempt(d) });
    }
    d.busy = true;
    this.#underway.set(receiver.id, underway + 1);
    void this.#try(d, stored);
  }

  async #try(d: Delivery, stored: Promise<void> | undefined): Promise<void> {
    const { alarm, receiver } = d;
    if (stored !== undefined) await this.#atMost(stored, ATTEMPT_WAIT_MS);
    const message = this.#deliveries.has(d.key) ? this.#p.message(alarm) : undefined;
    const sent = message === undefined ? undefined : await this.#send(d, message);
    d.busy = false;
    this.#underway.set(receiver.id, (this.#underway.get(receiver.id) ?? 1) - 1);
    if (this.#stop.signal.aborted) return;
    if (sent === undefined) this.#deliveries.delete(d.key);
    else if (sent.taken) {
      d.tries++;
      this.counters.delivered++;
      this.#deliveries.delete(d.key);
      this.#receipt(d, 'delivered');
    } else this.#failed(d, sent.detail);
    this.#arm();
  }

  async #send({ receiver, alarm }: Delivery, message: Message): Promise<Sent> {
    this.#sending++;
    const sent = await this.#p.send(receiver, alarm, message, this.#stop.signal);
    this.#sending--;
    return sent;
  }

  #failed(d: Delivery, detail: string): void {
    const nowMs = this.#nowMs();
    d.tries++;
    this.counters.failedTries++;
    if (d.tries === 1) this.#p.note(`${d.receiver.id} (${d.receiver.channel}) did not take an event: ${detail}`);
    // The other site has begun meanwhile: its turn runs, and its end is waited for.
    if (d.holder !== this.#p.site) return;
    d.hasFailed(nowMs, this.#p.joined());
    if (d.delayed || nowMs - d.knownAtMs < DELAYED_AFTER_MS) return;
    d.delayed = true;
    this.counters.delayed++;
    this.#receipt(d, 'delayed');
  }

  #giveUp(d: Delivery): void {
    this.counters.givenUp++;
    this.#deliveries.delete(d.key);
    this.#p.note(`${d.receiver.id} (${d.receiver.channel}) took an event in none of ${TURNS_MAX} turns: given up`);
    this.#receipt(d, 'given_up');
  }

  #attempt({ alarm, receiver, turn }: Delivery) {
    return {
      incidentId: alarm.incidentId,
      step: alarm.step,
      receiver: receiver.id,
      channel: receiver.channel,
      turn,
    };
  }
  #receipt(d: Delivery, outcome: DispatchReceipt['outcome']): void {
    const receipt = { ...this.#attempt(d), outcome, tries: d.tries };
    void this.#p.marks.put({ kind: 'receipt', measure: d.alarm.measure, receipt });
  }

  #atMost(stored: Promise<void>, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#p.time.after(ms, resolve);
      void stored.then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** The timer stands for the earliest of all; one more needs a look at that one only. */
  #arm(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const d of this.#deliveries.values()) if (!d.busy) next = Math.min(next, d.dueMs);
    this.#armFor(next);
  }
  #armFor(next: number): void {
    if (this.#timer !== undefined && this.#timer.atMs <= next) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (next === Number.POSITIVE_INFINITY || this.#stop.signal.aborted) return;
    const cancel = this.#p.time.after(Math.max(1, next - this.#nowMs()), () => {
      this.#timer = undefined;
      this.#actOnDue(next);
    });
    this.#timer = { atMs: next, cancel };
  }
  #actOnDue(plannedMs: number): void {
    const nowMs = this.#nowMs();
    const slept = nowMs - plannedMs > SLEPT_MS;
    for (const d of this.#deliveries.values()) {
      if (d.busy || d.dueMs > nowMs) continue;
      if (slept && d.holder !== this.#p.site) d.dueMs = nowMs + SLEPT_MS;
      else this.#act(d);
    }
    this.#arm();
  }
}

const isEnd = (outcome: ReceiptOutcome | undefined): boolean => outcome === 'delivered' || outcome === 'given_up';
