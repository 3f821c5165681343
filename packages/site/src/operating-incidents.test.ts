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
