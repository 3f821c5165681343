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
  readonly peer: Pick<PeerState, 'reachable' | 'epoch'>;
  readonly epochs: readonly EpochInfo[];
  /** Both disks as just asked; undefined: not asked, or the other does not answer. */
  readonly survey: Survey | undefined;
  /** When the own origin last got an entry, and the last heartbeat, microseconds. */
  readonly lastEntryUs: number;
  readonly lastHeartbeatUs: number;
  /** An entry of the other site asks to be ordered at once, and no own entry has followed. */
  readonly nudged: boolean;
  /** When epochs are closed; undefined: by restarts of the log server alone. */
  readonly rotation?: RotationRule;
  readonly running?: RunningEpoch | undefined;
  /** The other site has left: this one does not rotate, because nobody would admit its next epoch. */
  readonly peerLeft?: boolean;
}

export type KeeperAction =
  | { readonly kind: 'heartbeat' }
  /** Ask both disks and decide again. */
  | { readonly kind: 'survey' }
  | { readonly kind: 'admit'; readonly data: AdmitData }
  | { readonly kind: 'ok'; readonly admitEntryId: string }
  /** Open the next epoch and seal this one (L10). */
  | { readonly kind: 'rotate' };

export function keeperDecide(view: KeeperView, nowUs: number): KeeperAction[] {
  const actions = admitting(view);
  const quietMs = (nowUs - view.lastEntryUs) / 1000;
  const untoldMs = (nowUs - view.lastHeartbeatUs) / 1000;
  const answered = untoldMs < NUDGED_EVERY_MS;
  if (quietMs >= QUIET_MS || untoldMs >= HEARTBEAT_EVERY_MS || (view.nudged && !answered))
    actions.push({ kind: 'heartbeat' });
  if (rotates(view, nowUs)) actions.push({ kind: 'rotate' });
  return actions;
}

/** Only when the next epoch will be admitted at once, and never while one of the two is waited for. */
function rotates(view: KeeperView, nowUs: number): boolean {
  const { self, peer } = view;
  if (!isRotationDue(self, view.running, view.rotation, nowUs)) return false;
  if (!view.caughtUp || !peer.reachable || peer.epoch === undefined || view.peerLeft === true) return false;
  return isAdmitted(view, self, view.epoch) && isAdmitted(view, otherSite(self), peer.epoch);
}

function admitting(view: KeeperView): KeeperAction[] {
  const { self, peer } = view;
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
  for (const there of survey.peer) {
    if (there.epoch === running || there.epoch === view.epoch) continue;
    const here = extentOf(survey.own, there.site, there.epoch);
    if (here === undefined || here.lastSeq < there.lastSeq) return false;
    if (there.site !== view.self && !there.sealed) return false;
  }
  return survey.own.every((here) => {
    if (!sites.includes(here.site) || here.epoch === running || here.epoch === view.epoch) return true;
    // The two disks were not looked at in one moment: an epoch that only this one shows may be what the other site has just begun to run.
    if (here.site !== view.self && extentOf(survey.peer, here.site, here.epoch) === undefined) return false;
    const info = view.epochs.find((known) => known.site === here.site && known.epoch === here.epoch);
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
