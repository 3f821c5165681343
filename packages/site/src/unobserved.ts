// D5 at a site: looks at who is unobserved from here while the other site is not heard, and says it as one incident.
import type { PeerState } from '@vigie/log';
import { type SiteReplica, type Unobserved, UnobservedWatch, systemTiming } from '@vigie/replica';
import { type SiteId, otherSite } from '@vigie/model';
import type { OperatingIncidents } from './operating-incidents.ts';

const LOOK_EVERY_MS = 2_000;
/** A line that is quiet for a moment is no incident. */
const NOT_HEARD_MS = 3_000;

export interface UnobservedParts {
  readonly site: SiteId;
  readonly replica: SiteReplica;
  readonly peer: () => PeerState;
  readonly incidents: OperatingIncidents;
  readonly nowMs: () => number;
}

export interface UnobservedState {
  /** As of the last look; undefined: the other site is heard, its entries come all the same, or it has left. */
  readonly state: () => Unobserved | undefined;
  readonly stop: () => void;
}

export function watchUnobserved({ site, replica, peer, incidents, nowMs }: UnobservedParts): UnobservedState {
  const other = otherSite(site);
  const watch = new UnobservedWatch({
    site,
    timing: { ...systemTiming(), nowUs: () => nowMs() * 1000 },
    peer,
    newestT: () => replica.newestLiveT(other),
    hasLeft: () => replica.hasLeft(other),
    boundTo: (of) => replica.measuresBoundTo(of),
    view: (measure) => replica.liveView(measure),
  });
  const look = async (): Promise<void> => {
    await watch.look();
    const { state } = watch;
    if (state === undefined) incidents.set('site-not-heard', undefined);
    else if (nowMs() - state.sinceMs >= NOT_HEARD_MS) {
      const { length } = state.devices;
      const tasks = state.devices.filter(({ isTask }) => isTask).length;
      const since = new Date(state.sinceMs).toISOString();
      incidents.set(
        'site-not-heard',
        `${other} is not heard since ${since}: ${length} devices unobserved from here, ${tasks} longer than their order allows`,
      );
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { state: () => watch.state, stop: () => clearInterval(timer) };
}
