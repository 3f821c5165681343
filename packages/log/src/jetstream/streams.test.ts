import { expect, test } from 'vitest';
import { differences, originConfig } from './streams.ts';

test('[L1] a field that the server dropped or changed is named', () => {
  const asked = originConfig({ site: 'noirmont', epoch: '1-a', partition: 0, partitions: 1, serverId: 'server' });
  expect(differences(asked, { ...asked, duplicate_window: 120, metadata: { ...asked.metadata, more: 'x' } })).toEqual(
    [],
  );
  const { deny_purge: _, ...dropped } = asked;
  expect(differences(asked, { ...dropped, name: asked.name, max_msgs: 5 })).toEqual([
    'max_msgs: asked -1, got 5',
    'deny_purge: asked true, got undefined',
  ]);
});
