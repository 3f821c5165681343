// One case as queries see it: plain objects, made anew at each call.
import { degE7, fixTimeMs, logTimeUs } from '@vigie/model';
import { NO_SWITCHES } from './own-switches.ts';
import type { CaseState } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { chargedOf } from './free-time.ts';
import type { CaseView, DeviceStanding, FreeTimeStanding } from './types.ts';

export const viewOf = (c: CaseState): CaseView =>
  withRecorded(c.recordedNow(), {
    measure: c.measure,
    revision: c.revision,
    ended: c.ended,
    ...(c.ended ? { stoppedAtMs: c.stoppedAtMs } : {}),
    ...(c.switches === NO_SWITCHES ? {} : { switches: c.switches }),
    devices: c.devices.map(standingOf),
    incidents: c.incidents.shown(),
    ...(c.ofKind('free_time').length === 0 ? {} : { freeTime: freeTimeOf(c) }),
  });

/** Most look at the incidents only; the order is read from its text when somebody asks. */
const withRecorded = (read: () => CaseView['recorded'], rest: Omit<CaseView, 'recorded'>): CaseView => ({
  ...rest,
  get recorded() {
    return read();
  },
});

function standingOf(d: DeviceState): DeviceStanding {
  const i = d.lastFix;
  return {
    deviceId: d.deviceId,
    role: d.role,
    boundTo: d.boundTo,
    ...(d.lastReportUs >= 0 ? { lastReportAt: logTimeUs(d.lastReportUs) } : {}),
    ...(i >= 0
      ? {
          fix: {
            at: fixTimeMs(d.history.at(i)),
            latE7: degE7(d.history.latE7(i)),
            lonE7: degE7(d.history.lonE7(i)),
            accuracyMm: d.history.accuracyMm(i),
          },
        }
      : {}),
    ...(d.batteryPct >= 0 ? { batteryPct: d.batteryPct } : {}),
    reports: d.reports,
  };
}

function freeTimeOf(c: CaseState): FreeTimeStanding[] {
  const found: FreeTimeStanding[] = [];
  for (const { deviceId, role, rows } of c.devices)
    for (const [p, { isMeter, instance }] of c.places.entries()) {
      if (isMeter !== true || role !== 'wearer') continue;
      const { usedMs, weekEndMs } = chargedOf(rows, p);
      const { ruleId, budgetMs = 0 } = instance.rule;
      if (weekEndMs >= 0) found.push({ ruleId, deviceId, budgetMs, usedMs, weekEndMs });
    }
  return found;
}
