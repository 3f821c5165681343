import { expect, test } from 'vitest';
import { type ClockView, watchClocks } from './clock-watch.ts';
import { OperatingIncidents } from './operating-incidents.ts';

const NOW_US = 1_750_000_000_000_000;

function told(...views: readonly Partial<ClockView>[]): string[][] {
  const incidents = new OperatingIncidents(
    () => NOW_US / 1000,
    () => undefined,
  );
  return views.map((view) => {
    watchClocks({ nowUs: NOW_US, newestT: NOW_US, skewMs: 0, ...view }, incidents);
    return incidents.open().map(({ kind }) => kind);
  });
}

test('[L5] a log time more than 2 s ahead of the own clock is an incident for as long as it is', () => {
  expect(told({ newestT: NOW_US + 2_000_000 }, { newestT: NOW_US + 2_000_001 }, {})).toEqual([[], ['clock'], []]);
});

test('[L5] clocks of the sites that differ by more than 500 ms are an incident, either way', () => {
  expect(told({ skewMs: 500 }, { skewMs: 501 }, { skewMs: -501 }, { skewMs: undefined })).toEqual([
    [],
    ['clock-skew'],
    ['clock-skew'],
    [],
  ]);
});
