// Cases and incidents as the fold would show them, for tests.
import type { Incident } from '@vigie/engine';
import {
  type Canton,
  type IncidentKind,
  type Mode,
  type RecordedCase,
  type Report,
  degE7,
  derivedId,
  fixTimeMs,
  incidentId,
  logTimeUs,
} from '@vigie/model';
import type { ProjectedCase } from './source.ts';

const T0_MS = 1_800_000_000_000;

export const measureOf = (caseId: string): string => derivedId('measure', caseId);

export function sampleRecorded(caseId: string, authority: Canton, mode: Mode = 'active'): RecordedCase {
  return {
    caseId,
    authority,
    legalBasis: 'StGB 79b',
    mode,
    timezone: 'Europe/Zurich',
    person: { name: `Wearer of ${caseId}` },
    collection: 'full',
    devices: [{ deviceId: `dev-${caseId}`, role: 'wearer', tokenHash: derivedId('token', caseId) }],
    order: {
      baseRevision: 0,
      validFromMs: T0_MS,
      validToMs: T0_MS + 90 * 86_400_000,
      rules: [{ ruleId: 'home', kind: 'exclusion' }],
      input: {
        validFrom: '2027-01-15T08:00:00Z',
        validTo: '2027-04-15T08:00:00Z',
        rules: [{ ruleId: 'home', kind: 'exclusion', zone: { type: 'circle', center: [7.34, 47.36], radiusM: 150 } }],
      },
    },
  };
}

export function sampleIncident(
  caseId: string,
  number: number,
  more: Partial<Incident> & { kind?: IncidentKind } = {},
): Incident {
  const openedAtMs = T0_MS + number * 60_000;
  const kind = more.kind ?? 'exclusion';
  return {
    incidentId: incidentId(measureOf(caseId), 'home', `1.${number}`),
    aliases: [],
    ruleId: 'home',
    kind,
    status: 'raised',
    certainty: 'raised',
    lane: 'live',
    openedAtMs,
    raisedAt: logTimeUs(openedAtMs * 1000),
    signals: 1,
    reason: {
      rule: 'home',
      kind,
      version: 1,
      code: 'inside_exclusion',
      fixes: [{ deviceId: `dev-${caseId}`, atMs: openedAtMs, latE7: 473_600_000, lonE7: 73_400_000, accuracyMm: 5000 }],
      values: { distanceMm: 12_000 },
    },
    history: [],
    published: [],
    ...more,
  };
}

export function sampleView(
  caseId: string,
  authority: Canton,
  more: Partial<ProjectedCase> & { mode?: Mode } = {},
): ProjectedCase {
  return {
    measure: measureOf(caseId),
    recorded: sampleRecorded(caseId, authority, more.mode),
    revision: 1,
    ended: false,
    devices: [
      {
        deviceId: `dev-${caseId}`,
        role: 'wearer',
        boundTo: 'noirmont',
        lastReportAt: logTimeUs(T0_MS * 1000),
        fix: { at: fixTimeMs(T0_MS), latE7: 473_600_001, lonE7: 73_400_002, accuracyMm: 4000 },
        batteryPct: 80,
        reports: 1,
      },
    ],
    incidents: [],
    provisional: new Set(),
    ...more,
  };
}

export function sampleReports(deviceId: string, count: number, fromMs: number = T0_MS): Report[] {
  return Array.from({ length: count }, (_, i) => ({
    deviceId,
    boot: 1,
    seq: i,
    at: fixTimeMs(fromMs + i * 10_000),
    latE7: degE7(473_600_000 + i),
    lonE7: degE7(73_400_000 + i),
    accuracyMm: 4000,
    events: 0,
  }));
}
