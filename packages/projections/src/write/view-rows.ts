// Rows of one case from the fold's view of it. Pure.
import type { Incident } from '@vigie/engine';
import { EVENT_OF_STEP } from '@vigie/model';
import { type CaseRecord, caseRecord, incidentFacts } from '../read/records.ts';
import type { ProjectedCase } from '../source.ts';

export type CaseRow = Omit<CaseRecord, 'rules' | 'input'> & { readonly rules: string; readonly input: string };

export function caseRow(view: ProjectedCase): CaseRow {
  const record = caseRecord(view);
  return { ...record, rules: JSON.stringify(record.rules), input: JSON.stringify(record.input) };
}

export interface DeviceRow {
  readonly measure: string;
  readonly deviceId: string;
  readonly caseId: string;
  readonly authority: string;
  readonly role: string;
  readonly mode: string;
  readonly ended: boolean;
  readonly boundTo: string | null;
  readonly lastReportUs: number | null;
  readonly fixAtMs: number | null;
  readonly latE7: number | null;
  readonly lonE7: number | null;
  readonly accuracyMm: number | null;
  readonly batteryPct: number | null;
  readonly reports: number;
}

export function deviceRows(view: ProjectedCase): DeviceRow[] {
  const { recorded } = view;
  const hasLivePosition = recorded.mode !== 'passive' && !view.ended;
  return view.devices.map((device) => {
    const fix = hasLivePosition ? device.fix : undefined;
    return {
      measure: view.measure,
      deviceId: device.deviceId,
      caseId: recorded.caseId,
      authority: recorded.authority,
      role: device.role,
      mode: recorded.mode,
      ended: view.ended,
      boundTo: device.boundTo ?? null,
      lastReportUs: device.lastReportAt ?? null,
      fixAtMs: fix?.at ?? null,
      latE7: fix?.latE7 ?? null,
      lonE7: fix?.lonE7 ?? null,
      accuracyMm: fix?.accuracyMm ?? null,
      batteryPct: device.batteryPct ?? null,
      reports: device.reports,
    };
  });
}

export interface IncidentRow {
  readonly incidentId: string;
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  readonly ruleId: string;
  readonly kind: string;
  readonly status: string;
  readonly standing: string;
  readonly lane: string;
  readonly priority: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
  readonly raisedAtUs: number;
  readonly signals: number;
  readonly provisional: boolean;
  readonly reason: string;
  readonly heldBy: string | null;
  readonly aliases: string;
  readonly published: string;
}

export function incidentRow(view: ProjectedCase, incident: Incident): IncidentRow {
  return {
    ...incidentFacts(view, incident),
    raisedAtUs: incident.raisedAt,
    reason: JSON.stringify(incident.reason),
    heldBy: incident.heldBy ?? null,
    aliases: JSON.stringify(incident.aliases),
    published: JSON.stringify(incident.published),
  };
}

export interface StepRow {
  readonly incidentId: string;
  readonly ord: number;
  readonly measure: string;
  readonly authority: string;
  readonly step: string;
  readonly type: string;
  readonly by: string;
  readonly tUs: number;
  readonly entryId: string;
  readonly note: string | null;
  readonly code: string | null;
}

export function stepRows(view: ProjectedCase, incident: Incident): StepRow[] {
  const times = new Map<string, number>();
  return incident.history.map((done, ord) => {
    const type = (EVENT_OF_STEP as Partial<Record<string, string>>)[done.step] ?? done.step;
    const time = (times.get(type) ?? 0) + 1;
    times.set(type, time);
    return {
      incidentId: incident.incidentId,
      ord,
      measure: view.measure,
      authority: view.recorded.authority,
      step: time === 1 ? type : `${type}.${time}`,
      type,
      by: done.by,
      tUs: done.t,
      entryId: done.entryId,
      note: done.note ?? null,
      code: done.code ?? null,
    };
  });
}
