// Which incidents a clock counts, and when it stops, row by row. How cantons are kept apart is with the other reads (reader.pg.test.ts).
import type { KpiClock } from '@vigie/model';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestPostgres, startPostgres } from '../../../test/support/postgres.ts';
import { ProjectionReader } from './reader.ts';
import { migrate } from './store/migrate.ts';

let pg: TestPostgres;
let owner: postgres.Sql;
let reader: ProjectionReader;

beforeAll(async () => {
  pg = await startPostgres();
  const db = await pg.createDatabase();
  await migrate(db.url);
  owner = postgres(db.url, { max: 1 });
  await owner.unsafe(`alter role vigie_app login password 'app'`);
  reader = new ProjectionReader({ url: pg.urlOf(db.name, 'vigie_app', 'app'), site: 'noirmont' });
});
afterAll(async () => {
  await reader.close();
  await owner.end();
  await pg.stop();
});
beforeEach(async () => {
  await owner`truncate projection.incidents, projection.incident_steps`;
});

const SECOND = 1_000_000;
const RAISED = 1_800_000_000 * SECOND;
const CLOCK: KpiClock = {
  name: 'danger',
  until: 'acknowledged',
  kinds: ['sos', 'tamper'],
  thresholds: [
    { withinS: 30, share: 0.8 },
    { withinS: 60, share: 0.9 },
  ],
};

interface Row {
  readonly kind?: string;
  readonly lane?: string;
  readonly standing?: string;
  /** Seconds after the beginning of the period. */
  readonly raisedS?: number;
  /** Steps of people: name and seconds after the raising. */
  readonly steps?: readonly (readonly [type: string, afterS: number])[];
}

let rows = 0;
async function incident({ kind = 'sos', lane = 'live', standing = 'raised', raisedS = 0, steps = [] }: Row) {
  const id = `i-${rows++}`;
  const raisedUs = RAISED + raisedS * SECOND;
  const of = { incident_id: id, measure: 'm', authority: 'JU' };
  const incidentRow = { ...of, case_id: 'JU-1', rule_id: 'r', kind, status: 'raised', standing, lane, priority: 1 };
  const more = { opened_at_ms: 0, raised_at_us: raisedUs, signals: 1, provisional: false, reason: owner.json({}) };
  await owner`insert into projection.incidents ${owner({ ...incidentRow, ...more, aliases: [], published: [] })}`;
  for (const [ord, [type, afterS]] of steps.entries()) {
    const step = {
      ...of,
      ord,
      step: type,
      type,
      by: 'operator',
      t_us: raisedUs + afterS * SECOND,
      entry_id: `${id}-${ord}`,
    };
    await owner`insert into projection.incident_steps ${owner(step)}`;
  }
}
async function clock(more: Partial<KpiClock> = {}, nowS = 1_000) {
  const filter = {
    authority: 'JU',
    fromUs: RAISED,
    toUs: RAISED + 3_600 * SECOND,
    nowUs: RAISED + nowS * SECOND,
  } as const;
  const scope = { authority: 'JU', subject: 'canton-JU', role: 'canton' } as const;
  const read = await reader.kpi(scope, { ...filter, clocks: [{ ...CLOCK, ...more }] });
  if (!read.ok) throw new Error('the read failed', { cause: read.error });
  return read.value[0];
}

test('[KP2] what was withdrawn, found late, of another kind, or raised outside the period is not counted', async () => {
  await incident({});
  await incident({ standing: 'refuted' });
  expect(await clock()).toMatchObject({ incidents: 2 });
  await incident({ standing: 'withdrawn' });
  await incident({ lane: 'late' });
  await incident({ kind: 'battery' });
  await incident({ raisedS: -1 });
  await incident({ raisedS: 3_600 });
  expect(await clock()).toMatchObject({ incidents: 2 });
  await incident({ raisedS: 3_599 });
  expect(await clock()).toMatchObject({ incidents: 3 });
});

test('[KP2] a clock stops at the first step of its kind, and at no other', async () => {
  await incident({
    steps: [
      ['noted', 5],
      ['acknowledged', 20],
      ['reopened', 100],
      ['acknowledged', 200],
      ['resolved', 300],
    ],
  });
  expect(await clock()).toMatchObject({ answered: 1, medianUs: 20 * SECOND, maxUs: 20 * SECOND });
  expect(await clock({ until: 'resolved' })).toMatchObject({ answered: 1, maxUs: 300 * SECOND });
});

test('[KP2] exactly in time is in time, and the median is the one in the middle', async () => {
  for (const s of [10, 30, 31, 60, 90]) await incident({ steps: [['acknowledged', s]] });
  expect(await clock()).toEqual({
    incidents: 5,
    answered: 5,
    medianUs: 31 * SECOND,
    maxUs: 90 * SECOND,
    thresholds: [
      { within: 2, of: 5 },
      { within: 4, of: 5 },
    ],
  });
});

test('[KP2] what still runs counts for a threshold once it has missed it; what was answered counts at once', async () => {
  await incident({ steps: [['acknowledged', 10]] });
  await incident({});
  expect(await clock({}, 30)).toMatchObject({
    thresholds: [
      { within: 1, of: 1 },
      { within: 1, of: 1 },
    ],
  });
  expect(await clock({}, 31)).toMatchObject({
    thresholds: [
      { within: 1, of: 2 },
      { within: 1, of: 1 },
    ],
  });
  expect(await clock({}, 61)).toMatchObject({
    thresholds: [
      { within: 1, of: 2 },
      { within: 1, of: 2 },
    ],
  });
});
