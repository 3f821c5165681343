import type { AdmitData } from '@vigie/model';
import { expect, test } from 'vitest';
import { GENESIS } from '../merge/admit-data.ts';
import type { EpochInfo } from '../merge/epoch-info.ts';
import type { EpochExtent } from '../types.ts';
import { HEARTBEAT_EVERY_MS, type KeeperView, NUDGED_EVERY_MS, QUIET_MS, keeperDecide } from './decide.ts';

const MS = 1000;
const known = (site: EpochInfo['site'], epoch: string, more: Partial<EpochInfo> = {}): EpochInfo => ({
  site,
  epoch,
  admitted: true,
  settled: false,
  received: 0,
  lastSeq: undefined,
  bothAdmits: [],
  hasOk: false,
  ...more,
});
const extent = (site: EpochInfo['site'], epoch: string, lastSeq: number, sealed = true): EpochExtent => ({
  site,
  epoch,
  lastSeq,
  sealed,
});
const heard = { reachable: true, joined: true, leaving: false, staysForUs: false };
const joined: KeeperView = {
  self: 'noirmont',
  generation: GENESIS,
  epoch: '1-n',
  caughtUp: true,
  peer: { ...heard, epoch: '1-d' },
  away: { noirmont: false, delemont: false },
  retired: { noirmont: false, delemont: false },
  rival: false,
  left: false,
  wish: undefined,
  extents: [],
  epochs: [known('noirmont', '1-n'), known('delemont', '1-d')],
  survey: undefined,
  lastEntryUs: 0,
  lastHeartbeatUs: 0,
  nudged: false,
};

test('[L6] a heartbeat follows 250 ms of quiet, and nothing else while both epochs are admitted', () => {
  expect(keeperDecide(joined, (QUIET_MS - 1) * MS)).toEqual([]);
  expect(keeperDecide(joined, QUIET_MS * MS)).toEqual([{ kind: 'heartbeat' }]);
});

test('[L6] [L13] an origin that is never quiet tells its digest and tree once a second', () => {
  const busy = (now: number) => keeperDecide({ ...joined, lastEntryUs: now }, now);
  expect(busy((HEARTBEAT_EVERY_MS - 1) * MS)).toEqual([]);
  expect(busy(HEARTBEAT_EVERY_MS * MS)).toEqual([{ kind: 'heartbeat' }]);
});

test('[L6] a decision of the other site is answered at once, at most every 20 ms', () => {
  const nudged = { ...joined, nudged: true };
  expect(keeperDecide(nudged, (NUDGED_EVERY_MS - 1) * MS)).toEqual([]);
  expect(keeperDecide(nudged, NUDGED_EVERY_MS * MS)).toEqual([{ kind: 'heartbeat' }]);
});

/** Delémont's log server was started again: its second epoch waits. */
const restarted: KeeperView = {
  ...joined,
  peer: { ...heard, epoch: '2-d' },
  epochs: [
    known('noirmont', '1-n'),
    known('delemont', '1-d', { received: 7 }),
    known('delemont', '2-d', { admitted: false }),
  ],
};
const disks = {
  own: [extent('noirmont', '1-n', 50, false), extent('delemont', '1-d', 7), extent('delemont', '2-d', 3)],
  peer: [extent('noirmont', '1-n', 49), extent('delemont', '1-d', 7), extent('delemont', '2-d', 4, false)],
};

test('[L11] an epoch that the other disk did not show yet is not taken for a closed one', () => {
  const begun = [...disks.own, extent('delemont', '3-d', 0, false)];
  expect(keeperDecide({ ...restarted, survey: { ...disks, own: begun } }, 0)).toEqual([{ kind: 'survey' }]);
});

test('[L11] a look at the disks from before the own log server was started again, or before the own epoch was sealed, says nothing about where epochs end', () => {
  const since: KeeperView = {
    ...restarted,
    epoch: '2-n',
    epochs: [
      known('noirmont', '1-n', { received: 50 }),
      known('noirmont', '2-n', { admitted: false }),
      ...restarted.epochs.slice(1),
    ],
  };
  expect(keeperDecide({ ...since, survey: disks }, 0)).toEqual([{ kind: 'survey' }]);
  const others = disks.own.filter(({ site }) => site === 'delemont');
  const fresh = (isSealed: boolean) => ({
    ...disks,
    own: [extent('noirmont', '1-n', 50, isSealed), extent('noirmont', '2-n', 1, false), ...others],
  });
  expect(keeperDecide({ ...since, survey: fresh(true) }, 0)).not.toEqual([{ kind: 'survey' }]);
  // Both rotate at once: what was sent to the epoch before is still being stored.
  expect(keeperDecide({ ...since, survey: fresh(false) }, 0)).toEqual([{ kind: 'survey' }]);
});

test('[L11] a waiting epoch is admitted once both disks were looked at, with where the others end', () => {
  expect(keeperDecide(restarted, 0)).toEqual([{ kind: 'survey' }]);
  expect(keeperDecide({ ...restarted, survey: disks }, 0)).toEqual([
    {
      kind: 'admit',
      data: {
        generation: GENESIS,
        both: false,
        admits: [{ site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 7 } }],
      },
    },
  ]);
});

test('[L11] nothing is admitted while apart, [L12] before this site has caught up, or while part of a closed epoch is missing', () => {
  const view = { ...restarted, survey: disks };
  expect(keeperDecide({ ...view, peer: { ...heard, reachable: false, epoch: '2-d' } }, 0)).toEqual([]);
  expect(keeperDecide({ ...view, caughtUp: false }, 0)).toEqual([]);
  const onDisk = (own: number, peer: number, sealed = true) => ({
    own: [extent('noirmont', '1-n', 50, false), extent('delemont', '1-d', own)],
    peer: [extent('delemont', '1-d', peer, sealed), extent('delemont', '2-d', 1, false)],
  });
  for (const survey of [
    onDisk(6, 7), // not all mirrored
    onDisk(7, 7, false), // could still grow
    onDisk(9, 9), // mirrored, not read yet
    { ...onDisk(7, 7), peer: [extent('delemont', '1-d', 7)] }, // of before the restart
  ])
    expect(keeperDecide({ ...view, survey }, 0)).toEqual([{ kind: 'survey' }]);
});

test('[L11] a lastSeq in force is repeated, whatever lies on the disk past it', () => {
  const view = {
    ...restarted,
    survey: disks,
    epochs: [
      known('noirmont', '1-n'),
      known('delemont', '0-d', { received: 5, lastSeq: 4 }),
      known('delemont', '1-d', { received: 7 }),
      known('delemont', '2-d', { admitted: false }),
    ],
  };
  const [action] = keeperDecide(view, 0);
  expect(action).toMatchObject({ data: { admits: [{ lastSeqs: { '0-d': 4, '1-d': 7 } }] } });
});

const bothWait: KeeperView = {
  ...restarted,
  epoch: '2-n',
  epochs: [
    known('noirmont', '1-n', { received: 50 }),
    known('noirmont', '2-n', { admitted: false }),
    known('delemont', '1-d', { received: 7 }),
    known('delemont', '2-d', { admitted: false, received: 1 }),
    known('delemont', '3-d', { admitted: false }),
  ],
  peer: { ...heard, epoch: '3-d' },
  survey: {
    own: [
      extent('noirmont', '1-n', 50),
      extent('noirmont', '2-n', 1, false),
      extent('delemont', '1-d', 7),
      extent('delemont', '2-d', 1),
    ],
    peer: [
      extent('noirmont', '1-n', 50),
      extent('delemont', '1-d', 7),
      extent('delemont', '2-d', 1),
      extent('delemont', '3-d', 2, false),
    ],
  },
};
const offer: AdmitData['admits'] = [
  { site: 'delemont', epoch: '2-d', lastSeqs: { '1-d': 7 } },
  { site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 50 } },
  { site: 'delemont', epoch: '3-d', lastSeqs: { '1-d': 7, '2-d': 1 } },
];

test('[L11] when both wait Noirmont lists them in turn, the running ones last, once', () => {
  expect(keeperDecide(bothWait, 0)).toEqual([
    { kind: 'admit', data: { generation: GENESIS, both: true, admits: offer } },
  ]);
  const written = bothWait.epochs.map((info) =>
    info.epoch === '2-n' ? { ...info, bothAdmits: [{ entryId: 'e1', admits: offer }] } : info,
  );
  expect(keeperDecide({ ...bothWait, epochs: written }, 0)).toEqual([]);
});

test('[L11] Delémont names the first both-admit that lists what runs now, and no second one from the same epoch', () => {
  const stale: AdmitData['admits'] = [
    { site: 'noirmont', epoch: '2-n', lastSeqs: {} },
    { site: 'delemont', epoch: '2-d', lastSeqs: {} },
  ];
  const bothAdmits = [
    { entryId: 'stale', admits: stale },
    { entryId: 'first', admits: offer },
    { entryId: 'second', admits: offer },
  ];
  const view: KeeperView = {
    ...bothWait,
    self: 'delemont',
    epoch: '3-d',
    peer: { ...heard, epoch: '2-n' },
    epochs: bothWait.epochs.map((info) => (info.epoch === '2-n' ? { ...info, bothAdmits } : info)),
  };
  expect(keeperDecide(view, 0)).toEqual([{ kind: 'ok', admitEntryId: 'first' }]);
  const named = view.epochs.map((info) => (info.epoch === '3-d' ? { ...info, hasOk: true } : info));
  expect(keeperDecide({ ...view, epochs: named }, 0)).toEqual([]);
});

const leaves: KeeperView = { ...joined, wish: { kind: 'leave', by: 'sre' } };
const letGo = { ...leaves.peer, staysForUs: true };

test('[L8] a site leaves once the other has heard of it and everything is admitted, not before', () => {
  expect(keeperDecide(leaves, 0)).toEqual([]);
  expect(keeperDecide({ ...leaves, peer: letGo }, 0)).toEqual([{ kind: 'leave', by: 'sre' }]);
  expect(keeperDecide({ ...leaves, peer: { ...letGo, joined: false } }, 0)).toEqual([]);
  expect(keeperDecide({ ...leaves, peer: letGo, caughtUp: false }, 0)).toEqual([]);
  // The other site's epoch waits: it is admitted first.
  expect(keeperDecide({ ...restarted, wish: leaves.wish, peer: { ...letGo, epoch: '2-d' } }, 0)).toEqual([
    { kind: 'survey' },
  ]);
});

test('[L8] a site whose other has left stays, and of two that would leave Noirmont goes first', () => {
  expect(keeperDecide({ ...leaves, away: { noirmont: false, delemont: true } }, 0)).toEqual([{ kind: 'stay' }]);
  const leaving = { ...letGo, leaving: true, staysForUs: false };
  expect(keeperDecide({ ...leaves, peer: leaving }, 0)).toEqual([]);
  const delemont = { ...leaves, self: 'delemont' as const, epoch: '1-d', peer: { ...leaving, epoch: '1-n' } };
  expect(keeperDecide(delemont, 0)).toEqual([{ kind: 'stay' }]);
});

test('[L8] a site that has left writes nothing, no heartbeat either, until it is to return', () => {
  const left = { ...joined, left: true };
  expect(keeperDecide(left, 60_000 * MS)).toEqual([]);
  const returns = { ...left, wish: { kind: 'return' as const, sinceUs: 0 } };
  expect(keeperDecide(returns, 0)).toEqual([{ kind: 'reopen' }]);
});

test('[L12] who returns catches up first, unless nobody is heard for a while', () => {
  const returns = { ...joined, left: true, caughtUp: false, wish: { kind: 'return' as const, sinceUs: 0 } };
  expect(keeperDecide(returns, 60_000 * MS)).toEqual([]);
  const unheard = { ...returns, peer: { ...heard, reachable: false, joined: false, epoch: '1-d' } };
  expect(keeperDecide(unheard, 1000 * MS)).toEqual([]);
  expect(keeperDecide(unheard, 4000 * MS)).toEqual([{ kind: 'reopen' }]);
});

test('[L11] alone in its generation a site admits its own epochs once it has read its disk; a retired site admits nobody', () => {
  const alone: KeeperView = {
    ...joined,
    generation: '1-g',
    epoch: '3-n',
    caughtUp: false,
    peer: { ...heard, reachable: false, joined: false, epoch: '1-d' },
    away: { noirmont: false, delemont: true },
    retired: { noirmont: false, delemont: true },
    epochs: [
      known('noirmont', '1-n', { received: 50 }),
      known('noirmont', '2-n', { admitted: false, received: 4 }),
      known('noirmont', '3-n', { admitted: false }),
      known('delemont', '1-d', { lastSeq: 7, received: 7 }),
    ],
    extents: [extent('noirmont', '1-n', 50), extent('noirmont', '2-n', 5), extent('noirmont', '3-n', 1, false)],
  };
  expect(keeperDecide(alone, 0)).toEqual([]); // one entry is not read yet
  const extents = [extent('noirmont', '1-n', 50), extent('noirmont', '2-n', 4)];
  expect(keeperDecide({ ...alone, extents }, 0)).toEqual([
    {
      kind: 'admit',
      data: {
        generation: '1-g',
        both: false,
        admits: [
          { site: 'noirmont', epoch: '2-n', lastSeqs: { '1-n': 50 } },
          { site: 'noirmont', epoch: '3-n', lastSeqs: { '1-n': 50, '2-n': 4 } },
        ],
      },
    },
  ]);
  const lost: KeeperView = { ...restarted, survey: disks, retired: { noirmont: true, delemont: false } };
  expect(keeperDecide(lost, 0)).toEqual([]);
  const ended = lost.epochs.map((info) => (info.epoch === '1-n' ? { ...info, lastSeq: 40 } : info));
  expect(keeperDecide({ ...lost, epochs: ended }, 0)).toEqual([{ kind: 'reopen' }]);
  expect(keeperDecide({ ...restarted, survey: disks, rival: true }, 0)).toEqual([]);
});
