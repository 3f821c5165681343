// Each channel against a real server of its kind.
import type { AddressInfo } from 'node:net';
import { ManualTime } from '@vigie/log';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import type { Alarm } from '../alarm.ts';
import type { MailReceiver, SmsReceiver, WebhookReceiver } from '../receivers.ts';
import { HttpReceiver } from '../testing/receiver.ts';
import type { Message, Told } from './channel.ts';
import { MailChannel } from './mail.ts';
import { signed } from './signature.ts';
import { smsChannel } from './sms.ts';
import { webhookChannel } from './webhook.ts';

const alarm: Alarm = {
  id: 'a1b2/escalated.2',
  incidentId: 'a1b2',
  step: 'escalated.2',
  type: 'escalated',
  level: 2,
  kind: 'exclusion',
  ruleId: 'stay-away',
  lane: 'live',
  measure: '00',
  authority: 'JU',
  site: 'noirmont',
  atMs: 0,
};
const message: Message = {
  event: { specversion: '1.0', id: alarm.id },
  caseId: 'JU-1',
  openedAtMs: Date.parse('2026-11-22T10:00:00Z'),
  sentence: {
    fr: 'La personne…',
    de: 'Die Person befindet sich in einer verbotenen Zone.',
    it: 'La persona…',
    en: 'The person…',
  },
  url: 'https://console.example',
};
const common = { id: 'desk', authorities: '*', levels: [2], follow: [], language: 'de', kinds: undefined } as const;
const never = new AbortController().signal;

async function listening(): Promise<HttpReceiver> {
  const receiver = await HttpReceiver.open();
  onTestFinished(() => receiver.close());
  return receiver;
}

test('a webhook is signed as the test vector of the specification says', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  expect(signed('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}', secret)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a webhook is a CloudEvent in structured JSON whose id is the incident and the step, signed over what is sent', async () => {
  const receiver = await listening();
  const to = {
    ...common,
    channel: 'webhook',
    url: receiver.url,
    secret: 'whsec_c2VjcmV0',
  } as unknown as WebhookReceiver;
  const time = new ManualTime(1_764_000_000_000_000);
  expect(await webhookChannel(time).send(to, { alarm, message }, never)).toEqual({ taken: true });
  const [got] = receiver.got;
  expect(got?.headers).toMatchObject({
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'ce-id': alarm.id,
    'ce-type': 'vigie.incident.escalated',
    ...signed(alarm.id, 1_764_000_000, got?.body ?? '', to.secret),
  });
  expect(JSON.parse(got?.body ?? '')).toEqual(message.event);
});

test('what answers anything but 2xx, elsewhere, or not at all has not taken it', async () => {
  const receiver = await listening();
  const to = { ...common, channel: 'webhook', url: receiver.url, secret: 's' } as unknown as WebhookReceiver;
  const webhooks = webhookChannel(new ManualTime());
  for (const status of [302, 404, 503]) {
    receiver.status = status;
    expect(await webhooks.send(to, { alarm, message }, never)).toEqual({
      taken: false,
      detail: `answered ${status}`,
      refused: status === 404,
    });
  }
  receiver.status = 0;
  expect(await webhooks.send(to, { alarm, message }, never)).toMatchObject({ taken: false });
  await receiver.close();
  expect(await webhooks.send(to, { alarm, message }, never)).toEqual({ taken: false, detail: 'ECONNREFUSED' });
});

/** Silences of cases JU-1 to JU-n. */
const many = (n: number) =>
  Array.from({ length: n }, (_, i) => {
    const id = `i${i}/early`;
    const told = {
      ...alarm,
      id,
      incidentId: `i${i}`,
      step: 'early',
      type: 'early',
      level: 0,
      kind: 'silence',
    } as const;
    const event = { specversion: '1.0', id };
    return {
      alarm: told,
      message: { ...message, event, caseId: `JU-${i + 1}`, openedAtMs: message.openedAtMs + i * 60_000 },
    };
  }) as unknown as readonly [Told, ...Told[]];

test('[MS6] several events are one CloudEvents batch, signed under an id of their own', async () => {
  const receiver = await listening();
  const to = { ...common, channel: 'webhook', url: receiver.url, secret: 's' } as unknown as WebhookReceiver;
  const time = new ManualTime(1_764_000_000_000_000);
  expect(await webhookChannel(time).sendMany(to, many(3), 'x7', never)).toEqual({ taken: true });
  const [got] = receiver.got;
  expect(got?.headers).toMatchObject({
    'content-type': 'application/cloudevents-batch+json; charset=utf-8',
    ...signed('x7', 1_764_000_000, got?.body ?? '', to.secret),
  });
  expect(Object.keys(got?.headers ?? {}).filter((name) => name.startsWith('ce-'))).toEqual([]);
  expect(JSON.parse(got?.body ?? '')).toEqual(many(3).map((one) => one.message.event));
});

test('[MS6] a text message on many devices says how many, since when and which cases, as far as there is room', async () => {
  const receiver = await listening();
  const to = {
    ...common,
    channel: 'sms',
    url: receiver.url,
    to: '+41320000000',
    body: { text: '{text}', id: '{id}' },
    secret: '',
  } as unknown as SmsReceiver;
  for (const n of [2, 500]) expect(await smsChannel.sendMany(to, many(n), 'x7', never)).toEqual({ taken: true });
  const [first, second] = receiver.got.map((got) => JSON.parse(got.body) as Record<string, string>);
  expect(first).toEqual({
    id: 'x7',
    text: 'Vigie: Alarm, 2 Geräte verstummt, seit 22.11.2026 11:00 UTC+1; Fälle: JU-1, JU-2 https://console.example',
  });
  expect(second?.['text']?.length).toBeLessThanOrEqual(450);
  expect(second?.['text']).toMatch(/^Vigie: Alarm, 500 Geräte verstummt, .* \+4[0-9]{2} https:\/\/console\.example$/);
});

test('a text message is what the gateway wants to be posted, short, with the level and the case', async () => {
  const receiver = await listening();
  const body = { recipient: '{to}', message: '{text}', reference: 'vigie {id}' };
  const to = {
    ...common,
    channel: 'sms',
    url: receiver.url,
    to: '+41320000000',
    body,
    secret: 'token',
  } as unknown as SmsReceiver;
  const long = { ...message, sentence: { ...message.sentence, de: 'x'.repeat(2_000) } };
  for (const said of [message, long])
    expect(await smsChannel.send(to, { alarm, message: said }, never)).toEqual({ taken: true });
  const [first, second] = receiver.got.map((got) => JSON.parse(got.body) as Record<string, string>);
  expect(first).toEqual({
    recipient: '+41320000000',
    message:
      'Vigie: Alarm, Fall JU-1 (niemand hat quittiert, Stufe 2), seit 22.11.2026 11:00 UTC+1. Die Person befindet sich in einer verbotenen Zone. https://console.example',
    reference: 'vigie a1b2/escalated.2',
  });
  expect(second?.['message']).toHaveLength(450);
  expect(second?.['message']).toMatch(/https:\/\/console\.example$/);
  expect(receiver.got[0]?.headers).toMatchObject({ authorization: 'Bearer token', 'idempotency-key': alarm.id });
});

test('mail goes to the relay with one Message-ID however often it is sent, and a relay that refuses has not taken it', async () => {
  const mails: string[] = [];
  let refuses = false;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onData: (stream, _session, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      stream.on('end', () => {
        mails.push(text);
        done(refuses ? new Error('mailbox full') : null);
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const channel = new MailChannel();
  onTestFinished(async () => {
    channel.close();
    await new Promise<void>((resolve) => server.close(resolve));
  });
  const { port } = server.server.address() as AddressInfo;
  const to = {
    ...common,
    channel: 'mail',
    relay: { host: '127.0.0.1', port, tls: 'none' },
    from: 'vigie@site.example',
    to: ['permanence@site.example'],
    secret: '',
  } as unknown as MailReceiver;
  for (let i = 0; i < 2; i++) expect(await channel.send(to, { alarm, message })).toEqual({ taken: true });
  expect(mails).toHaveLength(2);
  for (const mail of mails) {
    expect(mail).toMatch(/^Message-ID: <a1b2\.escalated\.2@site\.example>\r$/m);
    expect(mail).toMatch(/^Subject: Vigie: Alarm, Fall JU-1\r$/m);
    expect(mail).toContain('niemand hat quittiert, Stufe 2.');
  }
  expect(await channel.sendMany(to, many(2), 'x7')).toEqual({ taken: true });
  expect(mails[2]).toMatch(/^Message-ID: <x7@site\.example>\r$/m);
  for (const n of [1, 2]) expect(mails[2]).toContain(`Fall JU-${n}: Die Person`);
  refuses = true;
  expect(await channel.send(to, { alarm, message })).toMatchObject({ taken: false });
});
