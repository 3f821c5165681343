// What the projector asks of the site: the fold's view of a case, and the log itself. The replica and the log stand behind it.
import type { CaseView, OpenedItem } from '@vigie/engine';
import type { OriginMessage } from '@vigie/log';
import type { Entry, Item, Result, Seq, SiteId, VectorPosition } from '@vigie/model';

/** A case as the fold has it live, with the incidents that settled state does not (yet) have. */
export type ProjectedCase = CaseView & { readonly provisional: ReadonlySet<string> };

/** An epoch whose entries count at this site. */
export interface LogEpoch {
  /** Of the log that the epoch is of; left out: the first. */
  readonly partition?: number;
  readonly site: SiteId;
  readonly epoch: string;
  /** Where an admit has ended it (L11); entries past it have no place. Absent while it runs. */
  readonly lastSeq?: Seq;
}

export interface ProjectionSource {
  /** False while a start reads through the log: views are of the past then, and rows must not go back to it. */
  caughtUp?(): boolean;
  /** How far each origin has been received and folded live. */
  received(): VectorPosition;
  measures(): Iterable<string>;
  /** Measures whose view changed since they were last taken, at most `max`; fewer means that there are no more. */
  takeDirty(max: number): readonly string[];
  caseView(measure: string): ProjectedCase | undefined;
  epochs(): readonly LogEpoch[];
  /** Messages of one epoch from `from` on, oldest first; none when there is nothing yet. */
  readLog(of: LogEpoch, from: Seq, limit: number): Promise<readonly OriginMessage[]>;
  /** Unsealed and parsed; undefined = of a kind that this reader does not know. A missing key is `key-missing`: it is waited for. */
  open(entry: Entry, item: Item): Result<OpenedItem | undefined>;
  /** True after the `erased` entry of a measure: its rows go and its items are passed over. */
  erased?(measure: string): boolean;
}
