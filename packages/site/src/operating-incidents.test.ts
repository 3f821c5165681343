import { expect, test } from 'vitest';
import { OperatingIncidents } from './operating-incidents.ts';

test('an incident begins once, keeps its beginning while its words change, and is told when it ends', () => {
  let now = 1_000;
  const notes: string[] = [];
  const incidents = new OperatingIncidents(
    () => now,
    (level, detail) => notes.push(`${level} ${detail}`),
  );
  incidents.set('disk-full', undefined);
  incidents.set('disk-full', '3 MB left');
  now = 2_000;
  incidents.set('disk-full', '2 MB left');
  incidents.set('clock', '4.0 s ahead');
  expect(incidents.open()).toEqual([
    { kind: 'disk-full', since: '1970-01-01T00:00:01.000Z', detail: '2 MB left' },
    { kind: 'clock', since: '1970-01-01T00:00:02.000Z', detail: '4.0 s ahead' },
  ]);
  // A clock that differs keeps nobody from taking reports; a full disk does.
  expect(incidents.reasons()).toEqual(['disk-full: 2 MB left']);
  incidents.set('disk-full', undefined);
  expect(incidents.has('disk-full')).toBe(false);
  expect(notes).toEqual([
    'error incident: disk-full: 3 MB left',
    'error incident: clock: 4.0 s ahead',
    'info incident over: disk-full',
  ]);
});

test('[L1] what several partitions say is over once it is for all of them, whoever begins anew meanwhile', () => {
  const incidents = new OperatingIncidents(
    () => 0,
    () => {},
  );
  const [first, second] = [incidents.setterOf(0), incidents.setterOf(1)];
  first('copy-stalled', 'of the first');
  second('copy-stalled', 'of the second');
  second('copy-stalled', undefined);
  expect(incidents.open()).toMatchObject([{ kind: 'copy-stalled', detail: 'of the first' }]);
  incidents.setterOf(0)('copy-stalled', undefined);
  expect(incidents.open()).toEqual([]);
});
