// Signatures of webhooks by the Standard Webhooks specification, symmetric (v1): HMAC-SHA256 over id, timestamp and body.
import { createHmac } from 'node:crypto';

/** `whsec_` and Base64, as the specification has it; any other text counts as it is. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret, 'utf8');

/** The three headers of one request. */
export function signed(id: string, timestampS: number, body: string, secret: string): Record<string, string> {
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestampS}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': `${timestampS}`,
    'webhook-signature': `v1,${signature}`,
  };
}
