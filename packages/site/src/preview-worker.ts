// The thread of one preview: reports out of their batches, moved by whole weeks to where the order is valid, through the engine.
import { parentPort, workerData } from 'node:worker_threads';
import type { PreviewAnswer, PreviewJob } from '@vigie/api';
import { type PreviewInput, previewOrder } from '@vigie/engine/preview';
import { type Report, ReportBatchReader, type Result, fail, fixTimeMs, must, ok, reportKey } from '@vigie/model';
import { weeksInto, weeksLater } from '@vigie/orders';

/** A week of one report every six seconds. */
const REPORTS_MAX = 100_000;

/** By fix time; one that came by way of both sites is there once. Undefined: more than are taken. */
function reportsOf({ batches, fromMs, toMs }: PreviewJob): Report[] | undefined {
  const reader = new ReportBatchReader();
  const reports = new Map<string, Report>();
  for (const bytes of batches) {
    reader.reset(bytes);
    for (let i = 0; i < reader.count; i++) {
      const at = reader.at(i);
      if (at < fromMs || at > toMs) continue;
      const report = reader.report(i);
      reports.set(`${report.deviceId} ${reportKey(report)}`, report);
      if (reports.size > REPORTS_MAX) return undefined;
    }
  }
  return [...reports.values()].sort((a, b) => a.at - b.at);
}

function answerOf(job: PreviewJob): Result<PreviewAnswer> {
  const { recorded, coverageGaps, policeTravelS } = job;
  const { timezone, order } = recorded;
  const reports = reportsOf(job);
  if (reports === undefined) return tooMuch(`holds more than ${REPORTS_MAX} reports; ask for a shorter one`);
  const [first] = reports;
  if (first === undefined) return tooMuch('holds no report of this case');
  const weeks = weeksInto(first.at, order.validFromMs, timezone);
  const moved = reports.map((report) => ({ ...report, at: fixTimeMs(weeksLater(report.at, weeks, timezone)) }));
  const preview = previewOrder({
    recorded,
    reports: moved,
    coverageGaps: coverageGaps as unknown as NonNullable<PreviewInput['coverageGaps']>,
    ...(policeTravelS === undefined ? {} : { policeTravelS }),
  });
  return ok({ ...preview, weeksMoved: weeks });
}

const tooMuch = (reason: string): Result<PreviewAnswer> =>
  fail('invalid-input', `the period ${reason}`, { fields: [{ field: 'from', reason: `the period ${reason}` }] });

must(parentPort, 'this is a thread').postMessage(answerOf(workerData as PreviewJob));
