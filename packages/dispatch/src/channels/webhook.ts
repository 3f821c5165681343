// CloudEvents over HTTP, structured mode, signed. The attributes stand in headers too, as the HTTP binding allows, so that a receiver
// can sort out repetitions without reading the body.
import type { Time } from '@vigie/log';
import type { WebhookReceiver } from '../receivers.ts';
import type { Channel } from './channel.ts';
import { post } from './post.ts';
import { signed } from './signature.ts';

export const webhookChannel = (time: Pick<Time, 'nowUs'>): Channel<WebhookReceiver> => ({
  send: ({ url, secret }, { alarm, message: { event } }, stop) => {
    const body = JSON.stringify(event);
    const timestampS = Math.floor(time.nowUs() / 1_000_000);
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'ce-specversion': '1.0',
      'ce-id': alarm.id,
      'ce-type': `vigie.incident.${alarm.type}`,
      'ce-source': `/sites/${alarm.site}`,
      ...signed(alarm.id, timestampS, body, secret),
    };
    return post(url, headers, body, stop);
  },
  // The batched mode of the same binding: a list of the events, as each would be sent by itself.
  sendMany: ({ url, secret }, told, id, stop) => {
    const body = JSON.stringify(told.map(({ message }) => message.event));
    const timestampS = Math.floor(time.nowUs() / 1_000_000);
    const headers = {
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
      ...signed(id, timestampS, body, secret),
    };
    return post(url, headers, body, stop);
  },
});
