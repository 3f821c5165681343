import type { IncidentView } from '@vigie/api/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incidentOf, scene } from '../testing/scene.ts';
import { ROWS_MAX, gravestOf, neighbour, queueOf, rowsOf, sectionOf } from './order.ts';

const idsOf = (incidents: readonly IncidentView[]): readonly string[] => incidents.map(({ incidentId }) => incidentId);

test('alarms stand by harm, then the oldest first, whatever order they came in', () => {
  const incidents = [
    incidentOf('battery', 'battery', 9_000),
    incidentOf('zone-new', 'exclusion', 10),
    incidentOf('zone-old', 'exclusion', 500),
    incidentOf('victim', 'proximity', 1),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(incidents, { minLength: incidents.length }), (order) => {
      expect(idsOf(queueOf(order).alarm)).toEqual(['victim', 'zone-old', 'zone-new', 'battery']);
    }),
  );
});

test('equal harm and age: the id decides, so two consoles show one order', () => {
  const [one, two] = ['x', 'y'].map((id) => ({ ...incidentOf(id, 'tamper', 5), openedAt: '2026-11-22T10:00:00.000Z' }));
  if (one === undefined || two === undefined) throw new Error('unreachable');
  expect(idsOf(queueOf([two, one]).alarm)).toEqual(['x', 'y']);
});

test('late, withdrawn and taken incidents never stand before a live alarm', () => {
  const queue = queueOf(scene(0).incidents.values());
  expect(idsOf(queue.alarm)).toEqual([
    'i-proximity',
    'i-tamper',
    'i-exclusion',
    'i-inclusion',
    'i-silence',
    'i-battery',
  ]);
  expect(idsOf(rowsOf(queue)).slice(6)).toEqual(['i-held', 'i-late', 'i-withdrawn']);
});

test('ten thousand late alarms hide no live one', () => {
  const late = Array.from({ length: 10_000 }, (_, i) => incidentOf(`late-${i}`, 'proximity', i, { lane: 'late' }));
  const rows = rowsOf(queueOf([...late, incidentOf('live', 'battery', 1)]));
  expect(rows[0]?.incidentId).toBe('live');
  expect(rows).toHaveLength(1 + ROWS_MAX);
});

test('what is resolved leaves the queue; a late one in hand is in hand', () => {
  expect(sectionOf(incidentOf('r', 'tamper', 1, { status: 'resolved' }))).toBeNull();
  expect(sectionOf(incidentOf('l', 'tamper', 1, { lane: 'late', status: 'in_progress' }))).toBe('in_hand');
  expect(sectionOf(incidentOf('w', 'tamper', 1, { status: 'acknowledged', certainty: 'refuted' }))).toBe('withdrawn');
});

test('the arrows walk the rows and stop at both ends; without a choice they begin at the top', () => {
  const rows = rowsOf(queueOf(scene(0).incidents.values()));
  expect(neighbour(rows, null, 1)?.incidentId).toBe('i-proximity');
  expect(neighbour(rows, 'i-proximity', -1)?.incidentId).toBe('i-proximity');
  expect(neighbour(rows, 'i-proximity', 1)?.incidentId).toBe('i-tamper');
  expect(neighbour(rows, 'i-withdrawn', 1)?.incidentId).toBe('i-withdrawn');
  expect(neighbour(rows, 'gone', 1)?.incidentId).toBe('i-proximity');
  expect(neighbour([], null, 1)).toBeUndefined();
});

test('a click on a person opens the incident of the case that would be met first', () => {
  const incidents = [
    incidentOf('battery', 'battery', 5),
    incidentOf('zone', 'exclusion', 5),
    incidentOf('late', 'tamper', 5, { lane: 'late' }),
  ];
  expect(gravestOf(incidents, 'JU-2026-0017')?.incidentId).toBe('zone');
  expect(gravestOf(incidents, 'nobody')).toBeUndefined();
});
