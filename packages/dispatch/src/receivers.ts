// Who is told of what, as the operator of a site has written it down (RECEIVERS_FILE). Nothing is sent to anybody who is not in it.
// Both sites hold the same receivers under the same ids. Secrets stand in files of their own, beside it or at a full path.
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import {
  CANTONS,
  EVENT_TYPES,
  HARM,
  type IncidentKind,
  LADDER,
  type Result,
  fail,
  isReceiverId,
  ok,
} from '@vigie/model';
import { z } from 'zod';

const RECEIVERS_MAX = 1_000;
/** Level 0 is the raising itself; 1 to 4 are the ladder's. */
const level = z.number().int().min(0).max(LADDER.length);
const LANGUAGES = ['fr', 'de', 'it', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
const KINDS = Object.keys(HARM) as [IncidentKind, ...IncidentKind[]];
/** Types that people follow an incident by, beside its raising and its escalations. */
const FOLLOWED = EVENT_TYPES.filter((type) => type !== 'early' && type !== 'escalated');

const httpUrl = z.url({ protocol: /^https?$/ });
const common = {
  id: z.string().refine(isReceiverId, 'must be 1 to 64 of a-z, 0-9, dot, dash and underscore'),
  authorities: z.array(z.enum(CANTONS)).min(1).or(z.literal('*')),
  /** Where the person is, as far as that is known; else the canton of the case. Absent: anywhere. */
  cantons: z.array(z.enum(CANTONS)).min(1).optional(),
  levels: z.array(level).min(1),
  /** Told too, once it was told of the incident. */
  follow: z.array(z.enum(FOLLOWED)).default(['withdrawn', 'refuted', 'explained', 'switched_off']),
  kinds: z.array(z.enum(KINDS)).optional(),
  language: z.enum(LANGUAGES).default('fr'),
};
const file = z.string().min(1);
const webhook = z.strictObject({ ...common, channel: z.literal('webhook'), url: httpUrl, secretFile: file });
const sms = z.strictObject({
  ...common,
  channel: z.literal('sms'),
  url: httpUrl,
  to: z.string().regex(/^\+[0-9]{6,15}$/, 'must be a number like +41321234567'),
  tokenFile: file.optional(),
  /** What the gateway wants to be posted, as JSON: {to}, {text} and {id} are filled in. */
  body: z.record(z.string(), z.string()).default({ to: '{to}', text: '{text}', id: '{id}' }),
});
const mail = z.strictObject({
  ...common,
  channel: z.literal('mail'),
  relay: z.strictObject({
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535),
    tls: z.enum(['tls', 'starttls', 'none']),
    user: z.string().optional(),
    passwordFile: file.optional(),
  }),
  from: z.email(),
  to: z.array(z.email()).min(1).max(50),
});
const receiverSchema = z.discriminatedUnion('channel', [webhook, sms, mail]);
const receiversSchema = z.strictObject({ receivers: z.array(receiverSchema).max(RECEIVERS_MAX) });

type Written = z.infer<typeof receiverSchema>;
/** With the content of the secret file it names. */
export type Receiver = Written & { readonly secret: string };
export type WebhookReceiver = Extract<Receiver, { channel: 'webhook' }>;
export type SmsReceiver = Extract<Receiver, { channel: 'sms' }>;
export type MailReceiver = Extract<Receiver, { channel: 'mail' }>;

/** @param production no plain HTTP or SMTP but to this machine itself */
export async function readReceivers(path: string, production: boolean): Promise<Result<readonly Receiver[]>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    return fail('invalid-input', `${path} cannot be read as JSON`, { cause });
  }
  const parsed = receiversSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail('invalid-input', `${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  const receivers: Receiver[] = [];
  const known = new Set<string>();
  for (const written of parsed.data.receivers) {
    if (known.has(written.id)) return fail('invalid-input', `${path}: two receivers are called ${written.id}`);
    known.add(written.id);
    if (production && isPlain(written))
      return fail('invalid-input', `${path}: ${written.id} would be told unencrypted; only this machine itself may be`);
    const secret = await secretOf(written, path);
    if (!secret.ok) return secret;
    receivers.push({ ...written, secret: secret.value });
  }
  return ok(receivers);
}

async function secretOf(written: Written, path: string): Promise<Result<string>> {
  const name =
    written.channel === 'webhook'
      ? written.secretFile
      : written.channel === 'sms'
        ? written.tokenFile
        : written.relay.passwordFile;
  if (name === undefined) return ok('');
  const at = isAbsolute(name) ? name : join(path, '..', name);
  try {
    const secret = (await readFile(at, 'utf8')).trim();
    return secret === '' ? fail('invalid-input', `${at}, the secret of ${written.id}, is empty`) : ok(secret);
  } catch (cause) {
    return fail('invalid-input', `${at}, the secret of ${written.id}, cannot be read`, { cause });
  }
}

const isThisMachine = (host: string): boolean => host === 'localhost' || host === '[::1]' || host.startsWith('127.');
function isPlain(written: Written): boolean {
  if (written.channel === 'mail') return written.relay.tls === 'none' && !isThisMachine(written.relay.host);
  const { protocol, hostname } = new URL(written.url);
  return protocol === 'http:' && !isThisMachine(hostname);
}
