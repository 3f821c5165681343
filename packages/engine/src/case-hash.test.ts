// The quick digest tells apart what the bytes tell apart, and knows nothing that they do not.
import { ReportBatchReader, encodeReportBatch } from '@vigie/model';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { steadyClock } from './steady-clock.ts';
import { BEYOND, MEASURE, MINUTE, WITHIN, at, exclusion, recordedCase, report } from './testing/court.ts';

const place = { site: 'noirmont', epoch: '1-aaaa', seq: 1 as never, index: 0, entryId: 'entry-1' } as const;

function engineOf(said: readonly Parameters<typeof report>[0][], bufferMm = 0): Engine {
  const engine = new Engine();
  const recorded = recordedCase([exclusion({ bufferMm }), { ruleId: 'battery', kind: 'battery', minPct: 20 }]);
  engine.apply({ kind: 'case', measure: MEASURE, recorded }, place, steadyClock(at('08:00')));
  for (const one of said) {
    const batch = new ReportBatchReader().reset(encodeReportBatch('wearer', [report(one)]));
    engine.apply({ kind: 'reports', measure: MEASURE, batch }, place, steadyClock(at('10:00')));
  }
  return engine;
}

const first = { at: '09:00', seq: 1, ...BEYOND, batteryPct: 50 } as const;
const second = { at: '09:10', seq: 2, ...WITHIN, batteryPct: 50 } as const;

test('states that differ in one number of one report, one rule or one signal have other digests', () => {
  const others = [
    engineOf([first]),
    engineOf([first, second]),
    engineOf([first, { ...second, accuracyM: 1 }]),
    engineOf([first, { ...second, seq: 3 }]),
    engineOf([first, { ...second, batteryPct: 51 }]),
    engineOf([first, { ...second, at: '09:10:01' }]),
    engineOf([first, second], 1000),
    engineOf([first, second, { ...second, at: '09:11', seq: 3 }]),
    engineOf([]),
  ];
  expect(new Set(others.map((engine) => engine.digest())).size).toBe(others.length);
  expect(new Set(others.map((engine) => engine.caseDigest(MEASURE))).size).toBe(others.length);
});

test('the digest is of the state and not of the way to it: looked at in between, loaded, dropped and put back', () => {
  const straight = engineOf([first, second]);
  const looked = engineOf([first]);
  looked.digest();
  const batch = new ReportBatchReader().reset(encodeReportBatch('wearer', [report(second)]));
  looked.apply({ kind: 'reports', measure: MEASURE, batch }, place, steadyClock(at('10:00')));
  expect(looked.digest()).toBe(straight.digest());
  const bytes = looked.saveCase(MEASURE) as Uint8Array;
  looked.loadCase(MEASURE, bytes);
  expect(looked.digest()).toBe(straight.digest());
  const empty = new Engine().digest();
  looked.dropCase(MEASURE);
  expect(looked.digest()).toBe(empty);
  looked.loadCase(MEASURE, bytes);
  expect(looked.digest()).toBe(straight.digest());
  expect(Engine.restore(straight.snapshot()).digest()).toBe(straight.digest());
});

test('what leaves the late window leaves the digest of the reports with it', () => {
  const said = Array.from({ length: 50 }, (_, i) => ({ at: at('08:00') + i * 6 * 60 * MINUTE, seq: i + 1, ...BEYOND }));
  const [often, seldom] = [engineOf([]), engineOf([])];
  for (const one of said) {
    for (const engine of [often, seldom]) {
      const batch = new ReportBatchReader().reset(encodeReportBatch('wearer', [report(one)]));
      engine.apply({ kind: 'reports', measure: MEASURE, batch }, place, steadyClock(one.at));
    }
    often.digest();
  }
  expect(often.digest()).toBe(seldom.digest());
  expect(Engine.restore(often.snapshot()).digest()).toBe(often.digest());
});
