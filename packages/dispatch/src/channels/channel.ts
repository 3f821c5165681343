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

export type Sent = { readonly taken: true } | { readonly taken: false; readonly detail: string };

export interface Channel<To> {
  send(to: To, alarm: Alarm, message: Message, stop: AbortSignal): Promise<Sent>;
}
