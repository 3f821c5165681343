// A site program for tests of the supervisor alone: it holds the contract of the environment, answers health, and nothing else.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import postgres from 'postgres';

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

const owner = postgres(need('PG_URL'), { max: 1, onnotice: () => {} });
await owner`create schema if not exists stand_in`;
await owner`grant usage on schema stand_in to vigie_app`;
await owner.end();
const app = postgres(need('PG_APP_URL'), { max: 1 });
const [role] = await app`select rolsuper or rolbypassrls as beyond from pg_roles where rolname = current_user`;
await app.end();
writeFileSync(join(need('DATA_DIR'), 'started'), new Date().toISOString());
const tokens = JSON.parse(readFileSync(need('TOKENS_FILE'), 'utf8')) as { tokens: { sha256: string; role: string }[] };

createServer((request, response) => {
  const sha256 = createHash('sha256')
    .update((request.headers.authorization ?? '').replace('Bearer ', ''))
    .digest('hex');
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      site: need('SITE'),
      beyondRowSecurity: role?.['beyond'],
      keyBytes: Buffer.from(readFileSync(need('WRAPPING_KEY_FILE'), 'utf8').trim(), 'hex').length,
      role: tokens.tokens.find((token) => token.sha256 === sha256)?.role,
    }),
  );
}).listen(Number(need('HTTP_PORT')), need('HTTP_HOST'));
process.on('SIGTERM', () => process.exit(0));
