import { SHELF_APPROVAL_MS_MAX, SHELF_MS_MAX } from '@vigie/model';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { steadyClock } from './steady-clock.ts';
import { BEYOND, Court, WITHIN, at, exclusion, withLadder } from './testing/court.ts';
import type { RecordedRule } from '@vigie/model';

const FORBIDDEN = { kind: 'refused', reason: 'step_forbidden' };
const given = (rules: readonly RecordedRule[]): Court => new Court().given(rules, withLadder(rules));
const breach = (): Court => given([exclusion()]).hears({ at: '10:00', ...WITHIN });
const idOf = (court: Court): string => court.incidents()[0]?.incidentId as string;
const ask = { note: 'garage next to the zone, patrol has looked', untilMs: at('11:00') };
const shelf = (court: Court) => court.incidents()[0]?.shelf;
const level = (court: Court) => court.incidents()[0]?.escalation?.level;

test('[SV1] one asks with a reason and an end, another approves; until then it rings as before', () => {
  const court = breach();
  expect(court.step(idOf(court), 'shelve', '10:00:10', ask)).toEqual({ kind: 'applied' });
  expect(level(court.time('10:01'))).toBe(1);
  expect(court.step(idOf(court), 'approve', '10:01:10', { by: 'operator-2' })).toEqual({ kind: 'applied' });
  expect(shelf(court)).toMatchObject({ askedBy: 'operator-1', approvedBy: 'operator-2' });
  expect(level(court.time('10:59:59'))).toBe(1);
  expect(court.incidents()).toMatchObject([{ status: 'raised' }]);
});

test('[SV1] nobody approves for themselves, twice, or what nobody asked for', () => {
  const court = breach();
  expect(court.step(idOf(court), 'approve', '10:00:05', { by: 'operator-2' })).toMatchObject(FORBIDDEN);
  court.step(idOf(court), 'shelve', '10:00:10', ask);
  expect(court.step(idOf(court), 'approve', '10:00:20')).toMatchObject(FORBIDDEN);
  court.step(idOf(court), 'approve', '10:00:30', { by: 'operator-2' });
  expect(court.step(idOf(court), 'approve', '10:00:40', { by: 'operator-3' })).toMatchObject(FORBIDDEN);
  expect(court.step(idOf(court), 'shelve', '10:00:50', ask)).toMatchObject(FORBIDDEN);
});

test('[SV1] an approval that comes too late approves nothing', () => {
  const asked = (): Court => {
    const court = breach();
    court.step(idOf(court), 'shelve', '10:00', ask);
    return court;
  };
  expect(SHELF_APPROVAL_MS_MAX).toBe(at('10:15') - at('10:00'));
  const [inTime, late] = [asked(), asked()];
  expect(inTime.step(idOf(inTime), 'approve', '10:15', { by: 'operator-2' })).toEqual({ kind: 'applied' });
  expect(late.step(idOf(late), 'approve', '10:15:01', { by: 'operator-2' })).toMatchObject(FORBIDDEN);
});

test('[SV1] what was asked for a short while cannot be approved when that is over, and ends nothing by itself', () => {
  const court = breach();
  court.step(idOf(court), 'shelve', '10:00', { ...ask, untilMs: at('10:05') });
  expect(court.step(idOf(court), 'approve', '10:05', { by: 'operator-2' })).toMatchObject(FORBIDDEN);
  expect(court.time('10:30').incidents()[0]?.shelvesEnded).toBeUndefined();
  expect(court.incidents()[0]?.escalation?.climb).toBe(1);
});

test('[SV2] without a reason, without an end, too long, or into the past: refused', () => {
  const court = breach();
  const tries = [
    { untilMs: at('11:00') },
    { note: ' ', untilMs: at('11:00') },
    { note: 'x' },
    { note: 'x', untilMs: at('09:59') },
    { note: 'x', untilMs: at('10:00') + SHELF_MS_MAX + 1 },
  ];
  for (const more of tries) expect(court.step(idOf(court), 'shelve', '10:00', more)).toMatchObject(FORBIDDEN);
  expect(shelf(court)).toBeUndefined();
});

test('[SV2] where a person may be hurt nothing is set aside', () => {
  const court = given([{ ruleId: 'strap', kind: 'tamper' }]).hears({ at: '10:00', events: ['strap_open'] });
  expect(court.step(idOf(court), 'shelve', '10:00:10', ask)).toMatchObject(FORBIDDEN);
});

test('[SV3] it comes back by itself at its time, rings anew, and says so', () => {
  const court = breach();
  court.step(idOf(court), 'shelve', '10:00:10', ask);
  court.step(idOf(court), 'approve', '10:00:20', { by: 'operator-2' });
  expect(court.time('10:59:59').incidents()[0]?.shelvesEnded).toBeUndefined();
  expect(shelf(court.time('11:00'))).toBeUndefined();
  expect(court.incidents()).toMatchObject([{ shelvesEnded: 1, escalation: { level: 0, climb: 2 } }]);
  expect(level(court.time('11:01'))).toBe(1);
});

test('[SV3] looked at once afterwards, or at every moment, it is the same', () => {
  const play = (looks: readonly string[]): string => {
    const court = breach();
    court.step(idOf(court), 'shelve', '10:00:10', ask);
    court.step(idOf(court), 'approve', '10:00:20', { by: 'operator-2' });
    for (const look of looks) court.time(look);
    return court.engine.digest();
  };
  expect(play(['12:00'])).toBe(play(['10:30', '10:59:59', '11:00', '11:00:30', '11:01', '11:05', '12:00']));
});

test('[SV3] taken back before its time it rings at once; taking back an asking changes nothing else', () => {
  const court = breach();
  court.step(idOf(court), 'shelve', '10:00:10', ask);
  court.step(idOf(court), 'unshelve', '10:00:15');
  expect([shelf(court), court.incidents()[0]?.escalation?.climb]).toEqual([undefined, 1]);
  expect(court.step(idOf(court), 'unshelve', '10:00:16')).toMatchObject(FORBIDDEN);
  court.step(idOf(court), 'shelve', '10:00:20', ask);
  court.step(idOf(court), 'approve', '10:00:30', { by: 'operator-2' });
  court.step(idOf(court), 'unshelve', '10:10', { by: 'operator-2' });
  expect(level(court.time('10:11'))).toBe(1);
});

test('[SV3] what somebody has in hand comes back without calling anybody', () => {
  const court = breach();
  court.step(idOf(court), 'acknowledge', '10:00:05');
  court.step(idOf(court), 'shelve', '10:00:10', ask);
  court.step(idOf(court), 'approve', '10:00:20', { by: 'operator-2' });
  const before = court.incidents()[0]?.escalation;
  expect(court.time('11:30').incidents()).toMatchObject([{ status: 'acknowledged', shelvesEnded: 1 }]);
  expect(court.incidents()[0]?.escalation).toEqual(before);
});

test('[SV3] what is resolved does not come back', () => {
  const court = breach();
  court.step(idOf(court), 'acknowledge', '10:00:05');
  court.step(idOf(court), 'shelve', '10:00:10', ask);
  court.step(idOf(court), 'approve', '10:00:20', { by: 'operator-2' });
  court.hears({ at: '10:30', ...BEYOND });
  expect(court.step(idOf(court), 'resolve', '10:31', { code: 'contacted' })).toEqual({ kind: 'applied' });
  expect(court.time('12:00').incidents()).toMatchObject([{ status: 'resolved' }]);
  expect(court.incidents()[0]?.shelvesEnded).toBeUndefined();
});

test('[SV3] [LT7] a snapshot keeps what is set aside', () => {
  const court = breach();
  court.step(idOf(court), 'shelve', '10:00:10', ask);
  court.step(idOf(court), 'approve', '10:00:20', { by: 'operator-2' });
  const restored = Engine.restore(court.engine.snapshot());
  court.time('11:02');
  restored.advance(steadyClock(at('11:02')));
  expect(restored.digest()).toBe(court.engine.digest());
});
