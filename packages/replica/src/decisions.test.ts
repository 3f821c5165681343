import { ManualTime } from '@vigie/log';
import { expect, test } from 'vitest';
import { DECISIONS_REMEMBERED_MAX, Decisions } from './decisions.ts';

const applied = { kind: 'applied' } as const;
const refused = { kind: 'refused', reason: 'step_forbidden' } as const;
function decisions(): { time: ManualTime; known: Decisions } {
  const time = new ManualTime();
  const timing = {
    nowUs: () => time.nowUs(),
    after: (ms: number, run: () => void) => time.after(ms, run),
    soon: () => {},
  };
  return { time, known: new Decisions(timing) };
}

test('[L16] a decision is waited for until it is settled, or for its time', async () => {
  const { time, known } = decisions();
  const settling = known.settled('a', 2000);
  const late = known.settled('b', 2000);
  known.note('a', applied, false);
  known.note('a', refused, true);
  known.note('b', applied, false);
  time.advance(2000);
  expect(await settling).toEqual({ outcome: refused, settled: true });
  expect(await late).toEqual({ outcome: applied, settled: false });
  expect(await known.settled('never', 0)).toBeUndefined();
});

test('what is settled stays, and the repeat of an entry says nothing new', () => {
  const { known } = decisions();
  known.note('a', applied, false);
  known.note('a', { kind: 'repeated', entryId: 'a' }, true);
  expect(known.status('a')).toEqual({ outcome: applied, settled: false });
  known.note('a', applied, true);
  known.note('a', refused, false);
  expect(known.status('a')).toEqual({ outcome: applied, settled: true });
});

test('the memory of decisions is bounded, the oldest goes', () => {
  const { known } = decisions();
  for (let i = 0; i <= DECISIONS_REMEMBERED_MAX; i++) known.note(`${i}`, applied, true);
  expect([known.status('0'), known.status('1')?.settled]).toEqual([undefined, true]);
});
