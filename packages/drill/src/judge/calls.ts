// Who was told of what by webhook: every alarm once while the sites are joined, at least once always; every level of an escalation on time.
import type { CallRecord, History } from '../history.ts';
import { type Period, apartOf, cutsOf } from './outages.ts';
import { time } from './reports.ts';
import type { DrillResult } from './result.ts';

export interface CallsJudged {
  readonly dispatch: DrillResult['dispatch'];
  readonly untold: readonly string[];
  readonly toldTwice: readonly string[];
  readonly unsigned: readonly string[];
  /** Levels of an escalation that nobody was told of, or too early, too late, or twice. */
  readonly ladder: readonly string[];
}

/** The other site waits 2 s for an event of the dead one and delivers it at once; the rest is a busy machine's. */
const LEVEL_LATE_MS_MAX = 3_000;
/** A level is told by the sites' clocks, an alarm by when it came here. */
const LEVEL_EARLY_MS_MAX = 1_000;

const keyOf = (caseId: string, openedAt: number): string => `${caseId} ${openedAt}`;

export function judgeCalls(history: History): CallsJudged {
  // A cut parts the sites at once; that they are parted they can know a second later (L7).
  const apart = [...apartOf(history), ...cutsOf(history)];
  const dispatch = { once: 0, twice: 0, never: 0, twiceWhileJoined: 0 };
  const untold: string[] = [];
  const toldTwice: string[] = [];
  const alarms = Map.groupBy(
    history.calls.filter(({ type }) => type === 'vigie.incident.early'),
    ({ caseId, openedAt }) => (caseId === null || openedAt === null ? '' : keyOf(caseId, openedAt)),
  );
  for (const { device, at } of history.breaches) {
    const name = `${device} at ${time(at)}`;
    const calls = alarms.get(keyOf(device, at)) ?? [];
    if (calls.length === 0) {
      dispatch.never++;
      untold.push(name);
    } else if (calls.length === 1) dispatch.once++;
    else {
      dispatch.twice++;
      if (wereJoined(calls, apart)) dispatch.twiceWhileJoined++;
      toldTwice.push(`${name}: by ${calls.map(({ from }) => from).join(' and ')}`);
    }
  }
  return {
    dispatch,
    untold,
    toldTwice,
    unsigned: history.calls.filter(({ signed }) => !signed).map(({ id, from }) => `${id} of ${from}`),
    ladder: judgeLadder(history, apart),
  };
}

/** True if any two that follow one another both came while the sites were joined, and were so in between. */
const wereJoined = (calls: readonly CallRecord[], apart: readonly Period[]): boolean =>
  calls.some((call, i) => {
    const before = calls[i - 1];
    return before !== undefined && !apart.some(({ fromMs, toMs }) => fromMs <= call.atMs && toMs >= before.atMs);
  });

function judgeLadder(history: History, apart: readonly Period[]): readonly string[] {
  const { staged } = history.run;
  if (staged === undefined) return [];
  return staged.devices.flatMap((device) => {
    const alarm = history.calls.find(({ caseId, type }) => caseId === device && type === 'vigie.incident.early');
    if (alarm === undefined) return [`${device}: nobody was told of the alarm`];
    return staged.afterS.flatMap((afterS, i) => {
      const calls = history.calls.filter(({ id }) => id === `${alarm.incidentId}/escalated.${i + 1}`);
      const [first] = calls;
      const name = `${device}, level ${i + 1}`;
      if (first === undefined) return [`${name}: never`];
      const lateMs = Math.round(first.atMs - alarm.atMs - afterS * 1000);
      if (lateMs > LEVEL_LATE_MS_MAX) return [`${name}: ${lateMs} ms late`];
      if (lateMs < -LEVEL_EARLY_MS_MAX) return [`${name}: ${-lateMs} ms early`];
      return calls.length > 1 && wereJoined(calls, apart) ? [`${name}: ${calls.length} times`] : [];
    });
  });
}
