// What a channel is given and what it answers. A channel never throws for what a receiver does.
import type { Alarm } from '../alarm.ts';
import type { Language } from '../receivers.ts';

/** What is said, made anew at each try, so that a late one says how things stand then. */
export interface Message {
  /** The CloudEvent, as the event stream gives it. */
  readonly event: object;
  readonly caseId: string;
  readonly openedAtMs: number;
  /** Why, in words; without coordinates. */
  readonly sentence: Readonly<Record<Language, string>>;
  /** Where to look at it. */
  readonly url: string;
}

/** `refused`: the receiver does not want what it was sent as it was sent (4xx), whenever it comes. */
export type Sent =
  | { readonly taken: true }
  | { readonly taken: false; readonly detail: string; readonly refused?: boolean };

/** One event and what is said of it. */
export interface Told {
  readonly alarm: Alarm;
  readonly message: Message;
}

export interface Channel<To> {
  send(to: To, told: Told, stop: AbortSignal): Promise<Sent>;
  /** Several events of one type in one message; `id` is the same for the same events. */
  sendMany(to: To, told: readonly [Told, ...Told[]], id: string, stop: AbortSignal): Promise<Sent>;
}
