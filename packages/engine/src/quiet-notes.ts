// What reports of the usual sort have left to be noted in the machines: the time of the newest fix, and one signal more each.
import type { CaseState, PlaceOfCase } from './case-state.ts';
import type { DeviceState } from './device-state.ts';
import { FOLLOWERS, noteUncharged } from './free-time.ts';
import type { IncidentRecord } from './incident-record.ts';
import { ALARM, FED_TO, type PairState, WARNING, feedFix } from './pair-state.ts';
import { LAST_DETERMINED, OPEN_SIGNALS, OPEN_START, ROW } from './place-machine.ts';
import { COUNT, deviceRow } from './quiet-rows.ts';

/** The reports are in the histories, and still counted in the rows. */
export function noteQuiet(c: CaseState, words: Int32Array, head: number): void {
  const countOf = (d: DeviceState): number => words[deviceRow(head, c.devices.indexOf(d)) + COUNT] as number;
  for (const pair of c.pairs) notePair(c, pair, countOf(pair.wearer), countOf(pair.partner));
  for (const d of c.devices) {
    const count = countOf(d);
    if (count === 0 || d.role !== 'wearer') continue;
    const at = d.history.at(d.history.length - 1);
    for (let p = 0; p < c.places.length; p++)
      if ((c.places[p] as PlaceOfCase).freeTime === undefined) noteMore(c, d.rows, p * ROW, at, count, d.attached[p]);
      else {
        noteUncharged(d.rows, p, at, count);
        p += FOLLOWERS;
      }
  }
}

function notePair(c: CaseState, pair: PairState, ofWearer: number, ofPartner: number): void {
  const { wearer, partner, now } = pair;
  const count = ofWearer + ofPartner;
  if (count === 0) return;
  if (ofWearer > 0) feedFix(pair, now, wearer, wearer.history.length - 1);
  if (ofPartner > 0) feedFix(pair, now, partner, partner.history.length - 1);
  noteMore(c, now, ALARM, now[FED_TO] as number, count, pair.attachedAlarm);
  noteMore(c, now, WARNING, now[FED_TO] as number, count, pair.attachedWarning);
}

function noteMore(
  c: CaseState,
  m: Float64Array,
  o: number,
  atMs: number,
  count: number,
  attached: IncidentRecord | undefined,
): void {
  m[o + LAST_DETERMINED] = atMs;
  if ((m[o + OPEN_START] as number) < 0) return;
  m[o + OPEN_SIGNALS] = (m[o + OPEN_SIGNALS] as number) + count;
  if (attached !== undefined) c.incidents.count(attached, m[o + OPEN_SIGNALS] as number);
}
