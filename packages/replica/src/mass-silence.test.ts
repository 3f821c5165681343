// Many silent devices as one incident: what makes it and ends it, who stands alone in it, and that both sites and a restart show the same.
import type { CaseView, Incident } from '@vigie/engine';
import { SITES, type IncidentKind, type RecordedRule, type SiteId, logTimeUs } from '@vigie/model';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { MASS_DEVICES_MIN, MASS_MS_MAX, MASS_WINDOW_MS, type Silence, findMass, massLimit } from './mass-silence.ts';
import { type MassSilence, MassSilenceWatch } from './mass-silence-watch.ts';
import { Silences } from './silences.ts';
import { OUTSIDE, caseDraft, deviceOf, measureOf, recordedCase, reportsDraft } from './testing/court.ts';
import { TwoSites } from './testing/two-sites.ts';

const T0 = 1_800_000_000_000;
const silence = (n: number, openedAtMs: number, closedAtMs?: number): Silence => ({
  measure: measureOf(n),
  deviceId: deviceOf(n),
  incidentId: `silence-${String(n).padStart(4, '0')}`,
  openedAtMs,
  closedAtMs,
});
/** One device after the other, a second apart. */
const wave = (count: number, fromMs = T0, first = 1): Silence[] =>
  Array.from({ length: count }, (_, i) => silence(first + i, fromMs + i * 1000));
const ended = (silences: readonly Silence[], atMs: number): Silence[] =>
  silences.map((one) => ({ ...one, closedAtMs: atMs }));

test('[MS1] ten devices that fall silent within ten minutes are a mass silence since the first; nine are not', () => {
  expect(findMass(wave(9), 100)).toBeUndefined();
  const found = findMass(wave(10), 100);
  expect(found).toMatchObject({ sinceMs: T0 });
  expect(found?.silences).toHaveLength(10);
  const late = [...wave(9), silence(10, T0 + MASS_WINDOW_MS)];
  expect(findMass(late, 100)?.silences).toHaveLength(10);
  expect(findMass([...wave(9), silence(10, T0 + MASS_WINDOW_MS + 1)], 100)).toBeUndefined();
});

test('[MS1] of many devices, one in twenty has to be silent', () => {
  expect([0, 200, 201, 20_000].map(massLimit)).toEqual([MASS_DEVICES_MIN, 10, 11, 1000]);
  expect(findMass(wave(49), 1000)).toBeUndefined();
  expect(findMass(wave(50), 1000)?.silences).toHaveLength(50);
});

test('[MS1] devices count, not incidents, and only those that were silent at once', () => {
  const twice = wave(9).flatMap((one) => [one, { ...one, incidentId: `${one.incidentId}-b` }]);
  expect(findMass(twice, 100)).toBeUndefined();
  // Ten in ten minutes, but each is heard again before the next falls silent.
  const oneByOne = wave(10).map((one) => ({ ...one, closedAtMs: one.openedAtMs + 500 }));
  expect(findMass([...oneByOne, ...wave(9, T0 + 20_000, 50)], 100)).toBeUndefined();
});

test('[MS1] silences before and after that did not come with the many stand for themselves; two waves are one list', () => {
  const [before, after] = [silence(90, T0 - MASS_WINDOW_MS), silence(91, T0 + 2 * MASS_WINDOW_MS)];
  const mass = findMass([before, ...wave(10), after], 100);
  expect(mass?.silences.map(({ deviceId }) => deviceId)).toEqual(wave(10).map(({ deviceId }) => deviceId));
  const second = wave(10, T0 + 3 * MASS_WINDOW_MS, 100);
  const both = findMass([...second, ...wave(10)], 100);
  expect(both).toMatchObject({ id: mass?.id, sinceMs: T0 });
  expect(both?.silences).toHaveLength(20);
});

test('[MS2] it goes on while half of the limit is left, and then ends', () => {
  const left = (n: number) => [...ended(wave(10 - n), T0 + 60_000), ...wave(10).slice(10 - n)];
  const found = findMass(left(5), 100);
  expect(found?.silences).toHaveLength(5);
  expect(found).toMatchObject({ id: findMass(wave(10), 100)?.id, sinceMs: T0 });
  expect(findMass(left(4), 100)).toBeUndefined();
});

test('[MS2] whoever is silent for a day longer than the newest is looked after as himself', () => {
  expect(findMass([...wave(10), silence(11, T0 + MASS_MS_MAX)], 100)?.silences).toHaveLength(10);
  expect(findMass([...wave(10), silence(11, T0 + MASS_MS_MAX + 10_000)], 100)).toBeUndefined();
});

test('[MS4] what is found does not depend on the order in which silences became known', () => {
  const all = [...ended(wave(7), T0 + 30_000), ...wave(12, T0 + 5_000, 20), silence(60, T0 + MASS_WINDOW_MS + 8_000)];
  const expected = findMass(all, 100);
  expect(expected?.silences.length).toBe(13);
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (order) => {
      expect(findMass(order, 100)).toEqual(expected);
    }),
  );
});

const incident = (n: number, kind: IncidentKind, more: Partial<Incident> = {}): Incident => ({
  incidentId: `${kind}-${n}`,
  aliases: [],
  ruleId: kind,
  kind,
  status: 'raised',
  certainty: 'raised',
  lane: 'live',
  openedAtMs: T0 + n,
  raisedAt: logTimeUs((T0 + n) * 1000),
  signals: 1,
  reason: {
    rule: kind,
    kind,
    version: 1,
    code: 'silent',
    fixes: [{ deviceId: deviceOf(n), atMs: T0 + n }],
    values: {},
  },
  history: [],
  published: [],
  ...more,
});
const SILENT: RecordedRule = { ruleId: 'silent', kind: 'silence', maxGapMs: 20_000 };
const STRAP: RecordedRule = { ruleId: 'strap', kind: 'tamper' };
const view = (n: number, more: Partial<CaseView> = {}): CaseView => ({
  measure: measureOf(n),
  recorded: recordedCase(n, [SILENT]),
  revision: 1,
  ended: false,
  devices: [],
  incidents: [incident(n, 'silence')],
  ...more,
});
async function lookedAt(silences: readonly Silences[], running: number): Promise<MassSilence | undefined> {
  const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const watch = new MassSilenceWatch({ silences, devicesRunning: () => running, nextTurn });
  await watch.look();
  return watch.state;
}
const looked = (silences: Silences, running = 100): Promise<MassSilence | undefined> => lookedAt([silences], running);
const noted = (...views: readonly CaseView[]): Silences => {
  const silences = new Silences();
  for (const one of views) silences.note(one);
  return silences;
};
const plain = (count: number): CaseView[] => Array.from({ length: count }, (_, i) => view(i + 1));
const devicesOf = (mass: MassSilence | undefined) => mass?.devices.map(({ deviceId }) => deviceId);

test('[MS3] those first whose silence may mean that somebody is hurt, then by harm, then the longest silent', async () => {
  const near: RecordedRule = { ruleId: 'near', kind: 'proximity', partnerDeviceId: 'partner' };
  const protectedCase = recordedCase(52, [SILENT]);
  const silences = noted(
    ...plain(10),
    view(50, { recorded: recordedCase(50, [SILENT, STRAP]) }),
    view(51, { recorded: recordedCase(51, [SILENT, near]) }),
    view(52, {
      recorded: {
        ...protectedCase,
        devices: [...protectedCase.devices, { deviceId: 'partner', role: 'protected', tokenHash: 'p' }],
      },
    }),
    view(53, { incidents: [incident(53, 'silence'), incident(53, 'sos')] }),
  );
  const mass = await looked(silences);
  expect(devicesOf(mass)?.slice(0, 5)).toEqual([53, 51, 52, 50, 1].map(deviceOf));
  expect(mass?.devices.filter(({ standsAlone }) => standsAlone).map(({ deviceId }) => deviceId)).toEqual(
    [53, 51, 52].map(deviceOf),
  );
  expect(mass?.devices.at(-1)).toMatchObject({ deviceId: deviceOf(10), incidentIds: ['silence-10'] });
});

test('[MS3] an alarm of danger that opens in a case takes it out of the many, and one that a person has resolved puts it back', async () => {
  const silences = noted(...plain(12));
  const alone = async () =>
    (await looked(silences))?.devices.filter((one) => one.standsAlone).map((one) => one.measure);
  expect(await alone()).toEqual([]);
  silences.note(view(7, { incidents: [incident(7, 'silence'), incident(7, 'tamper')] }));
  expect(await alone()).toEqual([measureOf(7)]);
  const over = incident(7, 'tamper', { closedAtMs: T0 + 9, status: 'resolved' });
  silences.note(view(7, { incidents: [incident(7, 'silence'), over] }));
  expect(await alone()).toEqual([]);
});

test('[MS2] who is heard, erased, or whose rule is switched off leaves the list', async () => {
  const silences = noted(...plain(13));
  expect(devicesOf(await looked(silences))).toHaveLength(13);
  silences.note(view(1, { incidents: [incident(1, 'silence', { closedAtMs: T0 + 60_000, certainty: 'explained' })] }));
  silences.forget(measureOf(2));
  const off = { off: true, at: logTimeUs(1) };
  silences.note(view(3, { incidents: [incident(3, 'silence', { switched: off, status: 'resolved' })] }));
  const left = devicesOf(await looked(silences));
  expect(left).toHaveLength(10);
  for (const n of [1, 2, 3]) expect(left).not.toContain(deviceOf(n));
  // More devices are watched, so as many are not many any more.
  expect(await looked(silences, 300)).toBeUndefined();
});

test('[MS1] the partitions of a log are one: those silent in each are counted and ranked together', async () => {
  const halves = [noted(...plain(5)), noted(...plain(11).slice(5))];
  expect(await looked(halves[0] as Silences)).toBeUndefined();
  expect(devicesOf(await lookedAt(halves, 100))).toEqual(plain(11).map((_, i) => deviceOf(i + 1)));
});

test('[MS2] a watch that goes on sees who is heard meanwhile', async () => {
  const silences = noted(...plain(10));
  let turns = 0;
  const watch = new MassSilenceWatch({
    silences: [silences],
    devicesRunning: () => 10,
    nextTurn: async () => void turns++,
  });
  await watch.look();
  expect(watch.state?.devices).toHaveLength(10);
  silences.note(view(1, { incidents: [incident(1, 'silence', { closedAtMs: T0 + 60_000 })] }));
  await watch.look();
  expect(devicesOf(watch.state)).not.toContain(deviceOf(1));
  expect(turns).toBe(0);
});

/** Twelve cases that reported once and then no more; one of them comes back. */
async function silentTwo(): Promise<TwoSites> {
  const two = await TwoSites.start();
  onTestFinished(() => two.dispose());
  const { log, keys } = two.noirmont;
  for (let n = 1; n <= 12; n++) await log.append(caseDraft(keys, n));
  await two.settle();
  await two.pass(1000);
  const atMs = two.time.nowUs() / 1000;
  await log.append(
    reportsDraft(
      keys,
      Array.from({ length: 12 }, (_, i) => [i + 1, [{ atMs, seq: 1, ...OUTSIDE }]] as const),
    ),
  );
  await two.settle();
  return two;
}
const massAt = (two: TwoSites, site: SiteId) => {
  const { silences, devicesRunning } = two.at(site).replica;
  return lookedAt([silences], devicesRunning);
};

test('[MS4] both sites show the same under the same id, also one that begins again from a snapshot', async () => {
  const two = await silentTwo();
  expect(await massAt(two, 'noirmont')).toBeUndefined();
  await two.pass(25_000, 100);
  await two.settle();
  const mass = await massAt(two, 'noirmont');
  expect(mass?.devices).toHaveLength(12);
  expect(await massAt(two, 'delemont')).toEqual(mass);
  await two.delemont.log.append(
    reportsDraft(two.delemont.keys, [[4, [{ atMs: two.time.nowUs() / 1000, seq: 2, ...OUTSIDE }]]]),
  );
  await two.settle();
  const left = await massAt(two, 'noirmont');
  expect(left).toMatchObject({ id: mass?.id, sinceMs: mass?.sinceMs });
  expect(devicesOf(left)).toEqual(devicesOf(mass)?.filter((deviceId) => deviceId !== deviceOf(4)));
  expect(await two.delemont.replica.snapshotNow()).toBe(true);
  await two.kill('delemont');
  await two.open('delemont');
  await two.settle();
  expect(await massAt(two, 'delemont')).toEqual(left);
});

test('[MS5] each silence is raised and told as its order says, mass or not', async () => {
  const two = await silentTwo();
  await two.pass(25_000, 100);
  await two.settle();
  expect((await massAt(two, 'noirmont'))?.devices).toHaveLength(12);
  const told = (site: SiteId) =>
    new Set(
      two
        .at(site)
        .replica.events(undefined, 1000)
        .events.map(({ id }) => id),
    );
  for (let n = 1; n <= 12; n++)
    for (const site of SITES) {
      const [own] = two.at(site).replica.caseView(measureOf(n))?.incidents ?? [];
      expect(own).toMatchObject({ kind: 'silence', status: 'raised', certainty: 'raised' });
      expect(told(site)).toContain(`${own?.incidentId}/early`);
    }
});
