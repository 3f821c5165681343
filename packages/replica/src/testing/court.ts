// A case in the Franches-Montagnes, its reports, and how they reach the log. Measures and devices are numbered.
import type { EntryDraft } from '@vigie/log';
import {
  type CaseRuleSwitch,
  type DeviceEvent,
  type Escalation,
  type IncidentStep,
  type Json,
  type RecordedCase,
  type RecordedRule,
  type Report,
  SHIPPED_ESCALATION,
  degreesToE7,
  encodeReportBatch,
  eventBit,
  fixTimeMs,
} from '@vigie/model';
import { encodePayload } from '../payload.ts';
import type { KeyRing } from '../types.ts';

export const measureOf = (n: number): string => n.toString(16).padStart(32, '0');
export const deviceOf = (n: number): string => `wearer-${n}`;

/** A circle of 200 m, as geo records it. */
export const ZONE: Json = {
  v: 1,
  type: 'circle',
  boxE7: [69937672, 472543731, 69992328, 472580269],
  scale: {
    latE7: 472562000,
    eastPm: 7569167438,
    eastPmPerDegree: -142501047,
    northPm: 11117583750,
    northPmPerDegree: 1949450,
  },
  centerE7: [69965000, 472562000],
  radiusMm: 200000,
};
export const INSIDE = { lat: 47.2562, lon: 6.9965 };
export const OUTSIDE = { lat: 47.2662, lon: 6.9965 };

const RULES: readonly RecordedRule[] = [
  { ruleId: 'stay-away', kind: 'exclusion', zone: ZONE },
  { ruleId: 'silent', kind: 'silence', maxGapMs: 20_000 },
  { ruleId: 'charge', kind: 'battery', minPct: 20 },
  { ruleId: 'strap', kind: 'tamper' },
];

export function recordedCase(n: number, rules: readonly RecordedRule[] = RULES): RecordedCase {
  return {
    caseId: `JU-${n}`,
    authority: 'JU',
    legalBasis: 'StGB 67b',
    mode: 'active',
    timezone: 'Europe/Zurich',
    collection: 'full',
    devices: [{ deviceId: deviceOf(n), role: 'wearer', tokenHash: `token-${n}` }],
    order: {
      baseRevision: 0,
      validFromMs: 0,
      validToMs: 4_000_000_000_000,
      rules,
      input: { validFrom: '', validTo: '', rules: [] },
    },
  };
}

export interface Said {
  readonly atMs: number;
  readonly seq: number;
  readonly lat?: number;
  readonly lon?: number;
  readonly batteryPct?: number;
  readonly events?: readonly DeviceEvent[];
}
const report = (n: number, said: Said): Report => ({
  deviceId: deviceOf(n),
  boot: 1,
  seq: said.seq,
  at: fixTimeMs(Math.floor(said.atMs)),
  events: (said.events ?? []).reduce((bits, name) => bits | eventBit(name), 0),
  ...(said.lat === undefined
    ? {}
    : { latE7: degreesToE7(said.lat), lonE7: degreesToE7(said.lon ?? 0), accuracyMm: 5000 }),
  ...(said.batteryPct === undefined ? {} : { batteryPct: said.batteryPct }),
});

let entries = 0;
type Keys = Pick<KeyRing, 'seal'>;
const sealed = (keys: Keys, measure: string, plain: Uint8Array) => {
  const result = keys.seal(measure, plain);
  if (!result.ok) throw new Error(result.error.detail);
  return { measure, bytes: result.value };
};

export const caseDraft = (keys: Keys, n: number, rules?: readonly RecordedRule[]): EntryDraft =>
  draftOf(keys, n, recordedCase(n, rules));
/** A case with one zone, whose unacknowledged incidents climb the ladder. */
export function ladderDraft(keys: Keys, n: number, escalation: Escalation = SHIPPED_ESCALATION): EntryDraft {
  const recorded = recordedCase(n, RULES.slice(0, 1));
  return draftOf(keys, n, { ...recorded, order: { ...recorded.order, escalation } });
}
const draftOf = (keys: Keys, n: number, recorded: RecordedCase): EntryDraft => ({
  entryId: `case-${n}`,
  kind: 'case',
  items: [sealed(keys, measureOf(n), encodePayload('case', recorded))],
});
/** One entry with the reports of several cases, as ingest groups them. */
export const reportsDraft = (
  keys: Keys,
  said: readonly (readonly [n: number, reports: readonly Said[]])[],
): EntryDraft => ({
  entryId: `reports-${entries++}`,
  kind: 'reports',
  items: said.map(([n, reports]) =>
    sealed(
      keys,
      measureOf(n),
      encodeReportBatch(
        deviceOf(n),
        reports.map((one) => report(n, one)),
      ),
    ),
  ),
});
export const caseRuleDraft = (keys: Keys, n: number, change: CaseRuleSwitch, entryId: string): EntryDraft => ({
  entryId,
  kind: 'case_rule',
  items: [sealed(keys, measureOf(n), encodePayload('case_rule', change))],
});
export const stepPayload = (
  incidentId: string,
  step: IncidentStep['step'],
  by: string,
  more: Pick<IncidentStep, 'note' | 'untilMs'> = {},
): Uint8Array => encodePayload('step', { incidentId, step, by, ...more });
