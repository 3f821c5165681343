// D5: while the other site is not heard, devices whose reports go there are unobserved from here, which is not silent. One list, ranked
// by harm; a device unobserved for longer than its order allows is a task. Devices that report here leave the list.
import type { CaseView, DeviceStanding } from '@vigie/engine';
import type { PeerState } from '@vigie/log';
import { type RecordedRule, type SiteId, otherSite } from '@vigie/model';
import { type RankedDevice, byHarm, harmOf } from './harm.ts';
import { type Timing, nowMs } from './timing.ts';

export interface UnobservedDevice {
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  readonly deviceId: string;
  readonly role: 'wearer' | 'protected';
  readonly lastReportMs: number;
  /** The shortest silence that its order allows now; undefined: the order allows any. */
  readonly limitMs: number | undefined;
  /** Unobserved for longer than that: somebody has to see to it. */
  readonly isTask: boolean;
}
export interface Unobserved {
  /** The site that is not heard, and since when. */
  readonly site: SiteId;
  readonly sinceMs: number;
  /** The gravest first. */
  readonly devices: readonly UnobservedDevice[];
}

export interface UnobservedOptions {
  readonly site: SiteId;
  readonly timing: Timing;
  readonly peer: () => Pick<PeerState, 'reachable' | 'heardAgoMs'>;
  /** Log time of the newest entry of the other origin that live has, also of those that its site told itself (L13). */
  readonly newestT: () => number;
  /** The other site has left: this one settles alone, and its devices are looked for here. */
  readonly hasLeft: () => boolean;
  /** Measures with a device whose latest report came by that site. */
  readonly boundTo: (site: SiteId) => Iterable<string>;
  readonly view: (measure: string) => CaseView | undefined;
}

/** Cases looked at in one turn, some milliseconds: reports and alarms come in between. */
const CASES_PER_TURN = 100;

type Ranked = UnobservedDevice & RankedDevice;

export class UnobservedWatch {
  readonly #o: UnobservedOptions;
  #state: Unobserved | undefined;
  #sinceMs: number | undefined;
  #looking = false;
  /** As of the look before. */
  #newestT: number | undefined;

  constructor(o: UnobservedOptions) {
    this.#o = o;
  }

  /** As of the last look; undefined: the other site is heard, its entries come all the same, or it has left. */
  get state(): Unobserved | undefined {
    return this.#state;
  }

  /** Looks anew, in turns; what it finds stands once all cases were looked at. */
  async look(): Promise<void> {
    const { peer, hasLeft, timing, site } = this.#o;
    const { reachable, heardAgoMs } = peer();
    // What goes on from look to look is observed, whichever way it comes; a site that is heard no more stops within one.
    const newestT = this.#o.newestT();
    const isObserved = this.#newestT !== undefined && newestT > this.#newestT;
    this.#newestT = newestT;
    if (reachable || isObserved || hasLeft()) {
      this.#state = undefined;
      this.#sinceMs = undefined;
      return;
    }
    this.#sinceMs ??= nowMs(timing) - (heardAgoMs ?? 0);
    if (this.#looking) return;
    this.#looking = true;
    const other = otherSite(site);
    const found: Ranked[] = [];
    let left = CASES_PER_TURN;
    for (const measure of new Set(this.#o.boundTo(other))) {
      const view = this.#o.view(measure);
      if (view !== undefined && !view.ended) found.push(...devicesOf(view, other, nowMs(timing)));
      if (--left > 0) continue;
      left = CASES_PER_TURN;
      await new Promise<void>((resolve) => timing.soon(resolve));
    }
    this.#looking = false;
    // Heard again meanwhile: there is nothing to show.
    if (this.#sinceMs === undefined) return;
    found.sort(byHarm);
    this.#state = { site: other, sinceMs: this.#sinceMs, devices: found };
  }
}

function devicesOf(view: CaseView, other: SiteId, now: number): Ranked[] {
  const { rules } = view.recorded.order;
  const role = new Map(view.recorded.devices.map((device) => [device.deviceId, device.role]));
  const limits = rules
    .filter((rule) => rule.kind === 'silence' && isActive(rule, now))
    .map((rule) => rule.maxGapMs ?? 0);
  const limitMs = limits.length === 0 ? undefined : Math.min(...limits);
  const rank = harmOf(view);
  const bound = (device: DeviceStanding): boolean => device.boundTo === other && device.lastReportAt !== undefined;
  return view.devices.filter(bound).map((device) => {
    const lastReportMs = Math.floor((device.lastReportAt ?? 0) / 1000);
    return {
      measure: view.measure,
      caseId: view.recorded.caseId,
      authority: view.recorded.authority,
      deviceId: device.deviceId,
      role: role.get(device.deviceId) ?? device.role,
      lastReportMs,
      heardMs: lastReportMs,
      limitMs,
      isTask: limitMs !== undefined && now - lastReportMs > limitMs,
      rank,
    };
  });
}

const isActive = ({ active }: RecordedRule, atMs: number): boolean =>
  active === undefined || active.some(([from, to]) => from <= atMs && atMs < to);
