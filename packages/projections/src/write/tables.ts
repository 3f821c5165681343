// Which field of a row goes to which column. The counterpart for reading is the drizzle schema; a test compares the two.
import type { CaseRow, DeviceRow, IncidentRow, StepRow } from './view-rows.ts';
import type { ChunkRow, EventRow, OrderRow } from './log-rows.ts';
import type { Table } from './upsert.ts';

export const casesTable: Table<CaseRow> = {
  name: 'cases',
  key: ['measure'],
  onConflict: 'replace',
  columns: {
    measure: ['measure', 'text'],
    case_id: ['caseId', 'text'],
    authority: ['authority', 'text'],
    legal_basis: ['legalBasis', 'text'],
    mode: ['mode', 'text'],
    timezone: ['timezone', 'text'],
    person_name: ['personName', 'text'],
    collection: ['collection', 'text'],
    revision: ['revision', 'integer'],
    ended: ['ended', 'boolean'],
    valid_from_ms: ['validFromMs', 'bigint'],
    valid_to_ms: ['validToMs', 'bigint'],
    rules: ['rules', 'jsonb'],
    input: ['input', 'jsonb'],
  },
};

export const devicesTable: Table<DeviceRow> = {
  name: 'devices',
  key: ['measure', 'device_id'],
  onConflict: 'replace',
  columns: {
    measure: ['measure', 'text'],
    device_id: ['deviceId', 'text'],
    case_id: ['caseId', 'text'],
    authority: ['authority', 'text'],
    role: ['role', 'text'],
    mode: ['mode', 'text'],
    ended: ['ended', 'boolean'],
    bound_to: ['boundTo', 'text'],
    last_report_us: ['lastReportUs', 'bigint'],
    fix_at_ms: ['fixAtMs', 'bigint'],
    lat_e7: ['latE7', 'integer'],
    lon_e7: ['lonE7', 'integer'],
    accuracy_mm: ['accuracyMm', 'bigint'],
    battery_pct: ['batteryPct', 'smallint'],
    reports: ['reports', 'bigint'],
  },
};

export const incidentsTable: Table<IncidentRow> = {
  name: 'incidents',
  key: ['incident_id'],
  onConflict: 'replace',
  columns: {
    incident_id: ['incidentId', 'text'],
    measure: ['measure', 'text'],
    case_id: ['caseId', 'text'],
    authority: ['authority', 'text'],
    rule_id: ['ruleId', 'text'],
    kind: ['kind', 'text'],
    status: ['status', 'text'],
    standing: ['standing', 'text'],
    lane: ['lane', 'text'],
    priority: ['priority', 'smallint'],
    opened_at_ms: ['openedAtMs', 'bigint'],
    closed_at_ms: ['closedAtMs', 'bigint'],
    raised_at_us: ['raisedAtUs', 'bigint'],
    signals: ['signals', 'integer'],
    provisional: ['provisional', 'boolean'],
    reason: ['reason', 'jsonb'],
    held_by: ['heldBy', 'text'],
    aliases: ['aliases', 'text[]'],
    published: ['published', 'text[]'],
  },
};

export const stepsTable: Table<StepRow> = {
  name: 'incident_steps',
  key: ['incident_id', 'ord'],
  onConflict: 'replace',
  columns: {
    incident_id: ['incidentId', 'text'],
    ord: ['ord', 'integer'],
    measure: ['measure', 'text'],
    authority: ['authority', 'text'],
    step: ['step', 'text'],
    type: ['type', 'text'],
    by: ['by', 'text'],
    t_us: ['tUs', 'bigint'],
    entry_id: ['entryId', 'text'],
    note: ['note', 'text'],
    code: ['code', 'text'],
  },
};

const place = {
  site: ['site', 'text'],
  partition: ['partition', 'smallint'],
  epoch: ['epoch', 'text'],
  seq: ['seq', 'bigint'],
  idx: ['idx', 'integer'],
  measure: ['measure', 'text'],
} as const;
const placeKey = ['site', 'partition', 'epoch', 'seq', 'idx'];

export const ordersTable: Table<OrderRow> = {
  name: 'orders',
  key: placeKey,
  onConflict: 'keep',
  columns: {
    ...place,
    entry_id: ['entryId', 'text'],
    t_us: ['tUs', 'bigint'],
    revision: ['revision', 'integer'],
    valid_from_ms: ['validFromMs', 'bigint'],
    valid_to_ms: ['validToMs', 'bigint'],
    by: ['by', 'text'],
    input: ['input', 'jsonb'],
  },
};

export const chunksTable: Table<ChunkRow> = {
  name: 'track_chunks',
  key: placeKey,
  onConflict: 'keep',
  columns: {
    ...place,
    device_id: ['deviceId', 'text'],
    t_us: ['tUs', 'bigint'],
    from_ms: ['fromMs', 'bigint'],
    to_ms: ['toMs', 'bigint'],
    reports: ['reports', 'integer'],
    plain: ['plain', 'boolean'],
    bytes: ['bytes', 'bytea'],
  },
};

export const eventsTable: Table<EventRow> = {
  name: 'events',
  key: placeKey,
  onConflict: 'keep',
  columns: {
    ...place,
    epoch_number: ['epochNumber', 'integer'],
    entry_id: ['entryId', 'text'],
    t_us: ['tUs', 'bigint'],
    kind: ['kind', 'text'],
    incident_id: ['incidentId', 'text'],
    step: ['step', 'text'],
    type: ['type', 'text'],
    data: ['data', 'jsonb'],
  },
};
