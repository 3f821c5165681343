// Mail by way of a relay on the operator's own premises. A repetition carries the same Message-ID, by which mail systems know it.
import { type Transporter, createTransport } from 'nodemailer';
import { longText, subject } from '../text.ts';
import type { MailReceiver } from '../receivers.ts';
import { longTextOfMany, subjectOfMany } from '../text-of-many.ts';
import type { Channel, Sent, Told } from './channel.ts';

const ANSWER_MS = 4_000;

interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

export class MailChannel implements Channel<MailReceiver> {
  readonly #relays = new Map<string, Transporter>();

  send(to: MailReceiver, { alarm, message }: Told): Promise<Sent> {
    const { language } = to;
    return this.#mail(to, {
      subject: subject(alarm, message, language),
      text: longText(alarm, message, language),
      id: `${alarm.incidentId}.${alarm.step}`,
      headers: { 'X-Vigie-Event': alarm.id },
    });
  }
  sendMany(to: MailReceiver, told: readonly [Told, ...Told[]], id: string): Promise<Sent> {
    const { language } = to;
    return this.#mail(to, {
      subject: subjectOfMany(told, language),
      text: longTextOfMany(told, language),
      id,
      headers: {},
    });
  }

  async #mail(to: MailReceiver, { subject, text, id, headers }: Letter): Promise<Sent> {
    const domain = to.from.slice(to.from.indexOf('@') + 1);
    try {
      await this.#relay(to).sendMail({
        from: to.from,
        to: to.to,
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { ...headers, 'Auto-Submitted': 'auto-generated' },
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
