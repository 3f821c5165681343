// What the fold tells while it runs, noted for those whom it concerns. Called for every item: takes notes and allocates nothing.
import type { CaseView, Engine, Outcome } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import type { CaseQueries } from './case-queries.ts';
import type { TailItem } from './case-tail.ts';
import type { Decisions } from './decisions.ts';
import type { DigestWatch } from './digest-watch.ts';
import type { DispatchMarks } from './dispatch-marks.ts';
import type { Duties } from './duties.ts';
import type { Fold } from './fold.ts';
import type { FoldHooks } from './fold-context.ts';
import type { KeyWaits } from './key-waits.ts';
import { placeName } from './place.ts';
import type { Publisher } from './publisher.ts';
import type { Received } from './received.ts';
import { isSharedZoneEntry } from './shared-zones-in-force.ts';
import type { Faults } from './status.ts';

const DECISION_KINDS: ReadonlySet<string> = new Set(['case', 'order', 'stop', 'step', 'case_rule']);
const DIRECTORY_KINDS: ReadonlySet<string> = new Set(['case', 'order', 'stop']);

export interface FoldNotesOptions {
  /** The fold that tells; it is made after its notes. */
  readonly fold: () => Fold;
  readonly cases: CaseQueries;
  readonly decisions: Decisions;
  readonly digests: DigestWatch;
  readonly dispatchMarks: DispatchMarks;
  readonly duties: Duties;
  readonly faults: Faults;
  readonly keyWaits: KeyWaits;
  readonly publisher: Publisher;
  /** How far settled state reaches in each origin. */
  readonly settledAt: Received;
}

export class FoldNotes implements FoldHooks {
  /** Log time of each origin's newest entry with reports. */
  readonly newestReportT = { noirmont: 0, delemont: 0 };
  readonly #o: FoldNotesOptions;

  constructor(o: FoldNotesOptions) {
    this.#o = o;
  }

  evaluated(item: TailItem, measure: string, before: Outcome | undefined, engine: Engine): void {
    const { cases, decisions, duties, publisher } = this.#o;
    const { placed, kind, outcome } = item;
    const opened = this.#o.fold().context.evaluator.item;
    if (opened?.kind === 'reports') {
      if (outcome?.kind === 'applied') cases.directory.heard(opened.batch.deviceId, placed.site);
      if (placed.t > this.newestReportT[placed.site]) this.newestReportT[placed.site] = placed.t;
    } else if (opened?.kind === 'event') {
      duties.landed(`${opened.event.incidentId}/${opened.event.step}`);
      publisher.event(item, engine.view(measure), opened.event);
    } else if (opened?.kind === 'attempt' || opened?.kind === 'receipt')
      this.#o.dispatchMarks.note(placed.site, opened);
    else if (opened?.kind === 'step' && outcome?.kind === 'applied' && before?.kind !== 'applied')
      publisher.step(item, engine.view(measure), opened.step);
    if (kind === 'case' && outcome?.kind === 'applied') cases.directory.recorded(measure, placed);
    if (DIRECTORY_KINDS.has(kind))
      cases.directoryMoved(
        measure,
        opened?.kind === 'case' && outcome?.kind === 'applied' ? opened.recorded : undefined,
      );
    if (opened?.kind === 'case' && outcome?.kind === 'refused' && before === undefined)
      this.malformed(placeName(placed, item.index), 'a case that nobody could have recorded');
    if (DECISION_KINDS.has(kind) && outcome !== undefined) decisions.note(placed.entry.entryId, outcome, false);
  }

  passedOver({ placed, kind, outcome }: TailItem): void {
    if (DECISION_KINDS.has(kind) && outcome !== undefined) this.#o.decisions.note(placed.entry.entryId, outcome, false);
  }

  malformed(place: string, detail: string): void {
    this.#o.faults.say({ kind: 'malformed-item', place, detail });
  }
  zone(placed: PlacedEntry, outcome: Outcome): void {
    this.#o.decisions.note(placed.entry.entryId, outcome, false);
  }
  keyMissing(measure: string): void {
    this.#o.keyWaits.add(measure);
  }

  settled(placed: PlacedEntry, items: readonly TailItem[]): void {
    this.#o.settledAt.note(placed);
    if (isSharedZoneEntry(placed)) {
      const { zones } = this.#o.fold().context.clocks;
      this.#o.decisions.note(placed.entry.entryId, zones.outcomeOf(placed.entry), true);
    }
    if (!DECISION_KINDS.has(placed.entry.kind)) return;
    for (const { outcome } of items)
      if (outcome !== undefined) this.#o.decisions.note(placed.entry.entryId, outcome, true);
  }
  promoted(measure: string): void {
    this.#o.cases.promoted(measure);
  }
  settledView(measure: string, view: CaseView | undefined): void {
    this.#o.cases.settledMoved(measure);
    if (view !== undefined) this.#o.duties.settled(view, true);
  }
  digest(second: number, value: string): void {
    this.#o.digests.own(second, value);
  }
  replaced(measures: Iterable<string>): void {
    this.#o.cases.replaced(measures);
  }
}
