// A text message by way of a gateway that takes JSON over HTTP. What it wants to be posted is the operator's to write.
import { shortText } from '../text.ts';
import { shortTextOfMany } from '../text-of-many.ts';
import type { SmsReceiver } from '../receivers.ts';
import type { Channel, Sent } from './channel.ts';
import { post } from './post.ts';

export const smsChannel: Channel<SmsReceiver> = {
  send: (to, { alarm, message }, stop) => sendText(to, shortText(alarm, message, to.language), alarm.id, stop),
  sendMany: (to, told, id, stop) => sendText(to, shortTextOfMany(told, to.language), id, stop),
};

function sendText({ url, to, body, secret }: SmsReceiver, text: string, id: string, stop: AbortSignal): Promise<Sent> {
  const values: Readonly<Record<string, string>> = { to, text, id };
  const filled = Object.fromEntries(
    Object.entries(body).map(([name, pattern]) => [
      name,
      pattern.replaceAll(/\{(to|text|id)\}/g, (_, value: string) => values[value] ?? ''),
    ]),
  );
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': id,
    ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }),
  };
  return post(url, headers, JSON.stringify(filled), stop);
}
