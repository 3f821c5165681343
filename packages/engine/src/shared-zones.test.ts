// Zones that many orders use: an order names one, and a change of it takes effect at its place in the log.
import { expect, test } from 'vitest';
import { type RecordedRule, SHARED_ZONES_SINCE } from '@vigie/model';
import { BEYOND, Court, MEASURE, WITHIN, at, circle, exclusion, north, order, recordedCase } from './testing/court.ts';

const school = (more: Partial<RecordedRule> = {}): RecordedRule => ({
  ruleId: 'school',
  kind: 'exclusion',
  sharedZoneId: 'school-1',
  ...more,
});
const withSchool = (radiusM = 200, rules: readonly RecordedRule[] = [school()]): Court =>
  new Court().zone('school-1', circle(radiusM), '07:00').ordered(rules, '07:30');
const kinds = (court: Court): string[] =>
  court.incidents().map(({ kind, reason }) => `${kind} ${reason.rule} ${reason.code}`);

test('[SZ1] a rule that names a shared zone is watched like one with its own', () => {
  const shared = withSchool()
    .hears({ at: '08:00', ...BEYOND })
    .hears({ at: '08:05', ...WITHIN });
  const own = new Court().ordered([exclusion({ ruleId: 'school' })], '07:30');
  own.hears({ at: '08:00', ...BEYOND }).hears({ at: '08:05', ...WITHIN });
  expect(shared.episodes()).toEqual(['exclusion school 08:05:00-']);
  expect(shared.episodes()).toEqual(own.episodes());
});

test('[SZ2] a change of the zone counts for what is later, and what was before stays judged by the old one', () => {
  const court = withSchool(200);
  court.hears({ at: '08:00', ...north(300) }).hears({ at: '08:05', ...north(300) });
  expect(court.episodes()).toEqual([]);
  court.zone('school-1', circle(500), '08:10').hears({ at: '08:11', ...north(300) });
  // Two fixes so close to each other vouch for the time between them.
  expect(court.episodes()).toEqual(['exclusion school 08:10:00-']);
  court.hears({ at: '08:07', ...WITHIN }, '08:12').hears({ at: '08:08', ...north(300) }, '08:13');
  expect(court.episodes()).toEqual(['exclusion school 08:07:00-08:08:00', 'exclusion school 08:10:00-']);
});

test('[SZ2] who is inside when a zone grows over them breaches from that moment on', () => {
  const court = withSchool(200);
  court.hears({ at: '08:00', ...north(300) }).hears({ at: '08:05', ...north(300) });
  court
    .zone('school-1', circle(500), '08:06')
    .time('08:07')
    .hears({ at: '08:08', ...north(300) });
  expect(court.episodes()).toEqual(['exclusion school 08:06:00-']);
});

test('[SZ2] a usual report right after the change is judged by the new zone, in whatever way usual ones are', () => {
  const court = withSchool(200);
  for (let minute = 0; minute < 30; minute++)
    court.hears({ at: `08:${String(minute).padStart(2, '0')}`, ...north(300) });
  court.zone('school-1', circle(500), '08:30');
  court.hears({ at: '08:31', ...north(300) });
  expect(court.episodes()).toEqual(['exclusion school 08:30:00-']);
});

test('[SZ2] a zone that shrinks ends the episode of whoever is no longer in it', () => {
  const court = withSchool(500);
  court.hears({ at: '08:00', ...BEYOND }).hears({ at: '08:05', ...north(300) });
  court.zone('school-1', circle(200), '08:10').hears({ at: '08:11', ...north(300) });
  expect(court.episodes()).toEqual(['exclusion school 08:05:00-08:10:00']);
});

test('[SZ2] other rules of the case go on undisturbed, and other cases too', () => {
  const court = withSchool(200, [school(), exclusion()]);
  court.hears({ at: '08:00', ...BEYOND }).hears({ at: '08:05', ...WITHIN });
  const before = court.incidents().find(({ ruleId }) => ruleId === 'stay-away');
  court.zone('school-1', circle(100), '08:10').time('08:11');
  expect(court.incidents().find(({ ruleId }) => ruleId === 'stay-away')).toEqual(before);
  const other = court.engine.snapshot();
  court.zone('another', circle(), '08:12').time('08:13');
  expect(court.engine.snapshot()).toEqual(other);
});

test('[SZ2] schedules of the rule hold for the new zone', () => {
  const hours = { active: [[at('07:00'), at('09:00')] as const, [at('10:00'), at('11:00')] as const] };
  const said = (court: Court): string[] =>
    court
      .hears({ at: '09:30', ...north(300) })
      .hears({ at: '09:58', ...north(300) })
      .hears({ at: '10:03', ...north(300) })
      .episodes();
  const shared = said(withSchool(200, [school(hours)]).zone('school-1', circle(500), '08:30'));
  expect(shared).toEqual(['exclusion school 10:00:00-']);
  expect(shared).toEqual(
    said(new Court().ordered([exclusion({ ruleId: 'school', zone: circle(500), ...hours })], '07:30')),
  );
});

test('[SZ2] a revision of the order that keeps the rule does not cut a running incident in two', () => {
  const court = withSchool(200)
    .hears({ at: '08:00', ...BEYOND })
    .hears({ at: '08:05', ...WITHIN });
  court.apply({ kind: 'order', measure: MEASURE, order: order([school(), exclusion()], 1), by: 'canton' }, at('08:10'));
  court.hears({ at: '08:11', ...WITHIN });
  expect(court.episodes().filter((one) => one.includes('school'))).toEqual(['exclusion school 08:05:00-']);
  court.zone('school-1', circle(400), '08:20').hears({ at: '08:21', ...WITHIN });
  court.apply({ kind: 'order', measure: MEASURE, order: order([school()], 2), by: 'canton' }, at('08:25'));
  court.hears({ at: '08:26', ...WITHIN });
  expect(court.episodes().filter((one) => one.includes('school'))).toEqual([
    'exclusion school 08:05:00-08:20:00',
    'exclusion school 08:20:00-',
  ]);
});

test('[SZ3] an order that names an unknown zone changes nothing, and an incident says which rule', () => {
  const court = withSchool(200);
  const named = order([school({ ruleId: 'nowhere', sharedZoneId: 'not-there' })], 1);
  const outcome = court.apply({ kind: 'order', measure: MEASURE, order: named, by: 'canton' }, at('08:00'));
  expect(outcome).toEqual({ kind: 'refused', reason: 'malformed' });
  expect(kinds(court)).toEqual(['invalid_order nowhere unknown_zone']);
  expect(court.engine.view(MEASURE)?.revision).toBe(1);
  court.hears({ at: '08:01', ...BEYOND }).hears({ at: '08:05', ...WITHIN });
  expect(court.episodes()).toContain('exclusion school 08:05:00-');
});

test('[SZ3] a case that names an unknown zone is watched by its other rules, and an incident says which rule is not', () => {
  const court = new Court().ordered([school({ sharedZoneId: 'not-there' }), exclusion()], '07:30');
  expect(kinds(court)).toEqual(['invalid_order school unknown_zone']);
  court.zone('not-there', circle(), '07:45');
  court.hears({ at: '08:00', ...BEYOND }).hears({ at: '08:05', ...WITHIN });
  expect(court.episodes().filter((one) => one.startsWith('exclusion'))).toEqual(['exclusion stay-away 08:05:00-']);
});

test('[SZ3] a rule with a zone of its own and a shared one, or a name that is none, is no rule', () => {
  for (const bad of [school({ zone: circle() }), school({ sharedZoneId: '' }), { ...school(), sharedZoneId: 7 }]) {
    const court = withSchool(200);
    const named = order([bad as RecordedRule], 1);
    court.apply({ kind: 'order', measure: MEASURE, order: named, by: 'canton' }, at('08:00'));
    expect(kinds(court)).toEqual(['invalid_order general invalid_order']);
  }
});

test('[SZ4] [RV1] before the rules that know them are in force, a rule by a shared zone is none', () => {
  const court = new Court();
  court.rules = SHARED_ZONES_SINCE - 1;
  court.zone('school-1', circle(), '07:00');
  const recorded = recordedCase([school()]);
  expect(court.apply({ kind: 'case', measure: MEASURE, recorded }, at('07:30'))).toEqual({
    kind: 'refused',
    reason: 'malformed',
  });
});

test.for(['saved', 'packed'])('[SZ2] a case that is %s and put back follows its zones as one that stayed', (how) => {
  const court = withSchool(200)
    .hears({ at: '08:00', ...BEYOND })
    .hears({ at: '08:05', ...north(300) });
  const { engine } = court;
  const saved = (how === 'saved' ? engine.saveCase(MEASURE) : engine.packCase(MEASURE)) as Uint8Array;
  court.zone('school-1', circle(500), '08:10').time('08:20');
  const stayed = engine.saveCase(MEASURE);
  engine.dropCase(MEASURE);
  engine.layCase(MEASURE, saved);
  engine.advance(court.clock());
  expect(engine.saveCase(MEASURE)).toEqual(stayed);
});
