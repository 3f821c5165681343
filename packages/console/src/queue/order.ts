// The order in which an operator meets incidents: by harm, then the oldest first. What is found late, in hand already, or
// taken back never stands before a live alarm that nobody has looked at.
import type { IncidentView } from '@vigie/api/contract';

export type Section = 'alarm' | 'in_hand' | 'late' | 'withdrawn';
export const SECTIONS: readonly Section[] = ['alarm', 'in_hand', 'late', 'withdrawn'];

/** Rows drawn per section. Beyond it the section says how many more there are; the worst are always drawn. */
export const ROWS_MAX = 100;

export function sectionOf(incident: IncidentView): Section | null {
  if (incident.status === 'resolved') return null;
  if (incident.certainty === 'withdrawn' || incident.certainty === 'refuted') return 'withdrawn';
  if (incident.status !== 'raised' || (incident.shelf !== null && incident.shelf.approvedBy !== null)) return 'in_hand';
  return incident.lane === 'live' ? 'alarm' : 'late';
}

function byHarm(a: IncidentView, b: IncidentView): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (a.openedAt !== b.openedAt) return Date.parse(a.openedAt) - Date.parse(b.openedAt);
  return a.incidentId < b.incidentId ? -1 : a.incidentId > b.incidentId ? 1 : 0;
}

export type Queue = Readonly<Record<Section, readonly IncidentView[]>>;

export function queueOf(incidents: Iterable<IncidentView>): Queue {
  const queue: Record<Section, IncidentView[]> = { alarm: [], in_hand: [], late: [], withdrawn: [] };
  for (const incident of incidents) {
    const section = sectionOf(incident);
    if (section !== null) queue[section].push(incident);
  }
  for (const section of SECTIONS) queue[section].sort(byHarm);
  return queue;
}

/** The rows as drawn, top to bottom: what the arrow keys walk along. */
export const rowsOf = (queue: Queue): readonly IncidentView[] =>
  SECTIONS.flatMap((section) => queue[section].slice(0, ROWS_MAX));

/** The incident `by` rows further, staying inside the list; the top one when nothing is selected. */
export function neighbour(
  rows: readonly IncidentView[],
  selected: string | null,
  by: 1 | -1,
): IncidentView | undefined {
  const at = rows.findIndex((row) => row.incidentId === selected);
  if (at < 0) return rows[0];
  return rows[Math.min(rows.length - 1, Math.max(0, at + by))];
}

/** What a click on a person opens: the incident of the case that an operator would meet first. */
export function gravestOf(incidents: Iterable<IncidentView>, caseId: string): IncidentView | undefined {
  return rowsOf(queueOf(Array.from(incidents).filter((incident) => incident.caseId === caseId)))[0];
}
