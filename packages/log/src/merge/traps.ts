// Clauses of the order that can be switched off, one at a time, so that a simulation shows that it finds what they prevent
// (docs/decisions/0007). All are on; nothing but the tests of packages/sim sets one.
export interface Traps {
  /** L7: `seen` is told past an epoch's lastSeq, too. */
  seenPastLastSeq: boolean;
  /** L11: a later admit says anew where an epoch ends, and that takes the place of the first. */
  lastSeqsReplaced: boolean;
  /** L11: an epoch counts as admitted when one of its number, or a later one, is. */
  admitsByNumber: boolean;
  /** L11: a both-admit counts as soon as it is written, without an `ok`. */
  unconfirmedBothAdmits: boolean;
  /** Found: admits and both-admits of an older generation count, whatever the vector says. */
  olderGenerations: boolean;
}
export const TRAPS: Traps = {
  seenPastLastSeq: false,
  lastSeqsReplaced: false,
  admitsByNumber: false,
  unconfirmedBothAdmits: false,
  olderGenerations: false,
};
