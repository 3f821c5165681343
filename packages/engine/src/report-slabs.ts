// Where the reports of all cases of an engine lie (history.ts, quiet.ts).
import { WordSlabs } from './word-slabs.ts';

/** Words of one report before its verdicts. */
export const RECORD_WORDS = 11;
/** Reports of a block of a history: small, because most devices of an engine that has just begun have one report. */
export const HISTORY_BLOCK_BITS = 3;
const HISTORY_BLOCK = 1 << HISTORY_BLOCK_BITS;
/** Reports of the usual sort that a device may have waiting to be put into its history. */
export const WAITING_MAX = 32;

export class ReportSlabs {
  readonly waiting = new WordSlabs(WAITING_MAX * RECORD_WORDS);
  /** By words of verdicts of a record. */
  readonly #histories: WordSlabs[] = [];

  ofHistories(verdictWords: number): WordSlabs {
    this.#histories[verdictWords] ??= new WordSlabs(HISTORY_BLOCK * (RECORD_WORDS + verdictWords));
    return this.#histories[verdictWords];
  }
  /** Blocks of histories in use. */
  get historyBlocks(): number {
    return this.#histories.reduce((sum, slabs) => sum + slabs.taken, 0);
  }
}
