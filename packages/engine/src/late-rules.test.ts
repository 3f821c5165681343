import { expect, test } from 'vitest';
import { BEYOND, Court, MEASURE, WITHIN, at, exclusion, inclusion, north } from './testing/court.ts';

test('[LT11] what is found more than ten minutes after it was due is late, with its own fix times', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '12:00', ...BEYOND });
  court.uploads(
    [
      { at: '10:00', ...WITHIN },
      { at: '10:20', ...BEYOND },
    ],
    '12:01',
  );
  expect(court.incidents()).toMatchObject([
    { lane: 'late', openedAtMs: at('10:00'), closedAtMs: at('10:20'), raisedAt: at('12:01') * 1000 },
  ]);
});

test('[LT12] late data that shows the breach was none refutes the incident, and never deletes it', () => {
  const court = new Court().given([inclusion({ graceMs: 600_000 })]);
  court.hears({ at: '10:00', ...BEYOND }).time('10:15');
  expect(court.episodes()).toEqual(['inclusion curfew 10:10:00-']);
  court.hears({ at: '10:04', ...WITHIN }, '10:16');
  expect(court.incidents()).toMatchObject([{ kind: 'inclusion', certainty: 'refuted', closedAtMs: at('10:10') }]);
});

test('[LT13] late data that joins two episodes leaves the first id and makes the other its alias', () => {
  const court = new Court().given([exclusion()]);
  court
    .hears({ at: '10:00', ...WITHIN })
    .hears({ at: '10:10', ...BEYOND, seq: 77 })
    .hears({ at: '10:20', ...WITHIN });
  const [first, second] = court.incidents().map((i) => i.incidentId);
  court.step(second as string, 'acknowledge', '10:21');
  // An earlier opening does not change the id; the two stay two, because the fix outside between them stands.
  court.hears({ at: '09:50', ...WITHIN }, '10:30');
  expect(court.incidents().map((i) => [i.incidentId, i.openedAtMs])).toEqual([
    [first, at('09:50')],
    [second, at('10:20')],
  ]);
  const joined = new Court().given([exclusion({ dwellMs: 600_000 })]);
  joined.uploads(
    [
      { at: '10:00', ...WITHIN },
      { at: '10:10', ...WITHIN },
    ],
    '10:10',
  );
  joined.uploads(
    [
      { at: '10:20', ...BEYOND },
      { at: '10:30', ...BEYOND },
    ],
    '10:30',
  );
  joined.uploads(
    [
      { at: '10:40', ...WITHIN },
      { at: '10:50', ...WITHIN },
    ],
    '10:50',
  );
  const ids = joined.incidents().map((i) => i.incidentId);
  expect(ids).toHaveLength(2);
  joined.hears({ at: '10:25', ...WITHIN }, '11:00');
  expect(joined.incidents()).toMatchObject([{ incidentId: ids[0], aliases: [ids[1]], openedAtMs: at('10:00') }]);
});

test('[LT14] late data that splits an episode leaves the id on its first part', () => {
  const court = new Court().given([exclusion()]);
  court.hears({ at: '10:00', ...WITHIN }).hears({ at: '10:20', ...WITHIN });
  const id = court.incidents()[0]?.incidentId;
  court.hears({ at: '10:10', ...BEYOND }, '10:30');
  expect(court.incidents().map((i) => [i.incidentId === id, i.openedAtMs, i.closedAtMs])).toEqual([
    [true, at('10:00'), at('10:10')],
    [false, at('10:20'), undefined],
  ]);
});

test('[PL11] 24 hours of drift on a border with a dwell of half an hour: at most one alarm', () => {
  const court = new Court().given([exclusion({ dwellMs: 1_800_000 })]);
  let state = 7;
  for (let minute = 0; minute < 1440; minute++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    court.hears({
      at: at('00:00') + minute * 60_000,
      ...north(200 + ((state / 4_294_967_296) * 60 - 30)),
      accuracyM: 10,
    });
  }
  expect(court.incidents().filter((i) => i.kind === 'exclusion').length).toBeLessThanOrEqual(1);
  expect(court.engine.view(MEASURE)?.devices[0]?.reports).toBe(1440);
});
