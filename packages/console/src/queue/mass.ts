// A mass silence in the work list: its silences stand folded under one row, so that the alarm that matters is not one of hundreds.
// Nobody who may be hurt is folded away, and what is folded can be opened and acknowledged row by row.
import type { IncidentView, MassSilenceView } from '@vigie/api/contract';
import { type Queue, ROWS_MAX } from './order.ts';

export interface Mass {
  readonly since: string;
  /** Devices of it, also those whose alarms are in hand or stand alone. */
  readonly devices: number;
  /** Alarms under its row, the gravest first. */
  readonly folded: readonly IncidentView[];
  /** Rows of the section that stand above it. */
  readonly at: number;
  readonly open: boolean;
}

export interface FoldedQueue {
  /** As it is drawn and walked along: with the rows under the mass silence only while it is open. */
  readonly queue: Queue;
  /** Null: there is none, or none of its alarms waits. */
  readonly mass: Mass | null;
}

export function foldMass(queue: Queue, view: MassSilenceView | null, open: boolean): FoldedQueue {
  if (view === null || view.since === null) return { queue, mass: null };
  const rank = new Map<string, number>();
  for (const [i, { incidentIds, standsAlone }] of view.devices.entries())
    if (!standsAlone) for (const id of incidentIds) rank.set(id, i);
  const rankOf = ({ incidentId }: IncidentView): number => rank.get(incidentId) ?? 0;
  const folded = queue.alarm.filter(({ incidentId }) => rank.has(incidentId)).toSorted((a, b) => rankOf(a) - rankOf(b));
  const [first] = folded;
  if (first === undefined) return { queue, mass: null };
  const others = queue.alarm.filter(({ incidentId }) => !rank.has(incidentId));
  // Where its alarms stood: below whatever is graver. Always among the rows that are drawn.
  const graver = others.filter(({ priority }) => priority <= first.priority).length;
  const at = Math.min(graver, ROWS_MAX - 1);
  const alarm = open ? [...others.slice(0, at), ...folded, ...others.slice(at)] : others;
  return {
    queue: { ...queue, alarm },
    mass: { since: view.since, devices: view.count, folded, at, open },
  };
}
