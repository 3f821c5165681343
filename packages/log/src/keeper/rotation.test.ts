import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GENESIS } from '../merge/admit-data.ts';
import { type KeeperView, keeperDecide } from './decide.ts';
import { isRotationDue, monthOf } from './rotation.ts';

const us = (iso: string): number => Date.parse(iso) * 1000;
const rule = { bytesMax: 1000, monthly: true };

test('[L10] months are those of the calendar, from 1970 to 2200', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0) }), (ms) => {
      const date = new Date(ms);
      const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
      expect(monthOf(ms * 1000) - monthOf(0)).toBe(months);
    }),
  );
});

test('[L10] an epoch is closed by its size, or when a new month has begun, at Delémont ten minutes later', () => {
  const begun = { bytes: 10, sinceUs: us('2026-10-31T23:00:00Z') };
  const due = (site: 'noirmont' | 'delemont', iso: string, running = begun) =>
    isRotationDue(site, running, rule, us(iso));
  expect(due('noirmont', '2026-10-31T23:59:59Z')).toBe(false);
  expect(due('noirmont', '2026-11-01T00:00:00Z')).toBe(true);
  expect(due('delemont', '2026-11-01T00:09:59Z')).toBe(false);
  expect(due('delemont', '2026-11-01T00:10:00Z')).toBe(true);
  expect(due('noirmont', '2026-10-31T23:59:59Z', { ...begun, bytes: 1001 })).toBe(true);
  expect(isRotationDue('noirmont', { bytes: 0, sinceUs: undefined }, rule, us('2026-11-01T00:00:00Z'))).toBe(false);
  expect(isRotationDue('noirmont', begun, undefined, us('2027-01-01T00:00:00Z'))).toBe(false);
  expect(isRotationDue('noirmont', begun, { ...rule, monthly: false }, us('2027-01-01T00:00:00Z'))).toBe(false);
});

const epoch = { settled: false, received: 9, lastSeq: undefined, bothAdmits: [], hasOk: false };
const heard = { reachable: true, joined: true, epoch: '1-d', leaving: false, staysForUs: false };
const view: KeeperView = {
  self: 'noirmont',
  generation: GENESIS,
  epoch: '1-n',
  caughtUp: true,
  peer: heard,
  away: { noirmont: false, delemont: false },
  retired: { noirmont: false, delemont: false },
  rival: false,
  left: false,
  wish: undefined,
  extents: [],
  epochs: [
    { site: 'noirmont', epoch: '1-n', admitted: true, ...epoch },
    { site: 'delemont', epoch: '1-d', admitted: true, ...epoch },
  ],
  survey: undefined,
  lastEntryUs: us('2026-11-01T00:00:00Z'),
  lastHeartbeatUs: us('2026-11-01T00:00:00Z'),
  nudged: false,
  rotation: rule,
  running: { bytes: 1001, sinceUs: us('2026-10-31T00:00:00Z') },
};
const rotates = (more: Partial<KeeperView>): boolean =>
  keeperDecide({ ...view, ...more }, us('2026-11-01T00:00:00Z')).some(({ kind }) => kind === 'rotate');

test('[L10] a site rotates only while joined, caught up, and while nothing waits to be admitted', () => {
  expect(rotates({})).toBe(true);
  expect(rotates({ peer: { ...heard, reachable: false } })).toBe(false);
  expect(rotates({ caughtUp: false })).toBe(false);
  for (const waits of [0, 1])
    expect(rotates({ epochs: view.epochs.map((e, i) => (i === waits ? { ...e, admitted: false } : e)) })).toBe(false);
});

test('[L10] the site that remains while the other has left does not rotate', () => {
  expect(rotates({ away: { noirmont: false, delemont: true } })).toBe(false);
});
