// Who may ask this site for what: TOKENS_FILE, and what production wants of it.
import { readFile } from 'node:fs/promises';
import { type TokenTable, readTokens } from '@vigie/api';
import type { Note } from './operating-log.ts';
import type { Settings } from './settings.ts';

const DAY_MS = 86_400_000;
/** In production no token is good for longer than this from a start on: one that was lost is worth nothing some day. */
const TOKEN_DAYS_MAX = 400;
/** A token that ends within this is named at each start, so that somebody has time. */
const TOKEN_DAYS_WARNED = 30;

/** The tokens of a demonstration are known to whoever reads its access.json: production does not start with them. */
export async function tokensOf(
  { tokensFile, production }: Pick<Settings, 'tokensFile' | 'production'>,
  nowMs: number,
  note: Note,
): Promise<TokenTable> {
  const text = await readFile(tokensFile, 'utf8');
  const tokens = readTokens(text);
  if (!tokens.ok) throw new Error(`${tokensFile}: ${tokens.error.detail}`);
  const table = tokens.value;
  if (!production) return table;
  if ((JSON.parse(text) as { demonstration?: unknown }).demonstration === true)
    throw new Error(`${tokensFile} holds the tokens of a demonstration; production needs its own`);
  const endless = table.outliving(nowMs + TOKEN_DAYS_MAX * DAY_MS);
  if (endless.length > 0)
    throw new Error(
      `${tokensFile}: the token of ${endless[0]} needs an "expires" at most ${TOKEN_DAYS_MAX} days from now` +
        (endless.length === 1 ? '' : `, and ${endless.length - 1} more do`),
    );
  const good = table.outliving(nowMs);
  const lasting = new Set(table.outliving(nowMs + TOKEN_DAYS_WARNED * DAY_MS));
  const ending = good.filter((subject) => !lasting.has(subject));
  if (ending.length > 0) note('warn', `tokens that expire within ${TOKEN_DAYS_WARNED} days: ${ending.join(', ')}`);
  return table;
}
