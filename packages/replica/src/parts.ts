// The parts of a replica, made and joined to one another. Some know each other both ways: those ask for the other when they need it.
import { Engine } from '@vigie/engine';
import { Merge, type PlacedEntry } from '@vigie/log';
import { inPartition, otherSite } from '@vigie/model';
import { Appends } from './appends.ts';
import { CaseQueries } from './case-queries.ts';
import { Decisions } from './decisions.ts';
import { DigestWatch } from './digest-watch.ts';
import { DispatchMarks } from './dispatch-marks.ts';
import { Duties } from './duties.ts';
import { Evaluator } from './evaluate.ts';
import { EventRing } from './event-ring.ts';
import { FirstWord } from './first-word.ts';
import { Fold, START_OF_LOG } from './fold.ts';
import { FoldNotes } from './fold-notes.ts';
import { Intake } from './intake.ts';
import { KeyWaits } from './key-waits.ts';
import { Openable } from './openable.ts';
import { Publisher } from './publisher.ts';
import { Delivered, Received } from './received.ts';
import { PAST_DIGEST_SECONDS } from './settled-fold.ts';
import type { Snapshot } from './snapshot.ts';
import type { Snapshots } from './snapshots.ts';
import type { Faults } from './status.ts';
import { SnapshotTaking, startOf } from './take-snapshot.ts';
import type { Timing } from './timing.ts';
import { Turns } from './turns.ts';
import type { ReplicaOptions } from './types.ts';

/** What there is before the fold: clock, faults, and where to go on from. */
export interface Ground {
  readonly timing: Timing;
  readonly faults: Faults;
  readonly snapshots: Snapshots | undefined;
  /** Undefined: from the start of the log. */
  readonly snapshot: Snapshot | undefined;
}

export interface Parts extends Omit<Ground, 'snapshot'> {
  readonly merge: Merge;
  readonly fold: Fold;
  readonly cases: CaseQueries;
  readonly appends: Appends;
  readonly decisions: Decisions;
  readonly digests: DigestWatch;
  readonly duties: Duties;
  readonly ring: EventRing;
  readonly dispatchMarks: DispatchMarks;
  readonly firstWord: FirstWord;
  /** Resolves once this site tells people. */
  readonly speaks: Promise<void>;
  readonly keyWaits: KeyWaits;
  readonly notes: FoldNotes;
  readonly received: Received;
  readonly intake: Intake;
  readonly turns: Turns;
}

export function makeParts(o: ReplicaOptions, ground: Ground): Parts {
  const { site, log, partition = 0, keys, sealing = true, entryId } = o;
  const { timing, faults, snapshots, snapshot } = ground;
  const merge = snapshot === undefined ? new Merge({ self: site }) : Merge.restore(snapshot.header.merge);
  const delivered = new Delivered(merge.readFrom());
  const received = new Received(timing, snapshot?.header.received ?? {});
  const settledAt = new Received(timing, snapshot?.header.received ?? {});
  const ring = new EventRing({
    lostThrough: snapshot === undefined ? undefined : inPartition(snapshot.header.received, partition),
    partition,
  });
  const publisher = new Publisher(ring);
  const decisions = new Decisions(timing);
  const digests = new DigestWatch((second, own, other) => faults.say({ kind: 'digest-differs', second, own, other }));
  const cases = new CaseQueries(() => fold);
  const isErased = (measure: string): boolean => cases.erased(measure);
  const appends = new Appends({ log, keys, sealing, isErased, entryId, decisions, faults });
  const duties = new Duties({
    site,
    timing,
    view: (measure) => fold.context.live.view(measure),
    rests: () => log.left,
    ownsAll: () => merge.hasLeft(otherSite(site)),
    isOpeningKnown: (measure, { reason }) =>
      reason.fixes.every(({ deviceId, atMs }) => fold.context.live.knowsBefore(measure, deviceId, atMs)),
    onOpeningMissed: () => intake.askDirectly(),
    isAhead: (measure) => cases.isAhead(measure),
    placeOf: o.placeOf,
    append: (events) => appends.say('event', events),
  });
  const keyWaits = new KeyWaits({
    keys,
    timing,
    onKey: (measure) => intake.keyArrived(measure),
    onAlarm: (measure, sinceMs) => faults.say({ kind: 'key-missing', measure, sinceMs }),
  });
  const openable = new Openable({
    keys,
    onMissing: (measure) => keyWaits.add(measure),
    isErased,
  });
  const dispatchMarks = new DispatchMarks();
  const speaks = Promise.withResolvers<void>();
  const shared = { cases, digests, faults, keyWaits, publisher, dispatchMarks };
  const notes = new FoldNotes({ ...shared, fold: () => fold, decisions, duties, faults, settledAt });
  const fold: Fold = new Fold({
    merge,
    live: new Engine(),
    scratch: new Engine(),
    evaluator: new Evaluator(keys),
    hooks: notes,
    start: snapshot === undefined ? START_OF_LOG : startOf(snapshot),
    ...(o.unsettledBytesMax === undefined ? {} : { heldBytesMax: o.unsettledBytesMax }),
  });
  fold.beginPast(PAST_DIGEST_SECONDS);
  cases.begin();
  const isSettled = ({ t, site: from }: PlacedEntry): boolean => {
    const { place } = fold.settled;
    return t < place.t || (t === place.t && from === place.site);
  };
  const firstWord = new FirstWord({
    timing,
    knowsAll: () => merge.caughtUp && !fold.hasWork,
    hearsPeer: () => log.peer().reachable,
    speak: () => {
      duties.enable();
      speaks.resolve();
    },
    holdBack: () => duties.holdBack(),
  });
  const turns = new Turns({
    fold,
    log,
    merge,
    takeAgain: (messages) => intake.takeAgain(messages),
    timing,
    delivered,
    snapshots,
    takeSnapshot: () =>
      SnapshotTaking.begin({
        fold,
        merge,
        received: settledAt.at,
        rowOf: (measure) => cases.directory.row(measure),
        nextSlice: () => new Promise((resolve) => timing.soon(resolve)),
      }),
    afterTurn: () => {
      cases.afterTurn(duties);
      publisher.flush(inPartition(received.at, partition), isSettled);
      dispatchMarks.flush();
      duties.resume();
      duties.flush();
      received.wake();
      intake.afterTurn();
      if (cases.hasMore) turns.schedule();
    },
    onCaughtUp: () => {
      ring.order();
      firstWord.hasRead();
    },
  });
  const feed = { log, merge, timing, direct: o.direct };
  const intake: Intake = new Intake({ ...shared, ...feed, fold, delivered, openable, received, turns });
  const known = { timing, faults, snapshots, merge, fold, cases, appends, decisions, digests };
  const told = { duties, ring, dispatchMarks, firstWord, speaks: speaks.promise };
  return { ...known, ...told, keyWaits, notes, received, intake, turns };
}
