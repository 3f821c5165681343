// How grave it is that a case is not seen for a while: what the lists of devices that nobody hears are ranked by.
import type { CaseView } from '@vigie/engine';
import { HARM, PRIORITY, byCodeUnit } from '@vigie/model';

/** What may go unseen: the gravest rule of the order; an open incident of it before a rule that only might be broken. Less is graver. */
export function harmOf(view: CaseView): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { kind } of view.recorded.order.rules)
    least = Math.min(least, 1 + 2 * (PRIORITY[kind as keyof typeof PRIORITY] ?? 99));
  for (const { kind, closedAtMs, certainty } of view.incidents)
    if (closedAtMs === undefined && certainty === 'raised') least = Math.min(least, 2 * PRIORITY[kind]);
  return least;
}

/** Somebody may be hurt while nobody sees: the case protects a person, or an alarm of danger is open in it. */
export const mayHurt = ({ recorded: { devices, order }, incidents }: CaseView): boolean =>
  devices.some(({ role }) => role === 'protected') ||
  order.rules.some(({ kind }) => kind === 'proximity') ||
  incidents.some(
    ({ kind, certainty, status, closedAtMs }) =>
      HARM[kind] === 'danger' && certainty === 'raised' && (closedAtMs === undefined || status !== 'resolved'),
  );

export interface RankedDevice {
  readonly rank: number;
  readonly role: 'wearer' | 'protected';
  /** Of the last report, or when its silence opened. */
  readonly heardMs: number;
  readonly deviceId: string;
}

/** The gravest first; of equals, those who are protected, then those longest unheard. */
export const byHarm = (a: RankedDevice, b: RankedDevice): number =>
  a.rank - b.rank ||
  Number(b.role === 'protected') - Number(a.role === 'protected') ||
  a.heardMs - b.heardMs ||
  byCodeUnit(a.deviceId, b.deviceId);
