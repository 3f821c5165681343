import { type OriginMessage, originMessage } from '@vigie/log';
import { encodeEntry, logTimeUs } from '@vigie/model';
import { expect, test } from 'vitest';
import type { ProjectionSource } from '../source.ts';
import { LogRows } from './log-rows.ts';

const source = {} as ProjectionSource;
const bytes = encodeEntry({ v: 1, entryId: 'e', t: logTimeUs(1), kind: 'heartbeat', seen: null, items: [] });
const message = (change: (bytes: Uint8Array) => void): OriginMessage => {
  const changed = bytes.slice();
  change(changed);
  return originMessage('noirmont', '1-n', 1, changed);
};

test('[L3] rows stop before an entry of a newer format, and pass over bytes that are no entry', () => {
  const rows = new LogRows();
  expect(
    rows.add(
      source,
      message((b) => b.set([0], 0)),
      0,
    ),
  ).toMatchObject({ ok: true });
  expect(rows.unreadable).toBe(1);
  expect(
    rows.add(
      source,
      message((b) => b.set([2], 3)),
      0,
    ),
  ).toMatchObject({ ok: false, error: { kind: 'newer-format' } });
  expect(rows.unreadable).toBe(1);
});
