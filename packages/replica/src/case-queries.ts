// What is asked about the cases of a replica: whose a token is, what a case looks like, what of it may still change, what has changed.
import type { CaseHead, CaseView, Engine } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import type { RecordedCase } from '@vigie/model';
import { Directory, type DirectoryRow, rowOf } from './directory.ts';
import type { Duties } from './duties.ts';
import { erasedMeasure } from './erasure.ts';
import type { Fold } from './fold.ts';
import { Silences } from './silences.ts';
import type { ReplicaCaseView } from './types.ts';

const NONE: ReadonlySet<string> = new Set();
/** Some milliseconds. */
const REPLACED_PER_TURN = 50;

export class CaseQueries {
  readonly directory = new Directory();
  readonly silences = new Silences();
  /** Cases of which live may say something else since another fold took its place; looked at some at a time. */
  readonly #replaced = new Set<string>();
  readonly #fold: () => Fold;
  readonly #erased = new Set<string>();
  /** With the row of those whose entry was read last. */
  readonly #directoryDirty = new Map<string, DirectoryRow | undefined>();
  readonly #dirty = new Set<string>();
  readonly #promoted = new Set<string>();

  constructor(fold: () => Fold) {
    this.#fold = fold;
  }
  get #engine(): Engine {
    return this.#fold().context.live;
  }

  /** What the fold begins with: what was erased, and a snapshot's cases, one after the other. */
  begin(): void {
    for (const measure of this.#fold().context.erased.measures()) this.#erased.add(measure);
  }
  /** A case without incidents of which enough is known is not even read. */
  beginWith(measure: string, row: DirectoryRow | undefined, head: CaseHead | undefined, duties: Duties): void {
    if (row !== undefined && head?.hasIncidents === false) {
      this.directory.add(measure, row, head.ended);
      for (const { deviceId, boundTo } of head.devices) this.directory.heard(deviceId, boundTo);
      this.#dirty.add(measure);
      return;
    }
    const view = this.#engine.view(measure);
    if (view === undefined) return;
    if (row === undefined) this.directory.update(measure, view);
    else this.directory.add(measure, row, view.ended);
    for (const { deviceId, boundTo } of view.devices)
      if (boundTo !== undefined) this.directory.heard(deviceId, boundTo);
    this.#dirty.add(measure);
    if (view.incidents.length === 0) return;
    this.directory.noteIncidents(view);
    this.silences.note(view);
    duties.live(view);
  }

  view(measure: string): ReplicaCaseView | undefined {
    const view = this.#engine.view(measure);
    if (view === undefined) return undefined;
    const settled = this.#settledIncidents(measure);
    if (settled === undefined) return { ...view, provisional: NONE };
    const provisional = new Set<string>();
    for (const { incidentId } of view.incidents) if (!settled.has(incidentId)) provisional.add(incidentId);
    return { ...view, provisional };
  }

  erased(measure: string): boolean {
    return this.#erased.has(measure);
  }
  /** The measure that an entry erases, noted; undefined: it erases none. */
  noteErased(placed: PlacedEntry): string | undefined {
    const measure = erasedMeasure(placed);
    if (measure !== undefined) this.#erased.add(measure);
    return measure;
  }

  takeDirty(max: number): readonly string[] {
    const taken: string[] = [];
    for (const measure of this.#dirty) {
      if (taken.length >= max) break;
      taken.push(measure);
    }
    for (const measure of taken) this.#dirty.delete(measure);
    return taken;
  }

  settledMoved(measure: string): void {
    this.#dirty.add(measure);
  }
  replaced(measures: Iterable<string>): void {
    for (const measure of measures) this.#replaced.add(measure);
  }
  /** There are cases left to look at in the next turn. */
  get hasMore(): boolean {
    return this.#replaced.size > 0;
  }
  promoted(measure: string): void {
    this.#promoted.add(measure);
  }
  /** Devices, tokens or the order of a case may be others now. */
  directoryMoved(measure: string, recorded?: RecordedCase): void {
    this.#directoryDirty.set(measure, recorded === undefined ? undefined : rowOf(recorded));
  }
  /** True while live of the case has gone further than settled. */
  isAhead(measure: string): boolean {
    return this.#fold().context.tails.get(measure) !== undefined;
  }

  /** After a turn of the fold: brings the directory up to date, and tells the duties which cases to look at. */
  afterTurn(duties: Duties): void {
    const engine = this.#engine;
    for (const [measure, row] of this.#directoryDirty) {
      const view = engine.view(measure);
      this.directory.update(measure, view, row);
      this.#noteSilences(measure, view);
    }
    this.#directoryDirty.clear();
    for (const measure of [...engine.takeChanged(), ...this.#takeReplaced(duties)]) {
      this.#dirty.add(measure);
      const view = engine.view(measure);
      // Also of a case that was loaded from its base: what made its devices known may have been folded there and not in live.
      this.#noteSilences(measure, view);
      if (view === undefined) {
        this.directory.update(measure, undefined);
        continue;
      }
      this.directory.refresh(measure, view);
      this.directory.noteIncidents(view);
      duties.live(view);
    }
    for (const measure of engine.takeMoved()) this.#dirty.add(measure);
    for (const measure of this.#promoted) {
      this.#dirty.add(measure);
      const view = engine.view(measure);
      if (view !== undefined) duties.settled(view, this.isAhead(measure));
    }
    this.#promoted.clear();
  }

  /** What is settled of them is told as if it had just settled. */
  #takeReplaced(duties: Duties): string[] {
    const { context } = this.#fold();
    const taken: string[] = [];
    for (const measure of this.#replaced) {
      if (taken.length >= REPLACED_PER_TURN) break;
      this.#replaced.delete(measure);
      taken.push(measure);
      const tail = context.tails.get(measure);
      const settled = tail === undefined ? undefined : context.settledView(tail);
      if (tail === undefined) this.#promoted.add(measure);
      else if (settled !== undefined) duties.settled(settled, true);
    }
    return taken;
  }
  #noteSilences(measure: string, view: CaseView | undefined): void {
    if (view === undefined) this.silences.forget(measure);
    else this.silences.note(view);
  }

  /** Ids of the incidents that settled state has of a case; undefined: all that live has. */
  #settledIncidents(measure: string): ReadonlySet<string> | undefined {
    const { context } = this.#fold();
    const tail = context.tails.get(measure);
    if (tail === undefined) return undefined;
    const known = tail.settledIncidents;
    if (known !== undefined && known.base === tail.base && known.count === tail.settledCount) return known.ids;
    const incidents = context.settledView(tail)?.incidents ?? [];
    const ids = new Set(incidents.map((incident) => incident.incidentId));
    tail.settledIncidents = { base: tail.base, count: tail.settledCount, ids };
    return ids;
  }
}
