import type { ClusterView } from '@vigie/api/contract';
import { expect, test } from 'vitest';
import { linkAt } from '../client/failover.ts';
import { LOST_TOLD_MS, MOVE_TOLD_MS, SETTLING_SLOW_MS, conditionOf, newestReportAgeMs } from './condition.ts';

const cluster: ClusterView = {
  site: 'noirmont',
  urls: { noirmont: 'http://n', delemont: 'http://d' },
  at: '2026-11-22T12:00:00.000Z',
  peer: { site: 'delemont', joined: true, reachable: true, lagMs: 4, left: false },
  membership: 'member',
  alone: false,
  generation: 'genesis',
  rival: null,
  watermarkAgeMs: { noirmont: 100, delemont: 100 },
  settledBehindMs: 9,
  newestReportAgeMs: { noirmont: null, delemont: 700 },
  digest: { position: 'p', value: 'v', equal: true },
  epochs: [],
  duties: [],
  unobservedDevices: 0,
  clockSkewMs: 1,
  logFormat: '1.1',
  rulesOff: [],
  incidents: [],
};
const link = linkAt('noirmont');
const known = { link, cluster, readsFail: false, nowMs: 10_000 };
const kinds = (condition: ReturnType<typeof conditionOf>) => condition.notes.map(({ kind }) => kind);

test('joined, equal and quick needs no words', () => {
  expect(conditionOf(known)).toEqual({ tone: 'good', peerState: 'joined', notes: [] });
});

test('apart is said in words, and slow settling is then no news', () => {
  const apart = { ...cluster, peer: { ...cluster.peer, joined: false, lagMs: null }, settledBehindMs: 60_000 };
  const condition = conditionOf({ ...known, cluster: apart });
  expect([condition.tone, condition.peerState, kinds(condition)]).toEqual(['notice', 'apart', ['apart']]);
});

test('a site that has left is not apart', () => {
  const left = { ...cluster, peer: { ...cluster.peer, joined: false, left: true } };
  expect(conditionOf({ ...known, cluster: left })).toMatchObject({
    tone: 'notice',
    peerState: 'left',
    notes: [{ kind: 'left' }],
  });
});

test('differing digests are grave even while joined', () => {
  const condition = conditionOf({
    ...known,
    cluster: { ...cluster, digest: { position: 'p', value: 'v', equal: false } },
  });
  expect([condition.tone, kinds(condition)]).toEqual(['bad', ['differs']]);
});

test('what is wrong with the site itself is grave; that the other is not heard is said as such', () => {
  const since = '2026-11-22T12:00:00.000Z';
  const incidents = [
    { kind: 'disk-full', since, detail: '' },
    { kind: 'site-not-heard', since, detail: '' },
  ] as const;
  const condition = conditionOf({ ...known, cluster: { ...cluster, incidents } });
  expect(condition).toMatchObject({ tone: 'bad', notes: [{ kind: 'system', what: 'disk-full' }] });
});

test('that no site answers is said after a moment, not in every move', () => {
  const lost = { ...link, health: 'lost', failures: 3, failingSinceMs: 10_000 } as const;
  expect(kinds(conditionOf({ ...known, link: lost, nowMs: 11_600 }))).toEqual(['doubted']);
  const told = conditionOf({ ...known, link: lost, nowMs: 10_000 + LOST_TOLD_MS });
  expect([told.tone, told.peerState, kinds(told)]).toEqual(['bad', 'unknown', ['lost']]);
});

test('a move is told, and that the left site is back', () => {
  const moved = { ...link, at: 'delemont', leftBehind: 'noirmont', homeAnswers: true, movedAtMs: 0 } as const;
  expect(conditionOf({ ...known, link: moved, nowMs: MOVE_TOLD_MS + 1 }).notes).toEqual([]);
  const gone = { ...moved, homeAnswers: false };
  expect(conditionOf({ ...known, link: gone, nowMs: MOVE_TOLD_MS + 1 }).notes).toHaveLength(1);
  expect(conditionOf({ ...known, link: moved }).notes).toEqual([
    { kind: 'moved', from: 'noirmont', to: 'delemont', backAgain: true },
  ]);
});

test('unreadable data and slow settling are each told', () => {
  expect(kinds(conditionOf({ ...known, readsFail: true }))).toEqual(['reads']);
  expect(kinds(conditionOf({ ...known, cluster: { ...cluster, settledBehindMs: SETTLING_SLOW_MS + 1 } }))).toEqual([
    'settling',
  ]);
});

test('freshness is the newest report by either way', () => {
  expect(newestReportAgeMs(cluster)).toBe(700);
  expect(newestReportAgeMs({ ...cluster, newestReportAgeMs: { noirmont: null, delemont: null } })).toBeNull();
});
