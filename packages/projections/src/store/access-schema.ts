// Who read data of which person, and when. It is not part of the projections: it cannot be rebuilt from the log, so it has its
// own schema, its own migrations and its own rights (the application may add rows, and neither see nor change them).
import { sql } from 'drizzle-orm';
import { bigint, index, pgPolicy, pgRole, pgSchema, text } from 'drizzle-orm/pg-core';

const access = pgSchema('access');
const auditor = pgRole('vigie_auditor').existing();

const appendOnly = () => pgPolicy('append_only', { for: 'insert', withCheck: sql`true` });
const auditorsRead = () => pgPolicy('auditors_read', { for: 'select', to: auditor, using: sql`true` });

/** Measures that were in one answer. A console asks for the same list all day: the list is kept once, each read names it. */
export const measureSets = access.table(
  'measure_sets',
  {
    /** SHA-256 (hex) of the sorted measure ids. */
    setId: text('set_id').primaryKey(),
    /** Ids of measures, not names: the log of reads names no wearer. */
    measures: text().array().notNull(),
  },
  (t) => [index('measure_sets_measures').using('gin', t.measures), appendOnly(), auditorsRead()],
);

export const reads = access.table(
  'reads',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Milliseconds since the Unix epoch by the site's clock. */
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
    site: text().notNull(),
    subject: text().notNull(),
    role: text().notNull(),
    /** The authority whose rows the reader could see; `*` = all. */
    authority: text().notNull(),
    /** What was read: `case`, `track`, `incidents`, ... */
    kind: text().notNull(),
    setId: text('set_id').notNull(),
  },
  (t) => [index('reads_at').on(t.atMs), index('reads_set').on(t.setId), appendOnly(), auditorsRead()],
);
