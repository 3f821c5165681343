import { expect, test } from 'vitest';
import { LOST_AFTER_MS, LOST_SLOW_AFTER_MS, type Link, type LinkEvent, linkAt, step } from './failover.ts';

const run = (events: readonly LinkEvent[], from: Link = linkAt('noirmont')): Link => events.reduce(step, from);
const failed = (sentMs: number, nowMs: number, slow = false): LinkEvent => ({
  kind: 'failed',
  site: 'noirmont',
  sentMs,
  nowMs,
  slow,
});
const lost = run([failed(0, 1), failed(300, 301), failed(1_600, 1_601)]);

test('one failed request is a doubt, not a dead site', () => {
  expect(run([failed(0, 5_000)])).toMatchObject({ at: 'noirmont', health: 'doubted', failures: 1 });
});

test('a site is lost after two failures and 1.5 s, counted from the first request that failed', () => {
  expect(run([failed(0, 1), failed(LOST_AFTER_MS - 2, LOST_AFTER_MS - 1)]).health).toBe('doubted');
  expect(run([failed(0, 1), failed(LOST_AFTER_MS - 1, LOST_AFTER_MS)]).health).toBe('lost');
});

test('a site that is merely slow gets longer, and a late answer keeps it', () => {
  const slow = [failed(0, 1_000, true), failed(500, LOST_SLOW_AFTER_MS - 1, true)];
  expect(run(slow).health).toBe('doubted');
  expect(run([...slow, failed(1_500, LOST_SLOW_AFTER_MS, true)]).health).toBe('lost');
  expect(run([...slow, { kind: 'answered', site: 'noirmont', nowMs: 2_600 }]).health).toBe('heard');
});

test('an answer ends the doubt and its count', () => {
  const link = run([failed(0, 1_000), { kind: 'answered', site: 'noirmont', nowMs: 1_100 }, failed(1_200, 2_600)]);
  expect(link).toMatchObject({ health: 'doubted', failures: 1, failingSinceMs: 1_200 });
});

test('a lost site is left only for one that answers', () => {
  expect(lost).toMatchObject({ at: 'noirmont', health: 'lost' });
  const refused = step(lost, { kind: 'failed', site: 'delemont', sentMs: 1_700, nowMs: 1_701, slow: false });
  expect(refused.at).toBe('noirmont');
  expect(step(refused, { kind: 'answered', site: 'delemont', nowMs: 1_900 })).toMatchObject({
    at: 'delemont',
    health: 'heard',
    leftBehind: 'noirmont',
    movedAtMs: 1_900,
    failures: 0,
  });
});

test('an answer of the other site moves nobody while the own site lives', () => {
  const link = run([failed(0, 1), { kind: 'answered', site: 'delemont', nowMs: 2 }]);
  expect(link.at).toBe('noirmont');
});

test('a lost site that answers first keeps its console', () => {
  expect(step(lost, { kind: 'answered', site: 'noirmont', nowMs: 1_700 })).toMatchObject({
    at: 'noirmont',
    health: 'heard',
  });
});

test('the console does not go back by itself; the return of the left site is offered, and withdrawn if it fails again', () => {
  const moved = step(lost, { kind: 'answered', site: 'delemont', nowMs: 1_900 });
  const back = step(moved, { kind: 'answered', site: 'noirmont', nowMs: 9_000 });
  expect(back).toMatchObject({ at: 'delemont', homeAnswers: true });
  expect(step(back, failed(9_500, 9_600))).toMatchObject({ at: 'delemont', homeAnswers: false, health: 'heard' });
  expect(step(back, { kind: 'chosen', site: 'noirmont', nowMs: 10_000 })).toMatchObject({
    at: 'noirmont',
    leftBehind: null,
    homeAnswers: false,
  });
});

test('nothing that repeats what is known makes a new link, so nothing is drawn again for it', () => {
  const link = linkAt('delemont');
  expect(step(link, { kind: 'answered', site: 'delemont', nowMs: 1 })).toBe(link);
  expect(step(link, { kind: 'chosen', site: 'delemont', nowMs: 1 })).toBe(link);
});
