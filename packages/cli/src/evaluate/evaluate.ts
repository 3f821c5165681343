// The engine over reports in the order in which they are given, offline: one case, one origin that is always observed. Lines come in one
// by one and are not kept; only what is needed to find a deciding line again is.
import { Engine, type Incident, LATE_WINDOW_MS, type Transition, reportNames, steadyClock } from '@vigie/engine';
import { sentence } from '@vigie/engine/reason';
import {
  type RecordedCase,
  type Report,
  ReportBatchReader,
  UPLOAD_REPORTS_MAX,
  checkReport,
  derivedId,
  encodeReportBatch,
  isDeviceId,
  parseRfc3339,
  reportHash,
  seqOf,
} from '@vigie/model';
import { RecentLines } from './first-lines.ts';

export type OutputLine = { readonly type: 'transition' | 'incident' | 'rejected' | 'summary' } & Readonly<
  Record<string, unknown>
>;
export type Emit = (line: OutputLine) => void;

const SITE = 'noirmont';
const EPOCH = '1-offline';
/** What has been received for this long has left the late window when the next report is in, and decides nothing any more. */
const TURN_MS = LATE_WINDOW_MS + 8 * 3_600_000;
/** Contents kept in mind, to know a repetition by: at least so many, at most twice. */
const CONTENTS_MAX = 1_000_000;

export interface Summary {
  readonly type: 'summary';
  readonly reports: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly transitions: number;
  readonly incidents: number;
  readonly digest: string;
}

type PrintedTransition = Pick<Transition, 'ruleId' | 'deviceId' | 'from' | 'to' | 'at'> & { readonly line: number };

/** An RFC 3339 time in UTC, without a fraction where there is none. */
const rfc3339 = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

export class Evaluation {
  readonly #engine = new Engine({ keepTransitions: true });
  readonly #recorded: RecordedCase;
  readonly #measure: string;
  readonly #emit: Emit;
  readonly #devices: ReadonlySet<string>;
  readonly #reader = new ReportBatchReader();
  /** Line of the first report of each name, per device, as long as it may decide something. */
  readonly #lineOf = new RecentLines();
  readonly #contents = new RecentLines();
  /** Can change no more; in fix-time order. */
  readonly #closed: PrintedTransition[] = [];
  #turnAtMs = Number.POSITIVE_INFINITY;
  #upload: { deviceId: string; nowMs: number; isTimed: boolean; reports: Report[]; lines: number[] } | undefined;
  #nowMs = Number.NEGATIVE_INFINITY;
  #entries = 0;
  #isOpen = false;
  #reports = 0;
  #duplicates = 0;
  #rejected = 0;

  constructor(recorded: RecordedCase, emit: Emit) {
    this.#recorded = recorded;
    this.#measure = derivedId('offline', recorded.caseId);
    this.#emit = emit;
    this.#devices = new Set(recorded.devices.map((d) => d.deviceId));
  }

  /** One line of the input; `index` counts from 0. Blank lines count and say nothing. */
  line(text: string, index: number): void {
    if (text.trim() === '') return;
    let input: unknown;
    try {
      input = JSON.parse(text);
    } catch {
      this.#reject(index, '', 'is not JSON');
      return;
    }
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      this.#reject(index, '', 'must be an object');
      return;
    }
    const { deviceId, receivedAt } = input as { deviceId?: unknown; receivedAt?: unknown };
    if (!isDeviceId(deviceId) || !this.#devices.has(deviceId)) {
      this.#reject(index, 'deviceId', 'is no device of this case');
      return;
    }
    const verdict = checkReport(input, deviceId, Number.POSITIVE_INFINITY);
    if (!verdict.ok) {
      this.#reject(index, verdict.error.field, verdict.error.reason);
      return;
    }
    const isTimed = receivedAt !== undefined && receivedAt !== null;
    const received = isTimed
      ? typeof receivedAt === 'string'
        ? parseRfc3339(receivedAt)
        : undefined
      : verdict.report.at;
    if (received === undefined) {
      this.#reject(index, 'receivedAt', 'must be an RFC 3339 date-time, like 2026-11-22T08:30:00Z');
      return;
    }
    this.#take(verdict.report, index, Math.max(received, this.#upload?.nowMs ?? this.#nowMs), isTimed);
  }

  /** Lines of one device that were received at one stated time are one upload. */
  #take(report: Report, index: number, nowMs: number, isTimed: boolean): void {
    const upload = this.#upload;
    if (
      upload !== undefined &&
      isTimed &&
      upload.isTimed &&
      upload.deviceId === report.deviceId &&
      upload.nowMs === nowMs &&
      upload.reports.length < UPLOAD_REPORTS_MAX
    ) {
      upload.reports.push(report);
      upload.lines.push(index);
      return;
    }
    this.#flush();
    this.#upload = { deviceId: report.deviceId, nowMs, isTimed, reports: [report], lines: [index] };
  }

  #flush(): void {
    const upload = this.#upload;
    if (upload === undefined) return;
    this.#upload = undefined;
    this.#nowMs = upload.nowMs;
    this.#open();
    const { deviceId } = upload;
    const batch = this.#reader.reset(encodeReportBatch(deviceId, upload.reports));
    for (const [i, report] of upload.reports.entries()) {
      const line = upload.lines[i] as number;
      if (!this.#contents.note(`${deviceId} ${reportHash(report)}`, line)) {
        this.#duplicates++;
        continue;
      }
      if (this.#contents.size >= CONTENTS_MAX) this.#contents.turn();
      this.#reports++;
      for (const name of reportNames(batch, i)) this.#lineOf.note(`${deviceId} ${name}`, line);
    }
    this.#engine.apply({ kind: 'reports', measure: this.#measure, batch }, this.#place(), steadyClock(this.#nowMs));
    if (this.#nowMs >= this.#turnAtMs) this.#turn();
  }

  /** Lines of what can change no more are looked up now, so that the names from before the last turn can go. */
  #turn(): void {
    for (const t of this.#engine.takeClosedTransitions(this.#measure)) this.#closed.push(this.#printed(t));
    this.#lineOf.turn();
    this.#turnAtMs = this.#nowMs + TURN_MS;
  }

  /** The case begins with its first report, or with its validity where none came: before that nobody listened. */
  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    if (this.#nowMs === Number.NEGATIVE_INFINITY) this.#nowMs = this.#recorded.order.validFromMs;
    this.#turnAtMs = this.#nowMs + TURN_MS;
    this.#engine.apply(
      { kind: 'case', measure: this.#measure, recorded: this.#recorded },
      this.#place(),
      steadyClock(this.#nowMs),
    );
  }

  /** After all input: timers run to `untilMs`, then everything is printed. */
  finish(untilMs: number | undefined): Summary {
    this.#flush();
    this.#open();
    this.#nowMs = Math.max(this.#nowMs, untilMs ?? this.#nowMs);
    this.#engine.advance(steadyClock(this.#nowMs));
    const transitions = this.#sorted();
    for (const t of transitions)
      this.#emit({
        type: 'transition',
        ruleId: t.ruleId,
        deviceId: t.deviceId,
        from: t.from,
        to: t.to,
        at: rfc3339(t.at),
        fixIndex: t.line,
      });
    const incidents = [...this.#engine.allIncidents(this.#measure)].sort(
      (a, b) => a.openedAtMs - b.openedAtMs || (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0),
    );
    for (const i of incidents) this.#emit(incidentLine(i));
    const summary: Summary = {
      type: 'summary',
      reports: this.#reports,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      transitions: transitions.length,
      incidents: incidents.length,
      digest: this.#engine.digest(),
    };
    this.#emit({ ...summary });
    return summary;
  }

  /** Per device, then per rule as the order lists them, then by fix time. */
  #sorted(): readonly PrintedTransition[] {
    const devices = this.#recorded.devices.map((d) => d.deviceId);
    const rules = this.#recorded.order.rules.map((r) => r.ruleId);
    const open = this.#engine.transitions(this.#measure).map((t) => this.#printed(t));
    return [...this.#closed, ...open]
      .map((transition, i) => ({ transition, i }))
      .sort(
        (a, b) =>
          devices.indexOf(a.transition.deviceId) - devices.indexOf(b.transition.deviceId) ||
          rules.indexOf(a.transition.ruleId) - rules.indexOf(b.transition.ruleId) ||
          a.transition.at - b.transition.at ||
          a.i - b.i,
      )
      .map(({ transition }) => transition);
  }

  #printed({ ruleId, deviceId, from, to, at, reportKey, reporter }: Transition): PrintedTransition {
    return { ruleId, deviceId, from, to, at, line: this.#lineOf.line(`${reporter ?? deviceId} ${reportKey}`) ?? -1 };
  }

  #reject(index: number, field: string, reason: string): void {
    this.#rejected++;
    this.#emit({ type: 'rejected', line: index + 1, field, reason });
  }

  #place() {
    this.#entries++;
    return { site: SITE, epoch: EPOCH, seq: seqOf(this.#entries), index: 0, entryId: `line-${this.#entries}` } as const;
  }
}

function incidentLine(i: Incident): OutputLine {
  const isTakenBack = i.certainty === 'refuted' || i.certainty === 'withdrawn';
  return {
    type: 'incident',
    incidentId: i.incidentId,
    ruleId: i.ruleId,
    kind: i.kind,
    openedAt: rfc3339(i.openedAtMs),
    ...(i.closedAtMs === undefined ? {} : { closedAt: rfc3339(i.closedAtMs) }),
    lane: i.lane,
    status: isTakenBack ? i.certainty : i.status,
    certainty: i.certainty,
    signals: i.signals,
    reason: { ...i.reason, sentence: sentence(i.reason, 'en') },
  };
}
