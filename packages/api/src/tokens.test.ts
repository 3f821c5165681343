import { must } from '@vigie/model';
import { expect, test } from 'vitest';
import { readTokens, sha256 } from './tokens.ts';

const table = (...tokens: readonly object[]) => readTokens(JSON.stringify({ tokens }));
const entry = (token: string, more: object) => ({ sha256: sha256(token).toString('hex'), role: 'operator', ...more });

test('a token is none from the moment on at which it expires', () => {
  const read = table(entry('ends', { subject: 'anna', expires: '2026-12-01T00:00:00+01:00' }), entry('stays', {}));
  const tokens = must(read.ok ? read.value : undefined, 'the table is good');
  const endsMs = Date.parse('2026-11-30T23:00:00Z');
  expect(tokens.find(sha256('ends'), endsMs - 1)?.subject).toBe('anna');
  expect(tokens.find(sha256('ends'), endsMs)).toBeUndefined();
  expect(tokens.find(sha256('stays'), endsMs)?.subject).toBe('operator');
  expect(tokens.find(sha256('other'), 0)).toBeUndefined();
  expect(tokens.outliving(endsMs)).toEqual(['operator']);
});

test('a table with something wrong in it is refused, with the place', () => {
  for (const [token, said] of [
    [{ sha256: 'x', role: 'operator' }, 'tokens[0] of the tokens file has no sha256'],
    [entry('a', { role: 'king' }), 'has a role other than'],
    [entry('a', { role: 'canton' }), 'names no canton'],
    [entry('a', { expires: 'soon' }), 'has an "expires" that is no RFC 3339 date-time'],
    [entry('a', { expires: 1_800_000_000 }), 'has an "expires" that is no RFC 3339 date-time'],
  ] as const) {
    const read = table(token);
    expect(read.ok ? 'taken' : read.error.detail).toContain(said);
  }
});
