// What the keeper of a site does next (L6, L11, L12): a pure function of what it sees and of the time.
import { type AdmitData, type SiteId, compareEpochs, epochNumber, otherSite } from '@vigie/model';
import type { EpochInfo } from '../merge/epoch-info.ts';
import { TRAPS } from '../merge/traps.ts';
import type { EpochExtent, PeerState, Survey } from '../types.ts';
import { type RotationRule, type RunningEpoch, isRotationDue } from './rotation.ts';

/** L6: a heartbeat after this much quiet of the own origin. */
export const QUIET_MS = 250;
/** L6: heartbeats that answer the other site come at most this often. */
export const NUDGED_EVERY_MS = 20;
/** Under load an origin is never quiet; what heartbeats tell (digest, tree) is told this often all the same. */
export const HEARTBEAT_EVERY_MS = 1000;

export interface KeeperView {
  readonly self: SiteId;
  readonly generation: string;
  /** The epoch the own log server runs. */
  readonly epoch: string;
  readonly caughtUp: boolean;
  readonly peer: Pick<PeerState, 'reachable' | 'joined' | 'epoch' | 'leaving' | 'staysForUs'>;
  /** Who has left or was retired, and who was retired. */
  readonly away: { readonly [site in SiteId]: boolean };
  readonly retired: { readonly [site in SiteId]: boolean };
  /** Both sites have founded a generation: nobody is admitted until an operator has chosen. */
  readonly rival: boolean;
  /** The own origin has ended with a `leave`. */
  readonly left: boolean;
  /** What an operator wants of this site: that it leaves, or that it returns (since when, microseconds). */
  readonly wish:
    | { readonly kind: 'leave'; readonly by: string }
    | { readonly kind: 'return'; readonly sinceUs: number }
    | undefined;
  readonly epochs: readonly EpochInfo[];
  /** Both disks as just asked; undefined: not asked, or the other does not answer. */
  readonly survey: Survey | undefined;
  /** The own disk as last looked at. */
  readonly extents: readonly EpochExtent[];
  /** When the own origin last got an entry, and the last heartbeat, microseconds. */
  readonly lastEntryUs: number;
  readonly lastHeartbeatUs: number;
  /** An entry of the other site asks to be ordered at once, and no own entry has followed. */
  readonly nudged: boolean;
  /** When epochs are closed; undefined: by restarts of the log server alone. */
  readonly rotation?: RotationRule;
  readonly running?: RunningEpoch | undefined;
}

export type KeeperAction =
  | { readonly kind: 'heartbeat' }
  /** Ask both disks and decide again. */
  | { readonly kind: 'survey' }
  | { readonly kind: 'admit'; readonly data: AdmitData }
  | { readonly kind: 'ok'; readonly admitEntryId: string }
  /** Open the next epoch and seal this one (L10). */
  | { readonly kind: 'rotate' }
  | { readonly kind: 'leave'; readonly by: string }
  /** The other one leaves: this site stays. */
  | { readonly kind: 'stay' }
  | { readonly kind: 'reopen' };

/** Who returns waits this long for the other to be heard, so that it catches up first. */
const HEARD_AFTER_MS = 3000;

export function keeperDecide(view: KeeperView, nowUs: number): KeeperAction[] {
  if (view.left) return mayReturn(view, nowUs) ? [{ kind: 'reopen' }] : [];
  if (view.retired[view.self] && hasEnded(view)) return [{ kind: 'reopen' }];
  const actions = admitting(view);
  if (view.wish?.kind === 'leave' && actions.length === 0) {
    if (mustStay(view)) return [{ kind: 'stay' }];
    if (mayLeave(view)) return [{ kind: 'leave', by: view.wish.by }];
  }
  const quietMs = (nowUs - view.lastEntryUs) / 1000;
  const untoldMs = (nowUs - view.lastHeartbeatUs) / 1000;
  const answered = untoldMs < NUDGED_EVERY_MS;
  if (quietMs >= QUIET_MS || untoldMs >= HEARTBEAT_EVERY_MS || (view.nudged && !answered))
    actions.push({ kind: 'heartbeat' });
  if (rotates(view, nowUs)) actions.push({ kind: 'rotate' });
  return actions;
}

/** Only when the next epoch will be admitted at once: never while one of the two is waited for, or away. */
function rotates(view: KeeperView, nowUs: number): boolean {
  const { self, peer } = view;
  if (!isRotationDue(self, view.running, view.rotation, nowUs)) return false;
  if (!view.caughtUp || !peer.reachable || peer.epoch === undefined) return false;
  if (view.wish !== undefined || view.away[otherSite(self)]) return false;
  return isAdmitted(view, self, view.epoch) && isAdmitted(view, otherSite(self), peer.epoch);
}

/** L12: it catches up first, unless there is nobody to catch up with. */
function mayReturn({ wish, caughtUp, peer }: KeeperView, nowUs: number): boolean {
  if (wish?.kind !== 'return') return false;
  return caughtUp || (!peer.reachable && (nowUs - wish.sinceUs) / 1000 > HEARD_AFTER_MS);
}
/** A `found` of the other site has ended the epoch that runs here: what is appended to it has no place. */
const hasEnded = (view: KeeperView): boolean =>
  view.epochs.some(({ site, epoch, lastSeq }) => site === view.self && epoch === view.epoch && lastSeq !== undefined);

/** Never both at once: Noirmont goes first. */
const mustStay = ({ self, away, peer }: KeeperView): boolean =>
  away[otherSite(self)] || (self === 'delemont' && peer.leaving);

/** Everything of the other site has its admit, and it has heard that it will be alone. */
function mayLeave(view: KeeperView): boolean {
  const { self, peer } = view;
  return (
    view.caughtUp &&
    peer.joined &&
    peer.staysForUs &&
    peer.epoch !== undefined &&
    isAdmitted(view, self, view.epoch) &&
    isAdmitted(view, otherSite(self), peer.epoch)
  );
}

function admitting(view: KeeperView): KeeperAction[] {
  const { self, peer } = view;
  if (view.retired[self]) return []; // no member: it is admitted, and admits nobody
  if (view.retired[otherSite(self)] && !isAdmitted(view, self, view.epoch)) return admitSelf(view);
  if (view.rival) return [];
  const running = peer.epoch;
  if (!view.caughtUp || !peer.reachable || running === undefined) return [];
  const other = otherSite(self);
  if (isAdmitted(view, other, running)) return [];
  const both = !isAdmitted(view, self, view.epoch);
  if (both && self === 'delemont') return confirm(view, running);
  if (both && offers(view, 'noirmont', view.epoch, running).length > 0) return []; // written; Delémont's turn
  if (view.survey === undefined) return [{ kind: 'survey' }];
  const sites: readonly SiteId[] = both ? ['noirmont', 'delemont'] : [other];
  if (!holdsEverything(view, view.survey, sites, running)) return [{ kind: 'survey' }];
  const survey = view.survey;
  const runs = (site: SiteId): string => (site === self ? view.epoch : running);
  const item = (site: SiteId, epoch: string): AdmitData['admits'][number] => ({
    site,
    epoch,
    lastSeqs: closedEnds(view, survey, site, runs(site), epoch),
  });
  const admits = [
    ...sites.flatMap((site) => waitingClosed(view, survey, site, runs(site)).map((epoch) => item(site, epoch))),
    ...sites.map((site) => item(site, runs(site))),
  ];
  return [{ kind: 'admit', data: { generation: view.generation, admits, both } }];
}

/** L11: in a generation with one member a site admits itself, once it has read all of its own that lies on its disk. */
function admitSelf(view: KeeperView): KeeperAction[] {
  const { self, epoch: running } = view;
  if (!hasReadDisk(view, view.extents)) return [];
  const own = view.epochs.filter((info) => info.site === self);
  const waiting = own.filter((info) => !info.admitted && info.epoch !== running).map((info) => info.epoch);
  const admits = [...waiting, running].map((epoch) => ({
    site: self,
    epoch,
    lastSeqs: Object.fromEntries(
      own
        .filter((info) => info.epoch !== epoch && info.epoch !== running)
        .map((info) => [info.epoch, info.lastSeq ?? info.received]),
    ),
  }));
  return [{ kind: 'admit', data: { generation: view.generation, admits, both: false } }];
}

/** Everything on the own disk has been read, up to where it ends for good. */
export const hasReadDisk = (
  view: Pick<KeeperView, 'epochs' | 'epoch' | 'self'>,
  disk: readonly EpochExtent[],
): boolean =>
  disk.every(({ site, epoch, lastSeq }) => {
    if (site === view.self && epoch === view.epoch) return true;
    const info = view.epochs.find((known) => known.site === site && known.epoch === epoch);
    return lastSeq === 0 || (info !== undefined && info.received >= Math.min(lastSeq, info.lastSeq ?? lastSeq));
  });

const isAdmitted = (view: KeeperView, site: SiteId, epoch: string): boolean =>
  view.epochs.some(
    (info) =>
      info.site === site &&
      info.admitted &&
      (info.epoch === epoch || (TRAPS.admitsByNumber && epochNumber(info.epoch) >= epochNumber(epoch))),
  );

/** Both-admits in that epoch of Noirmont's that list these two as the running ones. */
function offers(view: KeeperView, site: SiteId, epoch: string, delemont: string): EpochInfo['bothAdmits'] {
  const info = view.epochs.find((known) => known.site === site && known.epoch === epoch);
  return (info?.bothAdmits ?? []).filter(
    ({ admits }) =>
      admits.findLast((item) => item.site === 'noirmont')?.epoch === epoch &&
      admits.findLast((item) => item.site === 'delemont')?.epoch === delemont,
  );
}

/** Delémont names one both-admit and never another from the same epoch: the first it names wins. */
function confirm(view: KeeperView, noirmont: string): KeeperAction[] {
  const own = view.epochs.find((info) => info.site === 'delemont' && info.epoch === view.epoch);
  if (own?.hasOk) return [];
  const offer = offers(view, 'noirmont', noirmont, view.epoch)[0];
  return offer === undefined ? [] : [{ kind: 'ok', admitEntryId: offer.entryId }];
}

/** Nothing of the closed epochs is missing here, on disk and read, and nothing can be added to them any more. */
function holdsEverything(view: KeeperView, survey: Survey, sites: readonly SiteId[], running: string): boolean {
  if (!survey.peer.some((extent) => extent.epoch === running && extent.site !== view.self)) return false;
  // Looked at before the own log server was started again: what was being written then may lie on the disk since.
  if (extentOf(survey.own, view.self, view.epoch) === undefined) return false;
  const isFinal = ({ site, epoch }: EpochExtent): boolean =>
    view.epochs.some((info) => info.site === site && info.epoch === epoch && info.settled);
  for (const there of survey.peer) {
    if (there.epoch === running || there.epoch === view.epoch || isFinal(there)) continue;
    const here = extentOf(survey.own, there.site, there.epoch);
    if (here === undefined || here.lastSeq < there.lastSeq) return false;
    if (there.site !== view.self && !there.sealed) return false;
  }
  return survey.own.every((here) => {
    if (!sites.includes(here.site) || here.epoch === running || here.epoch === view.epoch) return true;
    // Settled to its end: it may have left either log server as an archive.
    if (isFinal(here)) return true;
    // The two disks were not looked at in one moment: an epoch that only this one shows may be what the other site has just begun to run.
    if (here.site !== view.self && extentOf(survey.peer, here.site, here.epoch) === undefined) return false;
    // A rotation is under way: what was sent to the epoch before may still be stored there, and acknowledged.
    if (here.site === view.self && !here.sealed) return false;
    const info = view.epochs.find((known) => known.site === here.site && known.epoch === here.epoch);
    // More was read than lay there when it was looked at: a copy that was under way has brought it.
    if (here.site !== view.self && info?.lastSeq === undefined && (info?.received ?? 0) > here.lastSeq) return false;
    return (info?.received ?? 0) >= Math.min(here.lastSeq, info?.lastSeq ?? here.lastSeq);
  });
}

const extentOf = (extents: readonly EpochExtent[], site: SiteId, epoch: string): EpochExtent | undefined =>
  extents.find((extent) => extent.site === site && extent.epoch === epoch);

function knownClosed(view: KeeperView, survey: Survey, site: SiteId, running: string): string[] {
  const known = new Set<string>();
  for (const { site: of, epoch } of [...view.epochs, ...survey.own, ...survey.peer])
    if (of === site && epoch !== running) known.add(epoch);
  return [...known].sort(compareEpochs);
}
const waitingClosed = (view: KeeperView, survey: Survey, site: SiteId, running: string): string[] =>
  knownClosed(view, survey, site, running).filter((epoch) => !isAdmitted(view, site, epoch));

/** Where that admit says that closed epochs of a site end. */
export const closedEndsOf = ({ admits }: AdmitData, of: SiteId): ReadonlyMap<string, number> =>
  new Map(admits.flatMap(({ site, lastSeqs }) => (site === of ? Object.entries(lastSeqs) : [])));

/** Where the closed epochs of a site end: as an admit in force has said, else what is held of them. */
function closedEnds(
  view: KeeperView,
  survey: Survey,
  site: SiteId,
  running: string,
  except: string,
): { readonly [epoch: string]: number } {
  const ends: { [epoch: string]: number } = {};
  for (const epoch of knownClosed(view, survey, site, running)) {
    if (epoch === except) continue;
    const info = view.epochs.find((known) => known.site === site && known.epoch === epoch);
    const final = TRAPS.lastSeqsReplaced ? undefined : info?.lastSeq;
    ends[epoch] = final ?? extentOf(survey.own, site, epoch)?.lastSeq ?? info?.received ?? 0;
  }
  return ends;
}
