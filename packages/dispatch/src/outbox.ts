// The alarms that somebody has yet to be told of, and this site's part in it (D3): it begins, waits for the other site, takes over, tries
// again, gives up. Whatever it does stands in the log first; whatever the other site does it learns from there.
import type { Time } from '@vigie/log';
import { type DispatchReceipt, type ReceiptOutcome, type SiteId, byCodeUnit, derivedId } from '@vigie/model';
import { type Alarm, concerns } from './alarm.ts';
import type { Message, Sent, Told } from './channels/channel.ts';
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

/** Alarms that come by the hundred have one cause, and are told together: the silences of a mass silence. */
export interface Many {
  /** It is of the sort that comes by the hundred: others are waited for a moment. */
  readonly mayBe: (alarm: Alarm) => boolean;
  /** It is one of many, as far as is known now. */
  readonly isOne: (alarm: Alarm) => boolean;
}

export interface OutboxPorts {
  readonly site: SiteId;
  readonly time: Time;
  readonly receivers: readonly Receiver[];
  readonly joined: () => boolean;
  readonly incident: (measure: string, incidentId: string) => KnownIncident | undefined;
  /** Undefined: there is nothing to say any more, e.g. its case is erased. */
  readonly message: (alarm: Alarm) => Message | undefined;
  readonly send: (receiver: Receiver, told: Told, stop: AbortSignal) => Promise<Sent>;
  readonly sendMany: (
    receiver: Receiver,
    told: readonly [Told, ...Told[]],
    id: string,
    stop: AbortSignal,
  ) => Promise<Sent>;
  readonly many: Many;
  readonly marks: Pick<Marks, 'put'>;
  readonly note: (detail: string) => void;
}

/** Beyond it this site takes no further ones; the other sees no attempt within 2 s and delivers them. */
export const OUTBOX_MAX = 20_000;
/** Tries under way to one receiver; the next waits for one of them to end. */
export const TRIES_PER_RECEIVER_MAX = 16;
const NO_ROOM_AGAIN_MS = 200;
/** Others of its sort are waited for this long, within the turn; whether there are many is looked at every two seconds. */
export const GATHER_MS = 3_000;
/** Events in one message. */
export const TOGETHER_MAX = 500;
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
  /** Messages that told several events. */
  together: number;
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
    together: 0,
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
    const gathers = !d.alone && d.gatheredMs === undefined && this.#p.many.mayBe(alarm);
    const underway = this.#underway.get(receiver.id) ?? 0;
    if (underway >= TRIES_PER_RECEIVER_MAX && !gathers) {
      d.dueMs = nowMs + NO_ROOM_AGAIN_MS;
      return;
    }
    if (d.holder !== site || nowMs >= d.turnEndMs) {
      if (d.turn >= TURNS_MAX) return this.#giveUp(d);
      if ((d.holder ?? alarm.site) !== site) this.counters.takeovers++;
      d.begin(d.turn + 1, site, nowMs);
      d.stored = this.#p.marks.put({ kind: 'attempt', measure: alarm.measure, attempt: this.#attempt(d) });
    }
    if (gathers) {
      d.gatheredMs = nowMs + GATHER_MS;
      d.dueMs = d.gatheredMs;
      return;
    }
    const together = this.#withOthers(d, nowMs);
    for (const one of together) one.busy = true;
    this.#underway.set(receiver.id, underway + 1);
    void this.#try(receiver, together);
  }

  /** It, and what is told with it: what waits for the same receiver in this site's own turn and says the same of others of the many. */
  #withOthers(d: Delivery, nowMs: number): readonly Delivery[] {
    const { many, site } = this.#p;
    if (d.alone || d.gatheredMs === undefined || !many.isOne(d.alarm)) return [d];
    const together = [d];
    for (const one of this.#deliveries.values()) {
      if (together.length >= TOGETHER_MAX) break;
      const { alarm } = one;
      const waits = one !== d && one.receiver === d.receiver && !one.busy && !one.alone && one.gatheredMs !== undefined;
      const says = alarm.type === d.alarm.type && alarm.level === d.alarm.level;
      if (!waits || !says || one.holder !== site || nowMs >= one.turnEndMs || !many.isOne(alarm)) continue;
      const isOver =
        alarm.type === 'escalated' && this.#p.incident(alarm.measure, alarm.incidentId)?.isUnanswered === false;
      if (!isOver) together.push(one);
    }
    return together;
  }

  async #try(receiver: Receiver, together: readonly Delivery[]): Promise<void> {
    const stored = together.flatMap((d) => d.stored ?? []);
    for (const d of together) d.stored = undefined;
    if (stored.length > 0) await this.#atMost(Promise.all(stored), ATTEMPT_WAIT_MS);
    const told: Told[] = [];
    const said: Delivery[] = [];
    for (const d of together) {
      const message = this.#deliveries.has(d.key) ? this.#p.message(d.alarm) : undefined;
      if (message === undefined) continue;
      told.push({ alarm: d.alarm, message });
      said.push(d);
    }
    const sent = await this.#send(receiver, told);
    for (const d of together) d.busy = false;
    this.#underway.set(receiver.id, (this.#underway.get(receiver.id) ?? 1) - 1);
    if (this.#stop.signal.aborted) return;
    for (const d of together) if (!said.includes(d)) this.#deliveries.delete(d.key);
    for (const d of said) this.#answered(d, sent, said);
    this.#arm();
  }

  async #send(receiver: Receiver, told: readonly Told[]): Promise<Sent> {
    const [first, ...rest] = told;
    if (first === undefined) return { taken: true };
    const { signal } = this.#stop;
    this.#sending++;
    if (rest.length > 0) this.counters.together++;
    const sent =
      rest.length === 0
        ? await this.#p.send(receiver, first, signal)
        : await this.#p.sendMany(receiver, [first, ...rest], idOf(told), signal);
    this.#sending--;
    return sent;
  }

  #answered(d: Delivery, sent: Sent, together: readonly Delivery[]): void {
    if (sent.taken) {
      d.tries++;
      this.counters.delivered++;
      this.#deliveries.delete(d.key);
      this.#receipt(d, 'delivered');
      return;
    }
    // One message has failed, and is said once.
    this.#failed(d, sent.detail, d === together[0]);
    if (together.length === 1 || sent.refused !== true) return;
    // It may take each by itself: nothing stays untold because it came with others.
    d.alone = true;
    if (d.holder === this.#p.site && this.#nowMs() < d.turnEndMs) d.dueMs = this.#nowMs();
  }

  #failed(d: Delivery, detail: string, isSaid: boolean): void {
    const nowMs = this.#nowMs();
    d.tries++;
    this.counters.failedTries++;
    if (d.tries === 1 && isSaid)
      this.#p.note(`${d.receiver.id} (${d.receiver.channel}) did not take an event: ${detail}`);
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

  #atMost(stored: Promise<unknown>, ms: number): Promise<void> {
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

/** The same for the same events, so that a receiver knows a repetition. */
const idOf = (told: readonly Told[]): string =>
  derivedId('together', ...told.map(({ alarm }) => alarm.id).sort(byCodeUnit));

const isEnd = (outcome: ReceiptOutcome | undefined): boolean => outcome === 'delivered' || outcome === 'given_up';
