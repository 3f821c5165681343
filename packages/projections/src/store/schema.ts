// Tables of the projections. Everything in the schema `projection` can be dropped and rebuilt from the log. Row-level security
// by authority is part of every table from its first migration: a session sees the rows of the canton in its setting
// `vigie.authority`, all rows when that is `*`, and none when it is not set. Times are integers with their unit in the name.
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgSchema,
  primaryKey,
  smallint,
  text,
} from 'drizzle-orm/pg-core';

export const projection = pgSchema('projection');

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });
const int53 = (name: string) => bigint(name, { mode: 'number' });

const writes = sql`current_setting('vigie.authority', true) = '*'`;
const byAuthority = () =>
  pgPolicy('by_authority', {
    using: sql`current_setting('vigie.authority', true) in ('*', authority)`,
    withCheck: writes,
  });
/** Rows made from the log alone name only the measure; whose it is, and thus who sees them, says the row of the case. */
const byMeasure = () =>
  pgPolicy('by_measure', {
    using: sql`current_setting('vigie.authority', true) = '*' or measure in (select c.measure from projection.cases c)`,
    withCheck: writes,
  });

export const cases = projection.table(
  'cases',
  {
    measure: text().primaryKey(),
    caseId: text('case_id').notNull(),
    authority: text().notNull(),
    legalBasis: text('legal_basis').notNull(),
    mode: text().notNull(),
    timezone: text().notNull(),
    personName: text('person_name'),
    collection: text().notNull(),
    revision: integer().notNull(),
    ended: boolean().notNull(),
    validFromMs: int53('valid_from_ms').notNull(),
    validToMs: int53('valid_to_ms').notNull(),
    /** Recorded rules of the revision in force: zones in integers, schedules as UTC intervals. */
    rules: jsonb().notNull(),
    /** The order in force as the authority wrote it. */
    input: jsonb().notNull(),
  },
  (t) => [index('cases_case_id').on(t.caseId, t.authority), byAuthority()],
);

/** Every order that was written, at its place in the log. Two of one revision were written while the sites were apart (L16). */
export const orders = projection.table(
  'orders',
  {
    site: text().notNull(),
    partition: smallint().notNull().default(0),
    epoch: text().notNull(),
    seq: int53('seq').notNull(),
    idx: integer().notNull(),
    measure: text().notNull(),
    entryId: text('entry_id').notNull(),
    tUs: int53('t_us').notNull(),
    revision: integer().notNull(),
    validFromMs: int53('valid_from_ms').notNull(),
    validToMs: int53('valid_to_ms').notNull(),
    by: text().notNull(),
    input: jsonb().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.site, t.partition, t.epoch, t.seq, t.idx] }),
    index('orders_measure').on(t.measure, t.revision),
    byMeasure(),
  ],
);

/** Settled and provisional incidents under the same ids; settling confirms or removes the provisional ones (L17). */
export const incidents = projection.table(
  'incidents',
  {
    incidentId: text('incident_id').primaryKey(),
    measure: text().notNull(),
    caseId: text('case_id').notNull(),
    authority: text().notNull(),
    ruleId: text('rule_id').notNull(),
    kind: text().notNull(),
    status: text().notNull(),
    /** As the fold has it: raised, withdrawn, refuted, explained. */
    standing: text().notNull(),
    lane: text().notNull(),
    priority: smallint().notNull(),
    openedAtMs: int53('opened_at_ms').notNull(),
    closedAtMs: int53('closed_at_ms'),
    raisedAtUs: int53('raised_at_us').notNull(),
    signals: integer().notNull(),
    provisional: boolean().notNull(),
    reason: jsonb().notNull(),
    heldBy: text('held_by'),
    aliases: text().array().notNull(),
    published: text().array().notNull(),
  },
  (t) => [
    index('incidents_queue').on(t.priority, t.openedAtMs, t.incidentId),
    index('incidents_measure').on(t.measure),
    index('incidents_aliases').using('gin', t.aliases),
    byAuthority(),
  ],
);

/** What people did with an incident, in the order of the fold. */
export const incidentSteps = projection.table(
  'incident_steps',
  {
    incidentId: text('incident_id').notNull(),
    ord: integer().notNull(),
    measure: text().notNull(),
    authority: text().notNull(),
    /** Name of the published event: `acknowledged`, the second time `acknowledged.2`. */
    step: text().notNull(),
    type: text().notNull(),
    by: text().notNull(),
    tUs: int53('t_us').notNull(),
    entryId: text('entry_id').notNull(),
    note: text(),
    code: text(),
  },
  (t) => [
    primaryKey({ columns: [t.incidentId, t.ord] }),
    index('incident_steps_entry').on(t.entryId),
    index('incident_steps_measure').on(t.measure),
    byAuthority(),
  ],
);

/** One row per device: the newest fix. A passive measure has no live position, so none is written for it. */
export const devices = projection.table(
  'devices',
  {
    measure: text().notNull(),
    deviceId: text('device_id').notNull(),
    caseId: text('case_id').notNull(),
    authority: text().notNull(),
    role: text().notNull(),
    mode: text().notNull(),
    ended: boolean().notNull(),
    boundTo: text('bound_to'),
    lastReportUs: int53('last_report_us'),
    fixAtMs: int53('fix_at_ms'),
    latE7: integer('lat_e7'),
    lonE7: integer('lon_e7'),
    accuracyMm: int53('accuracy_mm'),
    batteryPct: smallint('battery_pct'),
    reports: int53('reports').notNull(),
  },
  (t) => [primaryKey({ columns: [t.measure, t.deviceId] }), byAuthority()],
);

/** The reports of one upload, sealed as they lie in the log; opened only when somebody who may asks for the track. */
export const trackChunks = projection.table(
  'track_chunks',
  {
    site: text().notNull(),
    partition: smallint().notNull().default(0),
    epoch: text().notNull(),
    seq: int53('seq').notNull(),
    idx: integer().notNull(),
    measure: text().notNull(),
    deviceId: text('device_id').notNull(),
    tUs: int53('t_us').notNull(),
    fromMs: int53('from_ms').notNull(),
    toMs: int53('to_ms').notNull(),
    reports: integer().notNull(),
    plain: boolean().notNull(),
    bytes: bytea().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.site, t.partition, t.epoch, t.seq, t.idx] }),
    index('track_chunks_period').on(t.measure, t.toMs, t.fromMs),
    byMeasure(),
  ],
);

/** Events as they were appended (D1), and steps of people, which count as published once the fold has accepted them. */
export const events = projection.table(
  'events',
  {
    /** Order in which this site read them: the order of a page. Differs between sites and after a rebuild; ids do not. */
    serial: bigint({ mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
    site: text().notNull(),
    partition: smallint().notNull().default(0),
    epoch: text().notNull(),
    epochNumber: integer('epoch_number').notNull(),
    seq: int53('seq').notNull(),
    idx: integer().notNull(),
    measure: text().notNull(),
    entryId: text('entry_id').notNull(),
    tUs: int53('t_us').notNull(),
    kind: text({ enum: ['event', 'step'] }).notNull(),
    incidentId: text('incident_id').notNull(),
    /** Of an event: its step and type. Of a step: null here, the accepted row of incident_steps says. */
    step: text(),
    type: text(),
    data: jsonb().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.site, t.partition, t.epoch, t.seq, t.idx] }),
    index('events_serial').on(t.serial),
    index('events_incident').on(t.incidentId),
    index('events_entry').on(t.entryId),
    byMeasure(),
  ],
);

/** One row: how far the rows above reach. Moves only together with them. */
export const checkpoint = projection.table('checkpoint', {
  id: smallint().primaryKey(),
  /** Everything received up to this vector is in the rows of cases, incidents and devices. */
  received: text().notNull(),
  /** `{"noirmont.1-k7f2": 1841, ...}`: how far each epoch was read for orders, chunks and events. */
  log: jsonb().$type<Readonly<Record<string, number>>>().notNull(),
});
