// Ways in which a test breaks the implementation on purpose: each has a checker that must say exactly that. Never in `./vigie sim`.
export type Break =
  /** One acknowledged entry is never written. */
  | 'drops-acknowledged'
  /** Acknowledged before it is on the disk; a power cut takes it. */
  | 'acks-unsynced'
  /** What the other site has not got yet lies in memory; a power cut takes it. */
  | 'keeps-in-memory'
  /** Every answer to a device says `both`. */
  | 'says-both'
  /** One site applies one report a second time, under another name. */
  | 'applies-twice'
  /** One site does not see one fix inside the zone. */
  | 'skips-breach'
  /** One site reads one entry with a later log time. */
  | 'reorders'
  /** One bit of one digest. */
  | 'flips-digest'
  /** One event is shown twice. */
  | 'publishes-twice'
  /** One alarm is announced again and again, each time under another id. */
  | 'announces-anew'
  /** A reader loses the message that is delivered last. */
  | 'forgets-late'
  /** Every alarm is told a second time at once, under another name. */
  | 'names-twice'
  /** The log records another zone than the one that the oracle judges. */
  | 'moves-zone'
  /** One site does not see that a measure was stopped. */
  | 'ignores-stop'
  /** A decision is answered as settled although it is not. */
  | 'answers-early'
  /** No site looks at Idempotency-Keys. */
  | 'forgets-keys'
  /** One site gets its entries with reports two seconds late, one by one. */
  | 'reads-late'
  /** No site tells of anything. */
  | 'tells-nobody'
  /** Dispatch says that receivers took what it never sent. */
  | 'claims-delivered'
  /** Dispatch sends everything a second time. */
  | 'sends-again'
  /** Each site begins at once, whoever's alarm it is. */
  | 'begins-at-both'
  /** Delémont says that a key is destroyed and keeps it. */
  | 'keeps-a-key'
  /** Snapshots are not rewritten when a measure is erased. */
  | 'keeps-snapshots'
  /** What is due in a minute is erased now. */
  | 'erases-early'
  /** One site does not see that rules are switched off. */
  | 'ignores-switch'
  /** Noirmont's keeper dies with the last fault. */
  | 'stops-keeper';
