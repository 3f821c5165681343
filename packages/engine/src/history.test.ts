// A history beside an obvious one: an array of what was put in.
import { ReportBatchReader, encodeReportBatch } from '@vigie/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';
import { type Draft, HAS_FIX, History, NAMED } from './history.ts';
import { RECORD_WORDS, ReportSlabs, WAITING_MAX } from './report-slabs.ts';
import { steadyClock } from './steady-clock.ts';
import { BEYOND, at, exclusion, recordedCase, report } from './testing/court.ts';
import { place } from './testing/two-ways.ts';

const PLACES = 20;
const draftOf = (minute: number, seq: number): Draft => ({
  at: 1_790_000_000_123 + minute * 60_000,
  flags: HAS_FIX | NAMED,
  latE7: minute,
  lonE7: -seq,
  accuracyMm: 4_000_000_000,
  boot: 3_000_000_000,
  seq: seq + 2 ** 33,
  hashA: -seq,
  hashB: minute,
  beacons: 0,
});

interface Known {
  readonly minute: number;
  readonly seq: number;
  verdicts: number[];
}
const sameAs = (known: readonly Known[], history: History, places: number): void => {
  expect(history.length).toBe(known.length);
  for (const [i, { minute, seq, verdicts }] of known.entries()) {
    const { at, latE7, lonE7, accuracyMm, boot, seq: number } = draftOf(minute, seq);
    expect([history.at(i), history.latE7(i), history.lonE7(i), history.accuracyMm(i)]).toEqual([
      at,
      latE7,
      lonE7,
      accuracyMm,
    ]);
    expect([history.boot(i), history.seq(i), history.hasFix(i)]).toEqual([boot, number, true]);
    expect(Array.from({ length: places }, (_, p) => history.verdict(i, p))).toEqual(verdicts);
  }
};
const equal = (a: unknown, b: unknown): void => expect(a).toEqual(b);
const sumOf = (history: History): number[] => {
  const sum = new Int32Array(4);
  history.sumInto(sum, 7);
  return [...sum];
};

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ what: fc.constant('insert' as const), n: fc.nat({ max: 200 }) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('append' as const), n: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('drop' as const), n: fc.nat({ max: 30 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('widen' as const, 'load' as const, 'digest' as const), n: fc.nat() }),
  },
);

test('a history in blocks is the list of its records, whatever is put in, appended, dropped, loaded or widened', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 1, 2), (steps, verdictWords) => {
      const slabs = new ReportSlabs();
      let places = Math.min(PLACES, verdictWords * 16);
      let history = new History(slabs, verdictWords);
      const known: Known[] = [];
      let seq = 0;
      for (const { what, n } of steps) {
        seq++;
        if (what === 'insert') {
          const draft = draftOf(n, seq);
          const i = history.placeOf(draft);
          equal(i, known.filter(({ minute }) => minute <= n).length);
          history.insert(i, draft);
          const verdicts = Array.from({ length: places }, (_, p) => (seq + p) % 4);
          for (const [p, verdict] of verdicts.entries()) history.setVerdict(i, p, verdict);
          known.splice(i, 0, { minute: n, seq, verdicts });
        } else if (what === 'append' && known.length > 0) {
          const last = known.at(-1) as Known;
          const source = new History(slabs, 0);
          for (let k = 1; k <= n; k++) source.insert(k - 1, draftOf(last.minute + k, seq));
          const waiting = new Int32Array(WAITING_MAX * RECORD_WORDS);
          waiting.set(source.words(), 5);
          source.release();
          history.appendLikeLast(waiting, 5, n);
          for (let k = 1; k <= n; k++) known.push({ minute: last.minute + k, seq, verdicts: [...last.verdicts] });
        } else if (what === 'drop') {
          const count = Math.min(n, known.length);
          history.drop(count);
          known.splice(0, count);
        } else if (what === 'widen') {
          const wider = n % 3;
          places = Math.min(PLACES, wider * 16);
          history = history.widened(wider);
          for (const one of known) one.verdicts = Array.from({ length: places }, () => 0);
        } else if (what === 'load') {
          const loaded = History.ofWords(slabs, history.verdictWords, history.words());
          equal(sumOf(loaded), sumOf(history));
          history.release();
          history = loaded;
        } else if (what === 'digest') history.sumInto(new Int32Array(4), 7);
        sameAs(known, history, places);
      }
      expect(sumOf(history)).toEqual(sumOf(History.ofWords(new ReportSlabs(), history.verdictWords, history.words())));
      history.release();
      expect(slabs.historyBlocks).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('[LT7] whatever a case that sleeps, goes or is put back anew had of the histories is given back', () => {
  const engine = new Engine({ awakeMax: 2 });
  const recorded = recordedCase([exclusion({})]);
  const say = (measure: string, seq: number): void => {
    const bytes = encodeReportBatch('wearer', [report({ at: at('08:00') + seq * 60_000, seq, ...BEYOND })]);
    const batch = new ReportBatchReader().reset(bytes);
    engine.apply({ kind: 'reports', measure, batch }, place(seq), steadyClock(at('08:00') + seq * 60_000));
  };
  const measures = Array.from({ length: 6 }, (_, i) => `${i}`.repeat(32));
  for (const measure of measures) engine.apply({ kind: 'case', measure, recorded }, place(0), steadyClock(at('08:00')));
  for (let seq = 1; seq < 60; seq++) for (const measure of measures) say(measure, seq);
  for (const measure of measures) {
    engine.view(measure);
    engine.caseDigest(measure);
    engine.loadCase(measure, engine.saveCase(measure) as Uint8Array);
  }
  for (const measure of measures) say(measure, 60);
  const { order } = recorded;
  for (const measure of measures) {
    const changed = { ...order, baseRevision: 1, rules: [exclusion({ bufferMm: 50_000 })] };
    engine.apply({ kind: 'order', measure, order: changed, by: 'court' }, place(61), steadyClock(at('09:05')));
  }
  // 60 reports of eight a block, of each that is awake.
  expect(engine.historyBlocks).toBe(8 * engine.awakeCount);
  expect(engine.awakeCount).toBeLessThan(measures.length);
  for (const measure of measures) engine.dropCase(measure);
  expect(engine.historyBlocks).toBe(0);
});
