import type { IncidentView, VigieEvent } from '@vigie/api/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incidentOf } from '../testing/scene.ts';
import { applyEvents, emptyBook, replaceWith, upsert } from './incidents.ts';

function eventOf(incident: IncidentView): VigieEvent {
  const at = incident.openedAt;
  const step = {
    step: `early.${incident.step}`,
    kind: 'early',
    at,
    site: 'noirmont',
    by: null,
    settled: true,
  } as const;
  return {
    specversion: '1.0',
    id: `${incident.incidentId}:${incident.step}`,
    source: '/sites/noirmont',
    type: 'vigie.incident.early',
    subject: incident.incidentId,
    time: at,
    datacontenttype: 'application/json',
    data: { incident, step },
  };
}

const base = { a: incidentOf('a', 'exclusion', 60), b: incidentOf('b', 'tamper', 30) };
const events = (['a', 'b'] as const).flatMap((id) =>
  [1, 2, 3].map((step) => eventOf({ ...base[id], step, status: step === 3 ? 'acknowledged' : 'raised' })),
);

test('[D1] events in any order, any of them twice, end in the same incidents', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 12 }), (order) => {
      const book = order.reduce((known, event) => applyEvents(known, [event]), emptyBook);
      expect(book.byId.get('a')).toMatchObject({ step: 3, status: 'acknowledged' });
      expect(book.byId.get('b')).toMatchObject({ step: 3, status: 'acknowledged' });
      expect(book.byId.size).toBe(2);
    }),
  );
});

test('[D1] a repeat changes nothing at all', () => {
  const book = applyEvents(emptyBook, events);
  expect(applyEvents(book, events)).toBe(book);
});

test('a list replaces what is known, but not what a newer event said while the list travelled', () => {
  const before = applyEvents(
    emptyBook,
    [events[2], events[3]].filter((event) => event !== undefined),
  );
  const after = replaceWith(before, [{ ...base.a, step: 1 }], new Set(['b']));
  expect(after.byId.get('a')).toMatchObject({ step: 3 });
  expect(after.byId.has('b')).toBe(true);
  expect(replaceWith(before, [base.a], new Set()).byId.has('b')).toBe(false);
});

test('settling confirms without a step: at equal steps the list is right', () => {
  const before = upsert(emptyBook, { ...base.a, provisional: true });
  expect(replaceWith(before, [{ ...base.a, provisional: false }], new Set()).byId.get('a')?.provisional).toBe(false);
});

test('[D2] an incident takes the place of the ids it once had', () => {
  const book = applyEvents(emptyBook, [eventOf(base.a), eventOf({ ...base.b, aliases: ['a'] })]);
  expect([...book.byId.keys()]).toEqual(['b']);
});

test('[D2] an incident that no fold has any more stays on the screen, marked as withdrawn', () => {
  const event = eventOf(base.a);
  const gone = {
    ...event,
    id: 'a:withdrawn',
    data: { incident: null, step: { ...event.data.step, kind: 'withdrawn' } },
  };
  expect(applyEvents(emptyBook, [event, gone]).byId.get('a')?.certainty).toBe('withdrawn');
  expect(applyEvents(emptyBook, [gone]).byId.size).toBe(0);
});

test('events that are not about incidents are let pass', () => {
  const [event] = events;
  if (event === undefined) throw new Error('no event');
  expect(applyEvents(emptyBook, [{ ...event, type: 'vigie.case.varied' }])).toBe(emptyBook);
});
