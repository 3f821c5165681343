// What an order would mean for the people on both ends, before it is signed: the same engine over a week that was lived or simulated.
// Nothing of it is recorded.
import { Engine } from '../engine.ts';
import { steadyClock } from '../steady-clock.ts';
import type { Incident } from '../types.ts';
import { type RecordedZone, ZoneTable, inside } from '@vigie/geo';
import {
  type IncidentKind,
  PRIORITY,
  type RecordedCase,
  type RecordedRule,
  type Report,
  ReportBatchReader,
  UPLOAD_REPORTS_MAX,
  derivedId,
  encodeReportBatch,
  seqOf,
} from '@vigie/model';

export interface PreviewInput {
  readonly recorded: RecordedCase;
  /** By fix time, inside the order's validity. */
  readonly reports: readonly Report[];
  /** Where the device is known to have no mobile network: what it reports there arrives once it is out again. */
  readonly coverageGaps?: readonly RecordedZone[];
  /** From an alarm to somebody at the place, seconds. */
  readonly policeTravelS?: number;
}

export interface PreviewOfRule {
  readonly ruleId: string;
  readonly kind: IncidentKind;
  readonly incidents: number;
  readonly perDay: number;
  /** Longest episode, seconds; null: none ended. */
  readonly longestS: number | null;
}

export interface LeadTime {
  readonly ruleId: string;
  /** Alarms of this rule, and how many of them came sooner after their warning than the police can be there. */
  readonly alarms: number;
  readonly tooSoon: number;
  /** Seconds from the warning to the alarm, the shortest; 0 = an alarm without a warning. */
  readonly shortestS: number;
  /** What the buffer itself gives, seconds: on foot (1.5 m/s) and by car (13.9 m/s). */
  readonly bufferS: { readonly onFoot: number; readonly byCar: number };
}

export interface Preview {
  readonly days: number;
  readonly reports: number;
  /** Incidents of every kind but technical ones and warnings, per day. */
  readonly alarmsPerDay: number;
  readonly rules: readonly PreviewOfRule[];
  readonly coverage: { readonly share: number; readonly longestS: number; readonly reports: number };
  readonly leadTimes: readonly LeadTime[];
  /** From where on alarms a day, and the share of the time without a network, are a concern. */
  readonly limits: { readonly alarmsPerDay: number; readonly coverageShare: number };
  /** Words for whoever signs, worst first; none: nothing stands against the order. */
  readonly concerns: readonly string[];
}

const SITE = 'noirmont';
const DAY_MS = 86_400_000;
/** After the last report timers still run so long: a grace, a silence. */
const AFTERWARDS_MS = 3_600_000;
const WALKING_MPS = 1.5;
const DRIVING_MPS = 13.9;
/** Our own threshold, no norm's: more alarms than this a day of one person, and people stop looking. */
export const ALARMS_PER_DAY_MAX = 3;
/** Our own threshold: the share of the time without network from which it is worth a word. */
export const COVERAGE_SHARE_MAX = 0.05;

export function previewOrder(input: PreviewInput): Preview {
  const { recorded, reports } = input;
  const gaps = new Gaps(input.coverageGaps ?? []);
  const first = reports[0]?.at ?? recorded.order.validFromMs;
  const last = reports.at(-1)?.at ?? first;
  const days = Math.max(1, (last - first) / DAY_MS);
  const incidents = foldWith(recorded, reports, gaps, first, last).filter(
    ({ certainty }) => certainty === 'raised' || certainty === 'explained',
  );
  const rules = countByRule(incidents, days);
  const alarms = incidents.filter(({ kind }) => isAlarm(kind)).length;
  const coverage = gaps.coverage(last - first);
  const leadTimes = leadTimesOf(recorded, incidents, input.policeTravelS);
  const told = { alarmsPerDay: alarms / days, rules, coverage, leadTimes };
  const limits = { alarmsPerDay: ALARMS_PER_DAY_MAX, coverageShare: COVERAGE_SHARE_MAX };
  return { days, reports: reports.length, ...told, limits, concerns: concernsOf(told, input.policeTravelS) };
}

/** Knowledge and technical incidents are tasks; a warning comes before its alarm. */
const isAlarm = (kind: IncidentKind): boolean => PRIORITY[kind] < PRIORITY.absence_unconfirmed;

function foldWith(
  recorded: RecordedCase,
  reports: readonly Report[],
  gaps: Gaps,
  firstMs: number,
  lastMs: number,
): readonly Incident[] {
  const engine = new Engine({ keepTransitions: true });
  const measure = derivedId('preview', recorded.caseId);
  const reader = new ReportBatchReader();
  let entries = 0;
  const place = () => {
    entries++;
    return { site: SITE, epoch: '1-preview', seq: seqOf(entries), index: 0, entryId: `preview-${entries}` } as const;
  };
  engine.apply({ kind: 'case', measure, recorded }, place(), steadyClock(firstMs));
  for (const { nowMs, upload } of gaps.uploads(reports)) {
    const deviceId = (upload[0] as Report).deviceId;
    const batch = reader.reset(encodeReportBatch(deviceId, upload));
    engine.apply({ kind: 'reports', measure, batch }, place(), steadyClock(nowMs));
  }
  engine.advance(steadyClock(lastMs + AFTERWARDS_MS));
  return engine.allIncidents(measure);
}

/** Uploads as they would arrive: what was said inside a gap comes with the first report from outside. */
class Gaps {
  readonly #table = new ZoneTable();
  readonly #count: number;
  #inside = 0;
  #spentMs = 0;
  #longestMs = 0;

  constructor(zones: readonly RecordedZone[]) {
    this.#count = zones.length;
    const first = this.#table.reserve(Math.max(1, zones.length));
    for (const [i, zone] of zones.entries()) this.#table.set(first + i, zone, i);
  }

  *uploads(reports: readonly Report[]): Generator<{ readonly nowMs: number; readonly upload: readonly Report[] }> {
    const held = new Map<string, Report[]>();
    for (const report of reports) {
      const waiting = held.get(report.deviceId) ?? [];
      if (this.#holds(report)) {
        this.#inside++;
        waiting.push(report);
        held.set(report.deviceId, waiting);
        continue;
      }
      held.delete(report.deviceId);
      const since = waiting[0]?.at;
      if (since !== undefined) this.#leave(report.at - since);
      const said = [...waiting, report];
      for (let i = 0; i < said.length; i += UPLOAD_REPORTS_MAX)
        yield { nowMs: report.at, upload: said.slice(i, i + UPLOAD_REPORTS_MAX) };
    }
    for (const waiting of held.values()) this.#leave((waiting.at(-1) as Report).at - (waiting[0] as Report).at);
  }

  coverage(periodMs: number): Preview['coverage'] {
    return {
      share: periodMs <= 0 ? 0 : this.#spentMs / periodMs,
      longestS: this.#longestMs / 1000,
      reports: this.#inside,
    };
  }

  #leave(ms: number): void {
    this.#spentMs += ms;
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  #holds({ latE7, lonE7 }: Report): boolean {
    if (latE7 === undefined || lonE7 === undefined) return false;
    for (let slot = 0; slot < this.#count; slot++) if (inside(this.#table, slot, lonE7, latE7)) return true;
    return false;
  }
}

function countByRule(incidents: readonly Incident[], days: number): PreviewOfRule[] {
  const groups = new Map<string, Incident[]>();
  for (const incident of incidents) {
    const name = `${incident.ruleId}\n${incident.kind}`;
    groups.set(name, [...(groups.get(name) ?? []), incident]);
  }
  return [...groups.values()]
    .map((group) => {
      const { ruleId, kind } = group[0] as Incident;
      const ended = group.flatMap((i) => (i.closedAtMs === undefined ? [] : [i.closedAtMs - i.openedAtMs]));
      const longestS = ended.length === 0 ? null : Math.max(...ended) / 1000;
      return { ruleId, kind, incidents: group.length, perDay: group.length / days, longestS };
    })
    .sort((a, b) => PRIORITY[a.kind] - PRIORITY[b.kind] || b.incidents - a.incidents || (a.ruleId < b.ruleId ? -1 : 1));
}

function leadTimesOf(
  recorded: RecordedCase,
  incidents: readonly Incident[],
  policeTravelS: number | undefined,
): LeadTime[] {
  if (policeTravelS === undefined) return [];
  return recorded.order.rules.filter(isWarned).map((rule) => {
    const own = incidents.filter(({ ruleId }) => ruleId === rule.ruleId);
    const warnings = own.filter(({ kind }) => kind === 'pre_alert');
    const leads = own
      .filter(({ kind }) => kind === rule.kind)
      .map((alarm) => {
        const before = warnings.findLast(
          ({ openedAtMs, closedAtMs }) =>
            openedAtMs <= alarm.openedAtMs && (closedAtMs === undefined || closedAtMs >= alarm.openedAtMs),
        );
        return before === undefined ? 0 : (alarm.openedAtMs - before.openedAtMs) / 1000;
      });
    const bufferM = bufferOf(rule);
    return {
      ruleId: rule.ruleId,
      alarms: leads.length,
      tooSoon: leads.filter((lead) => lead < policeTravelS).length,
      shortestS: leads.length === 0 ? 0 : Math.min(...leads),
      bufferS: { onFoot: bufferM / WALKING_MPS, byCar: bufferM / DRIVING_MPS },
    };
  });
}

/** Rules that protect a place or a person, where somebody has to be there in time. */
const isWarned = (rule: RecordedRule): boolean => rule.kind === 'exclusion' || rule.kind === 'proximity';
const bufferOf = (rule: RecordedRule): number =>
  (rule.kind === 'proximity' ? (rule.warnMm ?? 0) - (rule.alarmMm ?? 0) : (rule.bufferMm ?? 0)) / 1000;

function concernsOf(
  p: Pick<Preview, 'alarmsPerDay' | 'coverage' | 'leadTimes' | 'rules'>,
  policeTravelS: number | undefined,
): string[] {
  const concerns: string[] = [];
  for (const { ruleId, bufferS, tooSoon, alarms } of p.leadTimes) {
    const travel = Math.round(policeTravelS ?? 0);
    if (tooSoon > 0)
      concerns.push(`${ruleId}: ${tooSoon} of ${alarms} alarms leave less than the ${travel} s that the police need`);
    if (bufferS.onFoot < travel)
      concerns.push(
        `${ruleId}: its buffer is crossed on foot in ${Math.round(bufferS.onFoot)} s, the police need ${travel} s`,
      );
  }
  if (p.alarmsPerDay > ALARMS_PER_DAY_MAX)
    concerns.push(
      `${p.alarmsPerDay.toFixed(1)} alarms a day are expected: more than ${ALARMS_PER_DAY_MAX} drown each other`,
    );
  if (p.coverage.share > COVERAGE_SHARE_MAX)
    concerns.push(
      `${(100 * p.coverage.share).toFixed(0)} % of the time is spent where there is no network, at most ${Math.round(p.coverage.longestS / 60)} min in a row`,
    );
  return concerns;
}
