import type { IncidentView, MassSilenceView } from '@vigie/api/contract';
import { expect, test } from 'vitest';
import { incidentOf } from '../testing/scene.ts';
import { foldMass } from './mass.ts';
import { ROWS_MAX, queueOf, rowsOf } from './order.ts';

const idsOf = (incidents: readonly IncidentView[]): readonly string[] => incidents.map(({ incidentId }) => incidentId);
const massOf = (ids: readonly string[], alone: readonly string[] = []): MassSilenceView => ({
  massSilenceId: 'm',
  since: '2026-11-22T10:00:00.000Z',
  count: ids.length,
  standAlone: alone.length,
  devices: ids.map((id) => ({
    caseId: id,
    deviceId: id,
    role: 'wearer',
    incidentIds: [id],
    openedAt: '2026-11-22T10:00:00.000Z',
    standsAlone: alone.includes(id),
  })),
});
const silences = ['s1', 's2', 's3', 's4'].map((id, i) => incidentOf(id, 'silence', 100 - i, { caseId: id }));
const others = [incidentOf('zone', 'exclusion', 5), incidentOf('charge', 'battery', 5)];
const queue = queueOf([...silences, ...others]);

test('[MS3] a mass silence is one row below what is graver; whoever may be hurt keeps a row', () => {
  const { queue: shown, mass } = foldMass(queue, massOf(['s3', 's4', 's1', 's2'], ['s3']), false);
  expect(idsOf(shown.alarm)).toEqual(['zone', 's3', 'charge']);
  expect(mass).toMatchObject({ devices: 4, at: 2, open: false });
  expect(idsOf(mass?.folded ?? [])).toEqual(['s4', 's1', 's2']);
});

test('open, its rows stand in its place, and the keys walk along them', () => {
  const { queue: shown } = foldMass(queue, massOf(['s4', 's1', 's2']), true);
  expect(idsOf(rowsOf(shown))).toEqual(['zone', 's3', 's4', 's1', 's2', 'charge']);
});

test('a silence that is in hand, or that is not of it, is not folded; without alarms there is no row', () => {
  const held = incidentOf('s1', 'silence', 100, { status: 'acknowledged' });
  const { queue: shown, mass } = foldMass(queueOf([held, ...silences.slice(1)]), massOf(['s1', 's2']), false);
  expect(idsOf(shown.alarm)).toEqual(['s3', 's4']);
  expect(idsOf(shown.in_hand)).toEqual(['s1']);
  expect(idsOf(mass?.folded ?? [])).toEqual(['s2']);
  expect(foldMass(queueOf([held]), massOf(['s1']), false).mass).toBeNull();
  expect(foldMass(queue, null, false)).toEqual({ queue, mass: null });
});

test('its row is drawn however many graver alarms there are', () => {
  const many = Array.from({ length: 3 * ROWS_MAX }, (_, i) => incidentOf(`z${i}`, 'exclusion', i));
  expect(foldMass(queueOf([...many, ...silences]), massOf(['s1']), false).mass?.at).toBeLessThan(ROWS_MAX);
});
