// What sites tell one another of an alarm on its way to people (D3): who tries to deliver it, and what became of it. Both are items
// of entries, sealed with their case. A receiver is named by its id in the sites' settings; its address is not in the log.

export const CHANNELS = ['webhook', 'mail', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A site takes the turn to deliver. Written before the first try, so that the other site knows who is at it. */
export interface DispatchAttempt {
  readonly incidentId: string;
  /** Of the event that is delivered: `early`, `escalated.2`, ... */
  readonly step: string;
  readonly receiver: string;
  readonly channel: Channel;
  /** 1, 2, 3, ...: turns change between the sites until there is a receipt. */
  readonly turn: number;
}

/** Delivered: the receiver took it. Delayed: nobody has for a while, trying goes on. Given up: the last turn has ended. */
export const RECEIPT_OUTCOMES = ['delivered', 'delayed', 'given_up'] as const;
export type ReceiptOutcome = (typeof RECEIPT_OUTCOMES)[number];

export interface DispatchReceipt {
  readonly incidentId: string;
  readonly step: string;
  readonly receiver: string;
  readonly channel: Channel;
  readonly turn: number;
  readonly outcome: ReceiptOutcome;
  /** Tries of this site so far. */
  readonly tries: number;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Ids of receivers appear in the log, in metrics and on screens: short, plain, and nobody's name or number. */
export const isReceiverId = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 200;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

export function isDispatchAttempt(value: unknown): value is DispatchAttempt {
  return (
    isObject(value) &&
    isText(value['incidentId']) &&
    isText(value['step']) &&
    isReceiverId(value['receiver']) &&
    (CHANNELS as readonly unknown[]).includes(value['channel']) &&
    isCount(value['turn'])
  );
}

export function isDispatchReceipt(value: unknown): value is DispatchReceipt {
  return (
    isDispatchAttempt(value) &&
    (RECEIPT_OUTCOMES as readonly unknown[]).includes((value as unknown as Fields)['outcome']) &&
    isCount((value as unknown as Fields)['tries'])
  );
}
