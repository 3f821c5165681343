// What the log says of alarms on their way to people (D3): who took the turn, who got it, what reached nobody. Both sites know the same
// of it, and an alarm that nobody takes is an incident of its own.
import { type DispatchAttempt, type DispatchReceipt, type LogTimeUs, logTimeMs } from '@vigie/model';
import type { CaseState } from './case-state.ts';
import type { Delivery, IncidentRecord } from './incident-record.ts';
import { DELIVERIES_MAX } from './limits.ts';
import type { Place } from './types.ts';

const DISPATCH_RULE = 'dispatch';

export function applyAttempt(c: CaseState, a: DispatchAttempt, place: Place, now: LogTimeUs): void {
  const r = c.incidents.byId(a.incidentId);
  if (r === undefined) return;
  const known = r.deliveries?.find((d) => d.step === a.step && d.receiver === a.receiver);
  if (known !== undefined && known.turn >= a.turn) return;
  const { step, receiver, channel, turn } = a;
  const { site } = place;
  put(c, r, { ...known, step, receiver, channel, turn, site, attemptAt: now });
}

export function applyReceipt(c: CaseState, a: DispatchReceipt, place: Place, now: LogTimeUs): void {
  const r = c.incidents.byId(a.incidentId);
  if (r === undefined) return;
  const { step, receiver, channel, turn, outcome, tries } = a;
  const known = r.deliveries?.find((d) => d.step === step && d.receiver === receiver);
  // Delivered is final; what comes after it, from a site that did not know, changes nothing.
  if (known?.outcome === 'delivered' || known?.outcome === outcome) return;
  const attempt = known ?? { step, receiver, channel, turn, site: place.site, attemptAt: now };
  put(c, r, { ...attempt, outcome, outcomeAt: now, tries });
  if (outcome === 'delivered') closeFailed(c, receiver, now);
  // That nobody could be told that nobody could be told is told by the first of them.
  else if (r.kind !== 'dispatch_failed') raiseFailed(c, a, place, now);
}

function put(c: CaseState, r: IncidentRecord, delivery: Delivery): void {
  const others = (r.deliveries ?? []).filter((d) => d.step !== delivery.step || d.receiver !== delivery.receiver);
  if (others.length >= DELIVERIES_MAX)
    others.splice(
      Math.max(
        0,
        others.findIndex((d) => d.outcome === 'delivered'),
      ),
      1,
    );
  c.incidents.deliver(r, [...others, delivery]);
}

const scopeOf = (receiver: string): string => `${DISPATCH_RULE}|dispatch_failed|${receiver}`;

function raiseFailed(c: CaseState, a: DispatchReceipt, place: Place, now: LogTimeUs): void {
  const scope = scopeOf(a.receiver);
  const open = c.incidents.openOf(scope);
  if (open !== undefined) {
    c.incidents.count(open, open.signals + 1);
    return;
  }
  const atMs = logTimeMs(now);
  const rule = `${DISPATCH_RULE}/${a.receiver}`;
  c.incidents.raise(
    {
      scope,
      idRule: scope,
      ruleId: rule,
      deviceId: '',
      kind: 'dispatch_failed',
      openingKey: place.entryId,
      openedAtMs: atMs,
      closedAtMs: -1,
      dueMs: atMs,
      signals: 1,
      reason: {
        rule,
        kind: 'dispatch_failed',
        version: c.rulesVersion,
        code: 'dispatch_failed',
        fixes: [],
        values: { tries: a.tries },
      },
    },
    now,
  );
}

/** The receiver takes again: over, once nothing that it was owed in this case is still on its way. */
function closeFailed(c: CaseState, receiver: string, now: LogTimeUs): void {
  const open = c.incidents.openOf(scopeOf(receiver));
  if (open === undefined) return;
  const owed = (d: Delivery): boolean =>
    d.receiver === receiver && d.outcome !== undefined && d.outcome !== 'delivered';
  if (!c.incidents.list.some((r) => r.deliveries?.some(owed) === true))
    c.incidents.close(open, Math.max(logTimeMs(now), open.openedAtMs));
}
