// `vigie preview`: an order and a week of a life in, what the order would mean out. Nothing is recorded anywhere.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Preview, previewOrder } from '@vigie/engine/preview';
import { type RecordedZone, compileZone } from '@vigie/geo';
import { type RecordedCase, type Report, checkReport, fixTimeMs, isDeviceId, zoneSchema } from '@vigie/model';
import { compileCase, weeksInto, weeksLater } from '@vigie/orders';
import { CouldNotRun } from '../process/could-not-run.ts';

export interface PreviewOptions {
  readonly case: string;
  readonly reports: string;
  readonly coverageGaps?: string;
  readonly policeTravel?: string;
  readonly json?: boolean;
}

/** A week of one report every six seconds. */
const REPORTS_MAX = 100_000;

export async function runPreview(o: PreviewOptions): Promise<number> {
  const recorded = caseOf(o.case);
  const policeTravelS = o.policeTravel === undefined ? undefined : secondsOf(o.policeTravel);
  const { reports, rejected } = await reportsOf(o.reports, recorded);
  const [first] = reports;
  if (first === undefined) throw new CouldNotRun(`--reports ${o.reports} holds no report of a device of this case`);
  const weeks = weeksInto(first.at, recorded.order.validFromMs, recorded.timezone);
  const moved = reports.map((report) => ({
    ...report,
    at: fixTimeMs(weeksLater(report.at, weeks, recorded.timezone)),
  }));
  const preview = previewOrder({
    recorded,
    reports: moved,
    ...(o.coverageGaps === undefined ? {} : { coverageGaps: gapsOf(o.coverageGaps) }),
    ...(policeTravelS === undefined ? {} : { policeTravelS }),
  });
  const summary = { ...preview, weeksMoved: weeks, rejected };
  process.stdout.write(o.json === true ? `${JSON.stringify(summary)}\n` : `${say(preview, weeks, rejected)}\n`);
  return 0;
}

function readJson(option: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CouldNotRun(`${option} ${file} cannot be read: ${(cause as Error).message}`);
  }
}

function caseOf(file: string): RecordedCase {
  const compiled = compileCase(readJson('--case', file));
  if (compiled.ok) return compiled.value.recorded;
  const fields = compiled.error.fields ?? [];
  throw new CouldNotRun(`the case is not valid: ${fields.map((f) => `${f.field} ${f.reason}`).join('; ')}`);
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 0)) throw new CouldNotRun('--police-travel must be a number of seconds');
  return seconds;
}

/** GeoJSON polygons: a geometry, a feature, or a collection. */
function gapsOf(file: string): RecordedZone[] {
  const input = readJson('--coverage-gaps', file) as {
    readonly type?: unknown;
    readonly features?: readonly { readonly geometry?: unknown }[];
    readonly geometry?: unknown;
  };
  const geometries =
    input.type === 'FeatureCollection'
      ? (input.features ?? []).map(({ geometry }) => geometry)
      : [input.type === 'Feature' ? input.geometry : input];
  return geometries.map((geometry, i) => {
    const zone = zoneSchema.safeParse(geometry);
    if (!zone.success) throw new CouldNotRun(`--coverage-gaps ${file}: geometry ${i} is no Polygon or MultiPolygon`);
    const compiled = compileZone(zone.data, { validity: null });
    if (compiled.ok) return compiled.zone;
    const [problem] = compiled.errors;
    throw new CouldNotRun(`--coverage-gaps ${file}: geometry ${i}: ${problem?.path ?? ''} ${problem?.reason ?? ''}`);
  });
}

async function reportsOf(file: string, recorded: RecordedCase): Promise<{ reports: Report[]; rejected: number }> {
  const devices = new Set(recorded.devices.map(({ deviceId }) => deviceId));
  const reports: Report[] = [];
  let rejected = 0;
  const input = createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue;
      const report = reportOf(line, devices);
      if (report === undefined) rejected++;
      else reports.push(report);
      if (reports.length > REPORTS_MAX)
        throw new CouldNotRun(`--reports ${file} holds more than ${REPORTS_MAX} reports: a week is enough`);
    }
  } catch (cause) {
    if (cause instanceof CouldNotRun) throw cause;
    throw new CouldNotRun(`--reports ${file} cannot be read: ${(cause as Error).message}`);
  } finally {
    input.destroy();
  }
  return { reports: reports.sort((a, b) => a.at - b.at), rejected };
}

function reportOf(line: string, devices: ReadonlySet<string>): Report | undefined {
  let input: unknown;
  try {
    input = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof input !== 'object' || input === null) return undefined;
  const { deviceId } = input as { readonly deviceId?: unknown };
  if (!isDeviceId(deviceId) || !devices.has(deviceId)) return undefined;
  const verdict = checkReport(input, deviceId, Number.POSITIVE_INFINITY);
  return verdict.ok ? verdict.report : undefined;
}

function say(p: Preview, weeks: number, rejected: number): string {
  const lines = [
    `${p.reports} reports over ${p.days.toFixed(1)} days${weeks === 0 ? '' : `, moved ${weeks} weeks into the order's validity`}`,
    ...(rejected === 0 ? [] : [`${rejected} lines are no report of a device of this case and were left out`]),
    '',
    `alarms a day: ${p.alarmsPerDay.toFixed(2)}`,
    ...p.rules.map(
      (r) =>
        `  ${r.kind.padEnd(20)} ${r.ruleId.padEnd(20)} ${String(r.incidents).padStart(5)}  ${r.perDay.toFixed(2)} a day` +
        (r.longestS === null ? '' : `, longest ${Math.round(r.longestS / 60)} min`),
    ),
  ];
  if (p.coverage.reports > 0)
    lines.push(
      '',
      `without network: ${(100 * p.coverage.share).toFixed(1)} % of the time, longest ${Math.round(p.coverage.longestS / 60)} min`,
    );
  lines.push('', p.concerns.length === 0 ? 'nothing stands against the order' : 'to think about before signing:');
  for (const concern of p.concerns) lines.push(`  - ${concern}`);
  return lines.join('\n');
}
