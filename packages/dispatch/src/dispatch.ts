// Dispatch of one site: the outbox, its channels, and the marks it leaves in the log.
import type { Time } from '@vigie/log';
import { type SiteId, unreachable } from '@vigie/model';
import type { Alarm } from './alarm.ts';
import type { Message, Sent, Told } from './channels/channel.ts';
import { MailChannel } from './channels/mail.ts';
import { smsChannel } from './channels/sms.ts';
import { webhookChannel } from './channels/webhook.ts';
import { type Mark, Marks } from './marks.ts';
import { type KnownIncident, type Many, Outbox, type OutboxCounters, type OutboxPorts } from './outbox.ts';
import type { Receiver } from './receivers.ts';
import { FIRST_ATTEMPT_MS } from './turns.ts';

export interface DispatchOptions {
  readonly site: SiteId;
  readonly time: Time;
  readonly receivers: readonly Receiver[];
  readonly joined: () => boolean;
  readonly incident: (measure: string, incidentId: string) => KnownIncident | undefined;
  readonly message: (alarm: Alarm) => Message | undefined;
  readonly many: Many;
  /** True once all of them are stored. Never throws. */
  readonly append: (kind: Mark['kind'], marks: readonly Mark[]) => Promise<boolean>;
  readonly note: (detail: string) => void;
  /** Real ones unless a simulation gives its own. */
  readonly channels?: Pick<OutboxPorts, 'send' | 'sendMany'>;
}

export interface DispatchStatus extends Readonly<OutboxCounters> {
  readonly sending: number;
  readonly pending: number;
  readonly waitingForOther: number;
  readonly marksWaiting: number;
  readonly marksDropped: number;
}

export class Dispatch {
  readonly #site: SiteId;
  readonly #outbox: Outbox;
  readonly #marks: Marks;
  readonly #mail = new MailChannel();

  constructor(o: DispatchOptions) {
    const webhooks = webhookChannel(o.time);
    this.#site = o.site;
    this.#marks = new Marks(o.time, o.append);
    const send = (to: Receiver, told: Told, stop: AbortSignal): Promise<Sent> => {
      switch (to.channel) {
        case 'webhook':
          return webhooks.send(to, told, stop);
        case 'sms':
          return smsChannel.send(to, told, stop);
        case 'mail':
          return this.#mail.send(to, told);
        default:
          return unreachable(to);
      }
    };
    const sendMany = (to: Receiver, told: readonly [Told, ...Told[]], id: string, stop: AbortSignal): Promise<Sent> => {
      switch (to.channel) {
        case 'webhook':
          return webhooks.sendMany(to, told, id, stop);
        case 'sms':
          return smsChannel.sendMany(to, told, id, stop);
        case 'mail':
          return this.#mail.sendMany(to, told, id);
        default:
          return unreachable(to);
      }
    };
    this.#outbox = new Outbox({ ...o, ...(o.channels ?? { send, sendMany }), marks: this.#marks });
  }

  /** An event, as it is published. */
  take(alarm: Alarm): void {
    this.#outbox.take(alarm);
  }
  /** An event from before this process started that may not have reached everybody. Its owner looks first, so that not both begin. */
  resume(alarm: Alarm): void {
    this.#outbox.take(alarm, (alarm.site === this.#site ? 1 : 2) * FIRST_ATTEMPT_MS);
  }
  /** An attempt or receipt, as it is read. */
  read(site: SiteId, mark: Mark): void {
    this.#outbox.read(site, mark);
  }

  status(): DispatchStatus {
    return {
      ...this.#outbox.counters,
      sending: this.#outbox.sending,
      pending: this.#outbox.pending,
      waitingForOther: this.#outbox.waitingForOther,
      marksWaiting: this.#marks.waiting,
      marksDropped: this.#marks.dropped,
    };
  }
  close(): void {
    this.#outbox.close();
    this.#marks.close();
    this.#mail.close();
  }
}
