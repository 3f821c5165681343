// Where an incident is: what its events say, kept in the fold so that both sites and every replay name the same place.
import { expect, test } from 'vitest';
import { PLACES_SINCE } from './limits.ts';
import { BEYOND, Court, MEASURE, WITHIN, exclusion } from './testing/court.ts';

const PLACE = { canton: 'JU', municipality: 'Westville', boundaries: '0123456789abcdef' };

function told(place: unknown, rules?: number, step: 'early' | 'escalated.1' = 'early'): Court {
  const court = new Court();
  court.rules = rules;
  court
    .given([exclusion()])
    .hears({ at: '08:00', ...BEYOND })
    .hears({ at: '08:05', ...WITHIN });
  say(court, place, step);
  return court;
}
function say(court: Court, place: unknown, step: 'early' | 'escalated.1'): void {
  const [raised] = court.incidents();
  if (raised === undefined) throw new Error('nothing was raised');
  const { incidentId, ruleId, kind, openedAtMs, lane, reason } = raised;
  const type = step === 'early' ? 'early' : 'escalated';
  const event = { incidentId, step, type, ruleId, kind, openedAtMs, lane, reason, place } as const;
  court.event(event as Parameters<Court['event']>[0], '08:06');
}

test('[JD1] an incident keeps where its events say it was, the latest of them', () => {
  const court = told(PLACE);
  expect(court.incidents()[0]?.place).toEqual(PLACE);
  say(court, { ...PLACE, canton: 'BE', municipality: null }, 'escalated.1');
  expect(court.incidents()[0]?.place).toEqual({ ...PLACE, canton: 'BE', municipality: null });
  const saved = court.engine.saveCase(MEASURE) as Uint8Array;
  court.engine.loadCase(MEASURE, saved);
  expect(court.incidents()[0]?.place?.canton).toBe('BE');
});

test('[JD1] what is no place is none, and a place of more than it should hold is kept without the rest', () => {
  for (const bad of [7, 'JU', {}, { ...PLACE, canton: 7 }, { ...PLACE, boundaries: 'x'.repeat(101) }, null]) {
    const [one] = told(bad).incidents();
    expect(one?.published).toEqual(['early']);
    expect(one?.place).toBeUndefined();
  }
  expect(told({ ...PLACE, more: 'x' }).incidents()[0]?.place).toEqual(PLACE);
});

test('[JD1] [RV1] by the rules before version 4 it is not kept: old logs replay as they were', () => {
  expect(told(PLACE, PLACES_SINCE - 1).incidents()[0]?.place).toBeUndefined();
});
