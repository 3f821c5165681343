// A case as clients see it, from rows and from the live fold.
import type { RecordedRule, RuleInput, ZoneInput } from '@vigie/model';
import { type CaseRecord, type DeviceRecord, caseRecord } from '@vigie/projections';
import type { CaseDetail, CaseView, PositionView, RuleView, ZoneView } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import type { LiveCase } from './incident.ts';
import { instantMs, instantUs } from './time.ts';

type ViewPorts = Pick<ApiPorts, 'nowMs'> & { readonly replica: Pick<ApiPorts['replica'], 'caseView' | 'sharedZones'> };

export function caseView(record: CaseRecord, openIncidents: number, nowMs: number): CaseView {
  return {
    caseId: record.caseId,
    authority: record.authority,
    legalBasis: record.legalBasis,
    mode: record.mode,
    state: record.ended || nowMs >= record.validToMs ? 'ended' : nowMs < record.validFromMs ? 'pending' : 'active',
    validFrom: instantMs(record.validFromMs),
    validTo: instantMs(record.validToMs),
    openIncidents,
  };
}

export function caseDetail(
  record: CaseRecord,
  openIncidents: number,
  devices: readonly DeviceRecord[],
  ports: ViewPorts,
): CaseDetail {
  const nowMs = ports.nowMs();
  const inForce = new Map(record.rules.map((rule) => [rule.ruleId, rule]));
  return {
    ...caseView(record, openIncidents, nowMs),
    revision: record.revision,
    timezone: record.timezone,
    ...(record.personName === null ? {} : { person: { name: record.personName } }),
    devices: devices.map((device) => ({
      deviceId: device.deviceId,
      role: device.role,
      lastFixAt: device.fix === null ? null : instantMs(device.fix.atMs),
      lastReceivedAt: device.lastReportUs === null ? null : instantUs(device.lastReportUs),
      ...(device.batteryPct === null ? {} : { batteryPct: device.batteryPct }),
    })),
    rules: record.input.rules.map((rule) => ({
      ...ruleView(rule, inForce.get(rule.ruleId), ports, nowMs),
      ...freeTimeView(record, inForce.get(rule.ruleId), ports, nowMs),
    })),
  };
}

/** Rows hold no hours: they are those of the fold here, live. */
function freeTimeView(
  { measure, mode, validToMs }: CaseRecord,
  recorded: RecordedRule | undefined,
  { replica }: ViewPorts,
  nowMs: number,
): Pick<RuleView, 'freeTime'> {
  if (recorded?.kind !== 'free_time' || mode === 'passive') return {};
  const counted = replica.caseView(measure)?.freeTime;
  if (counted === undefined) return {};
  // After a revision an older rule of that name may stand before it.
  const own = counted.findLast(({ ruleId }) => ruleId === recorded.ruleId);
  const weekEndMs = Math.min(recorded.weeks?.find((ms) => ms > nowMs) ?? validToMs, validToMs);
  return {
    freeTime: {
      budgetS: (recorded.budgetMs ?? 0) / 1000,
      usedS: own === undefined || own.weekEndMs <= nowMs ? 0 : own.usedMs / 1000,
      weekEndsAt: instantMs(weekEndMs),
    },
  };
}

function ruleView(
  rule: RuleInput,
  recorded: RecordedRule | undefined,
  { replica }: ViewPorts,
  nowMs: number,
): RuleView {
  const active = recorded?.active;
  return {
    ruleId: rule.ruleId,
    kind: rule.kind,
    ...('zone' in rule ? placeOf(rule.zone, replica) : {}),
    ...('bufferM' in rule && rule.bufferM !== undefined ? { bufferM: rule.bufferM } : {}),
    ...('graceS' in rule && rule.graceS !== undefined ? { graceS: rule.graceS } : {}),
    ...('dwellS' in rule && rule.dwellS !== undefined ? { dwellS: rule.dwellS } : {}),
    ...(active === undefined ? {} : { activeNow: active.some(([from, to]) => from <= nowMs && nowMs < to) }),
  };
}

function placeOf(
  zone: Extract<RuleInput, { zone: unknown }>['zone'],
  replica: ViewPorts['replica'],
): Pick<RuleView, 'zone' | 'sharedZoneId' | 'zoneName'> {
  if (zone.type !== 'shared') return { zone: zoneView(zone) };
  const { sharedZoneId } = zone;
  const found = replica.sharedZones.newest(sharedZoneId);
  return found === undefined
    ? { sharedZoneId }
    : { sharedZoneId, zoneName: found.data.name, zone: zoneView(found.data.input) };
}

/** As written, without altitudes. */
export function zoneView(zone: ZoneInput): ZoneView {
  const flat = ([lon, lat]: readonly [number, number, ...number[]]): readonly [number, number] => [lon, lat];
  switch (zone.type) {
    case 'circle':
      return { type: 'circle', center: flat(zone.center), radiusM: zone.radiusM };
    case 'Polygon':
      return { type: 'Polygon', coordinates: zone.coordinates.map((ring) => ring.map(flat)) };
    case 'MultiPolygon':
      return {
        type: 'MultiPolygon',
        coordinates: zone.coordinates.map((polygon) => polygon.map((ring) => ring.map(flat))),
      };
    case 'corridor':
      return { type: 'corridor', line: zone.line.map(flat), widthM: zone.widthM };
  }
}

export function positionView(device: DeviceRecord): PositionView | undefined {
  if (device.fix === null) return undefined;
  return {
    deviceId: device.deviceId,
    caseId: device.caseId,
    role: device.role,
    at: instantMs(device.fix.atMs),
    receivedAt: instantUs(device.lastReportUs ?? 0),
    lat: device.fix.latE7 / 1e7,
    lon: device.fix.lonE7 / 1e7,
    accuracyM: device.fix.accuracyMm / 1000,
    ...(device.batteryPct === null ? {} : { batteryPct: device.batteryPct }),
    site: device.boundTo ?? 'noirmont',
  };
}

/** Standings of devices as rows would have them, without the positions: a decision's answer needs none. */
const liveDevices = (view: LiveCase): DeviceRecord[] =>
  view.devices.map((device) => ({
    measure: view.measure,
    deviceId: device.deviceId,
    caseId: view.recorded.caseId,
    role: device.role,
    mode: view.recorded.mode,
    boundTo: device.boundTo ?? null,
    lastReportUs: device.lastReportAt ?? null,
    fix: null,
    batteryPct: device.batteryPct ?? null,
  }));

export const liveCaseDetail = (view: LiveCase, ports: ViewPorts): CaseDetail =>
  caseDetail(
    caseRecord(view),
    view.incidents.filter((incident) => incident.status !== 'resolved').length,
    liveDevices(view),
    ports,
  );
