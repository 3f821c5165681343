// Mail by way of a relay on the operator's own premises. A repetition carries the same Message-ID, by which mail systems know it.
import { type Transporter, createTransport } from 'nodemailer';
import { longText, subject } from '../text.ts';
import type { MailReceiver } from '../receivers.ts';
import type { Alarm } from '../alarm.ts';
import type { Channel, Message, Sent } from './channel.ts';

const ANSWER_MS = 4_000;

export class MailChannel implements Channel<MailReceiver> {
  readonly #relays = new Map<string, Transporter>();

  async send(to: MailReceiver, alarm: Alarm, message: Message): Promise<Sent> {
    const domain = to.from.slice(to.from.indexOf('@') + 1);
    try {
      await this.#relay(to).sendMail({
        from: to.from,
        to: to.to,
        subject: subject(alarm, message, to.language),
        text: longText(alarm, message, to.language),
        messageId: `<${alarm.incidentId}.${alarm.step}@${domain}>`,
        headers: { 'X-Vigie-Event': alarm.id, 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return { taken: true };
    } catch (cause) {
      const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      return { taken: false, detail: typeof code === 'string' ? code : 'not sent' };
    }
  }

  close(): void {
    for (const relay of this.#relays.values()) relay.close();
  }

  #relay({ id, relay, secret }: MailReceiver): Transporter {
    const known = this.#relays.get(id);
    if (known !== undefined) return known;
    const made = createTransport({
      pool: true,
      maxConnections: 2,
      host: relay.host,
      port: relay.port,
      secure: relay.tls === 'tls',
      requireTLS: relay.tls === 'starttls',
      ignoreTLS: relay.tls === 'none',
      ...(relay.user === undefined ? {} : { auth: { user: relay.user, pass: secret } }),
      connectionTimeout: ANSWER_MS,
      greetingTimeout: ANSWER_MS,
      socketTimeout: ANSWER_MS,
    });
    this.#relays.set(id, made);
    return made;
  }
}
