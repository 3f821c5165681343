import { expect, test } from 'vitest';
import { newCaseSchema } from '@vigie/model';
import { expectedOf } from '../oracle/oracle.ts';
import { roughDistanceM } from '../plane.ts';
import type { PlannedReport, SimDevice } from '../types.ts';
import { type FleetOptions, fleet } from './fleet.ts';

const startMs = Date.parse('2026-11-23T05:00:00Z');
const day: FleetOptions = { seed: 7, persons: 40, startMs, durationMs: 86_400_000 };
const reportsOf = (device: SimDevice): PlannedReport[] => {
  const reports: PlannedReport[] = [];
  for (let next = device.reports.next(); !next.done; next = device.reports.next()) reports.push(next.value);
  return reports;
};

test('the same seed gives the same fleet, to the byte; another seed another', () => {
  const text = (seed: number): string => {
    const { cases, devices } = fleet({ ...day, seed, persons: 5 });
    return JSON.stringify([cases, devices.map(reportsOf)]);
  };
  expect(text(7)).toBe(text(7));
  expect(text(7)).not.toBe(text(8));
});
test('every case is one that the API takes', () => {
  for (const one of fleet(day).cases) expect(newCaseSchema.safeParse(one).error?.issues).toBeUndefined();
});
test('a life that begins at another moment is the same life, its times shifted', () => {
  const shiftMs = 3_456_789;
  const [here] = fleet({ ...day, persons: 1 }).devices.map(reportsOf);
  const [there] = fleet({ ...day, persons: 1, startMs: startMs + shiftMs, lifeStartMs: startMs }).devices.map(
    reportsOf,
  );
  const placeAndTime = ({ atMs, body }: PlannedReport, by: number) => [atMs + by, body.at.length, body.lat, body.lon];
  expect(there?.map((report) => placeAndTime(report, 0))).toEqual(here?.map((report) => placeAndTime(report, shiftMs)));
});
test('a larger fleet begins with the smaller one', () => {
  expect(fleet({ ...day, persons: 80 }).persons.slice(0, 40)).toEqual(fleet(day).persons);
});
test('people live where people live: in many cantons, most in the large ones, all in Switzerland', () => {
  const { persons } = fleet({ ...day, persons: 2_000 });
  const inCanton = (canton: string): number => persons.filter((person) => person.canton === canton).length;
  expect(new Set(persons.map(({ canton }) => canton)).size).toBeGreaterThan(20);
  expect(inCanton('ZH')).toBeGreaterThan(inCanton('JU') * 5);
  expect(inCanton('JU')).toBeGreaterThan(0);
  for (const { home } of persons) {
    expect(home.lat > 45.7 && home.lat < 47.9 && home.lon > 5.8 && home.lon < 10.6).toBe(true);
  }
});
test('movement is plausible: nobody flies, and what is far from home is reached in steps', () => {
  for (const device of fleet(day).devices) {
    const reports = reportsOf(device);
    const pairs = reports.slice(1).map((report, i) => [reports[i] as PlannedReport, report] as const);
    const odd = pairs.filter(([before, report]) => {
      const seconds = (report.atMs - before.atMs) / 1000;
      const noise = 5 * ((report.body.accuracyM ?? 0) + (before.body.accuracyM ?? 0)) + 50;
      const isFlight = roughDistanceM(place(before), place(report)) > 45 * seconds + noise;
      return isFlight || seconds < 0 || report.sendAtMs < before.sendAtMs;
    });
    expect(odd).toEqual([]);
  }
});
test('a day of 40 persons holds enough that happens: breaches, buffered uploads, gaps', () => {
  const { cases, devices } = fleet({ ...day, curfew: false, temper: 'eventful' });
  let incidents = 0;
  let buffered = 0;
  let gaps = 0;
  for (const device of devices) {
    const reports = reportsOf(device);
    const order = cases.find(({ caseId }) => caseId === device.caseId);
    const expected = expectedOf(
      { caseId: device.caseId, rules: order?.rules ?? [] },
      reports.map(({ body }) => body),
    );
    incidents += expected.reduce((sum, { variants }) => sum + (variants[0]?.length ?? 0), 0);
    buffered += reports.filter(({ atMs, sendAtMs }) => sendAtMs > atMs).length;
    gaps += reports.filter(({ atMs }, i) => i > 0 && atMs - (reports[i - 1] as PlannedReport).atMs > 150_000).length;
  }
  expect(incidents).toBeGreaterThan(40);
  expect(buffered).toBeGreaterThan(500);
  expect(gaps).toBeGreaterThan(20);
});

const place = ({ body }: PlannedReport) => ({ lat: body.lat ?? 0, lon: body.lon ?? 0 });
