// A text message by way of a gateway that takes JSON over HTTP. What it wants to be posted is the operator's to write.
import { shortText } from '../text.ts';
import type { SmsReceiver } from '../receivers.ts';
import type { Channel } from './channel.ts';
import { post } from './post.ts';

export const smsChannel: Channel<SmsReceiver> = {
  send: ({ url, to, body, secret, language }, alarm, message, stop) => {
    const values: Readonly<Record<string, string>> = { to, text: shortText(alarm, message, language), id: alarm.id };
    const filled = Object.fromEntries(
      Object.entries(body).map(([name, pattern]) => [
        name,
        pattern.replaceAll(/\{(to|text|id)\}/g, (_, value: string) => values[value] ?? ''),
      ]),
    );
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': alarm.id,
      ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }),
    };
    return post(url, headers, JSON.stringify(filled), stop);
  },
};
