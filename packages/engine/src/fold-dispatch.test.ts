import type { DispatchAttempt, DispatchReceipt } from '@vigie/model';
import { expect, test } from 'vitest';
import { Court, MEASURE, WITHIN, at, exclusion } from './testing/court.ts';

const idOf = (court: Court): string => court.incidents()[0]?.incidentId as string;
const told = (court: Court, step: string, receiver = 'desk'): Omit<DispatchAttempt, 'turn'> => ({
  incidentId: idOf(court),
  step,
  receiver,
  channel: 'webhook',
});
function attempt(
  court: Court,
  when: string,
  step: string,
  turn: number,
  site: 'noirmont' | 'delemont' = 'noirmont',
): void {
  court.apply({ kind: 'attempt', measure: MEASURE, attempt: { ...told(court, step), turn } }, at(when), site);
}
function receipt(
  court: Court,
  when: string,
  step: string,
  outcome: DispatchReceipt['outcome'],
  more: Partial<DispatchReceipt> = {},
): void {
  const one = { ...told(court, step), turn: 1, outcome, tries: 1, ...more };
  court.apply({ kind: 'receipt', measure: MEASURE, receipt: one }, at(when));
}
const inside = (): Court => new Court().given([exclusion()]).hears({ at: '10:00', ...WITHIN });

test('[DI1] an incident knows who took the latest turn with each event, and what became of it', () => {
  const court = inside();
  attempt(court, '10:00:01', 'early', 1);
  attempt(court, '10:00:11', 'early', 2, 'delemont');
  attempt(court, '10:00:12', 'early', 1);
  expect(court.incidents()[0]?.deliveries).toMatchObject([
    { step: 'early', receiver: 'desk', turn: 2, site: 'delemont' },
  ]);
  receipt(court, '10:00:13', 'early', 'delivered');
  receipt(court, '10:00:14', 'early', 'given_up');
  expect(court.incidents()[0]?.deliveries).toMatchObject([{ outcome: 'delivered', outcomeAt: at('10:00:13') * 1000 }]);
});

test('[DI1] an attempt for an incident that nobody knows, and one that is none, change nothing', () => {
  const court = inside();
  const before = court.engine.caseDigest(MEASURE);
  for (const wrong of [{ incidentId: 'unknown' }, { turn: -1 }, { receiver: 'A person' }, { channel: 'pigeon' }])
    court.apply(
      { kind: 'attempt', measure: MEASURE, attempt: { ...told(court, 'early'), turn: 1, ...wrong } as never },
      at('10:00:01'),
    );
  expect(court.engine.caseDigest(MEASURE)).toBe(before);
});

test('[DI2] a receiver that cannot be reached is one incident, until it has taken everything it was owed', () => {
  const court = inside();
  receipt(court, '10:02', 'early', 'delayed');
  receipt(court, '10:03', 'escalated.1', 'delayed');
  const failed = () => court.incidents().filter(({ kind }) => kind === 'dispatch_failed');
  expect(failed()).toMatchObject([{ ruleId: 'dispatch/desk', signals: 2, reason: { code: 'dispatch_failed' } }]);
  receipt(court, '10:04', 'early', 'delivered');
  expect(failed()[0]?.closedAtMs).toBeUndefined();
  receipt(court, '10:05', 'escalated.1', 'delivered');
  expect(failed()).toMatchObject([{ closedAtMs: at('10:05') }]);
});

test('[DI2] that nobody could be told of it opens no further one', () => {
  const court = inside();
  receipt(court, '10:02', 'early', 'given_up');
  const failed = court.incidents().find(({ kind }) => kind === 'dispatch_failed');
  receipt(court, '10:03', 'early', 'given_up', { incidentId: failed?.incidentId as string, receiver: 'other' });
  expect(court.incidents()).toHaveLength(2);
});
