import type { CaseView, Incident } from '@vigie/engine';
import { ManualTime } from '@vigie/log';
import { type SiteId, fixTimeMs, logTimeUs } from '@vigie/model';
import { expect, test } from 'vitest';
import { Duties, OPENING_WAIT_MS, TAKEOVER_AFTER_MS, ownerOf } from './duties.ts';
import { measureOf, recordedCase } from './testing/court.ts';

const incident = (id: string, published: readonly string[] = [], more: Partial<Incident> = {}): Incident => ({
  incidentId: id,
  aliases: [],
  ruleId: 'stay-away',
  kind: 'exclusion',
  status: 'raised',
  certainty: 'raised',
  lane: 'live',
  openedAtMs: 1,
  raisedAt: logTimeUs(1),
  signals: 1,
  reason: { rule: 'stay-away', kind: 'exclusion', version: 1, code: 'inside_exclusion', fixes: [], values: {} },
  history: [],
  published,
  ...more,
});
const view = (boundTo: SiteId, ...incidents: readonly Incident[]): CaseView => ({
  measure: measureOf(1),
  recorded: recordedCase(1),
  revision: 1,
  ended: false,
  devices: [{ deviceId: 'wearer-1', role: 'wearer', boundTo, lastReportAt: logTimeUs(5), reports: 1 }],
  incidents,
});

class Desk {
  readonly time = new ManualTime();
  readonly appended: string[][] = [];
  answer = true;
  ahead = false;
  readonly unsure = new Set<string>();
  current: CaseView | undefined;
  readonly duties: Duties;

  constructor(site: SiteId) {
    const { time } = this;
    this.duties = new Duties({
      site,
      timing: { nowUs: () => time.nowUs(), after: (ms, run) => time.after(ms, run), soon: () => {} },
      view: () => this.current,
      isOpeningKnown: (_, { incidentId }) => !this.unsure.has(incidentId),
      isAhead: () => this.ahead,
      append: async (events) => {
        this.appended.push(events.map(({ event }) => `${event.incidentId}/${event.step}`));
        return this.answer;
      },
    });
  }
  live(now: CaseView): this {
    this.current = now;
    this.duties.live(now);
    this.duties.flush();
    return this;
  }
  settled(now: CaseView, ahead = false): this {
    this.ahead = ahead;
    if (!ahead) this.current = now;
    this.duties.settled(now, ahead);
    this.duties.flush();
    return this;
  }
}

test('[D1] several incidents of a turn are published in one entry, each once however often it is looked at', () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  const now = view('noirmont', incident('a'), incident('b'));
  desk.live(now).live(now).live(now);
  expect(desk.appended).toEqual([['a/early', 'b/early']]);
});

test('[D1] nothing is published before everything on the own disk is read, and then only what is still owed', () => {
  const desk = new Desk('noirmont');
  desk.live(view('noirmont', incident('old'), incident('new')));
  expect(desk.appended).toEqual([]);
  desk.current = view('noirmont', incident('old', ['early', 'confirmed']), incident('new'));
  desk.duties.enable();
  expect(desk.appended).toEqual([['new/early']]);
});

test('[D3] the other site waits 2 s for each event on its own, and lets it be when it has come', () => {
  const desk = new Desk('delemont');
  desk.duties.enable();
  desk.live(view('noirmont', incident('a')));
  desk.time.advance(1_900);
  desk.live(view('noirmont', incident('a'), incident('b')));
  expect(desk.appended).toEqual([]);
  desk.time.advance(200);
  expect(desk.appended).toEqual([['a/early']]);
  desk.duties.landed('b/early');
  desk.current = view('noirmont', incident('a', ['early']), incident('b', ['early']));
  desk.time.advance(5_000);
  expect(desk.appended).toEqual([['a/early']]);
  expect(desk.duties.waiting).toBe(0);
});

test('an append that failed is repeated', async () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  desk.answer = false;
  desk.live(view('noirmont', incident('a')));
  await Promise.resolve();
  await Promise.resolve();
  desk.answer = true;
  desk.time.advance(300);
  expect(desk.appended).toEqual([['a/early'], ['a/early']]);
});

test('[D2] what follows an early is owed once it has settled: confirmed and closed, or why it is taken back', () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  desk.settled(view('noirmont', incident('a')));
  expect(desk.appended).toEqual([]);
  desk.settled(view('noirmont', incident('a', ['early'], { closedAtMs: 9 })));
  desk.settled(view('noirmont', incident('b', ['early'], { certainty: 'withdrawn' })));
  desk.settled(view('noirmont', incident('c', ['early', 'confirmed'], { certainty: 'refuted' })));
  desk.settled(view('noirmont', incident('d', ['early', 'confirmed'], { certainty: 'explained' })));
  expect(desk.appended).toEqual([['a/confirmed', 'a/closed'], ['b/withdrawn'], ['c/refuted'], ['d/explained']]);
});

test('while a case is ahead only its settled state confirms, and live says what has been published', () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  desk.current = view('noirmont', incident('a', ['early', 'confirmed']), incident('b', ['early']));
  desk.settled(view('noirmont', incident('a', ['early']), incident('b', ['early'])), true);
  expect(desk.appended).toEqual([['b/confirmed']]);
});

test("[D3] the owner is the origin of the case's latest report, else Noirmont", () => {
  const device = (boundTo: SiteId, at: number) =>
    ({ deviceId: `${boundTo}-${at}`, role: 'wearer', boundTo, lastReportAt: logTimeUs(at), reports: 1 }) as const;
  expect(ownerOf({ ...view('noirmont'), devices: [device('noirmont', 4), device('delemont', 5)] })).toBe('delemont');
  expect(ownerOf({ ...view('noirmont'), devices: [device('delemont', 4), device('noirmont', 5)] })).toBe('noirmont');
  expect(ownerOf({ ...view('noirmont'), devices: [] })).toBe('noirmont');
});

test('[D2] the owner waits a bounded moment while a report before the opening one is missing, and no longer', () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  desk.unsure.add('a');
  desk.live(view('noirmont', incident('a'), incident('b')));
  expect(desk.appended).toEqual([['b/early']]);
  desk.time.advance(OPENING_WAIT_MS - 1);
  expect(desk.appended).toHaveLength(1);
  desk.time.advance(1);
  expect(desk.appended).toEqual([['b/early'], ['a/early']]);
});

test('[D2] what was missing comes: the incident that the other site told is shown, and nothing is told of the one it became', () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  desk.unsure.add('later');
  desk.live(view('noirmont', incident('later')));
  desk.time.advance(100);
  desk.live(view('noirmont', incident('first', ['early'], { aliases: ['later'] })));
  desk.time.advance(10_000);
  expect(desk.appended.flat().filter((id) => id.includes('early'))).toEqual([]);
});

test('[D2] what was missing comes and changes nothing: the alarm goes out at once', () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  desk.unsure.add('a');
  desk.live(view('noirmont', incident('a')));
  desk.time.advance(100);
  desk.unsure.clear();
  desk.live(view('noirmont', incident('a')));
  expect(desk.appended).toEqual([['a/early']]);
});

test("[D3] a case that moves over while the owner waits is the other site's, which has 2 s from the raising", () => {
  const desk = new Desk('noirmont');
  desk.duties.enable();
  desk.unsure.add('a');
  desk.live(view('noirmont', incident('a')));
  desk.time.advance(100);
  desk.live(view('delemont', incident('a')));
  desk.time.advance(TAKEOVER_AFTER_MS - 101);
  expect(desk.appended).toEqual([]);
  desk.time.advance(1);
  expect(desk.appended).toEqual([['a/early']]);
});

test('[JD1] what calls somebody says where: an alarm where it was decided, a further call where the wearer was last', () => {
  const said: (string | undefined)[] = [];
  const duties = new Duties({
    site: 'noirmont',
    timing: { nowUs: () => 0, after: () => () => {}, soon: () => {} },
    view: () => now,
    isOpeningKnown: () => true,
    isAhead: () => false,
    placeOf: (lonE7, latE7) => ({ canton: 'JU', municipality: `${lonE7}/${latE7}`, boundaries: 'b' }),
    append: (events) => {
      said.push(...events.map(({ event }) => event.place?.municipality ?? undefined));
      return Promise.resolve(true);
    },
  });
  const base = view('noirmont');
  const fix = { at: fixTimeMs(1), latE7: 3, lonE7: 4, accuracyMm: 0 };
  const devices = base.devices.map((device) => ({ ...device, fix }));
  const decided = { ...incident('a').reason, fixes: [{ deviceId: 'wearer-1', atMs: 1, latE7: 1, lonE7: 2 }] };
  const escalation = { level: 1, climb: 1 };
  let now: CaseView = {
    ...base,
    devices,
    incidents: [incident('a', [], { reason: decided, escalation }), incident('b')],
  };
  duties.enable();
  duties.live(now);
  duties.flush();
  now = { ...base, incidents: [incident('c')] };
  duties.live(now);
  duties.flush();
  now = { ...base, incidents: [incident('c', ['early'])] };
  duties.settled(now, false);
  duties.flush();
  expect(said).toEqual(['2/1', '4/3', '4/3', undefined, undefined]);
});
