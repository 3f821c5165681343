import { MemoryCluster } from '@vigie/log';
import { ok } from '@vigie/model';
import { type KeyRing, Replica, SiteReplica } from '@vigie/replica';
import { expect, onTestFinished, test } from 'vitest';
import { projectionSource } from './projection-source.ts';

const keys: KeyRing = {
  has: () => true,
  open: (_, bytes) => ok(bytes),
  seal: (_, bytes) => ok(bytes),
  fetch: async () => true,
};

test('the projector is told of an erasure once its entry has been received', async () => {
  const log = new MemoryCluster().open('noirmont');
  const replica = await Replica.open({ site: 'noirmont', log, keys, onFault: () => {} });
  onTestFinished(async () => {
    await replica.close();
    await log.close();
  });
  const source = projectionSource([log], new SiteReplica([replica]), keys);
  const [measure, other] = ['a'.repeat(32), 'b'.repeat(32)] as const;
  expect(source.erased?.(measure)).toBe(false);
  const stored = await log.append({ entryId: 'erasure', kind: 'erased', items: [], data: { measure } });
  if (stored.kind !== 'stored') throw new Error(stored.kind);
  const { epoch, seq } = stored;
  expect(await replica.whenReceived({ noirmont: { epoch, seq } }, 2_000)).toBe(true);
  expect(source.erased?.(measure)).toBe(true);
  expect(source.erased?.(other)).toBe(false);
});
