// Who a token is, which measure a case has, and by way of which site a device is heard. Follows live state.
import type { CaseView } from '@vigie/engine';
import type { SiteId } from '@vigie/model';
import type { DirectoryEntry } from './types.ts';

class DirectoryCase {
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  readonly tokenHashes: readonly string[];
  readonly aheadMs: number | undefined;
  ended: boolean;

  constructor(view: CaseView) {
    this.measure = view.measure;
    this.caseId = view.recorded.caseId;
    this.authority = view.recorded.authority;
    this.tokenHashes = view.recorded.devices.map((device) => device.tokenHash);
    this.aheadMs = view.recorded.aheadMs;
    this.ended = view.ended;
  }
}

interface Device {
  readonly deviceId: string;
  readonly case: DirectoryCase;
}

export class Directory {
  readonly #byToken = new Map<string, Device>();
  readonly #byMeasure = new Map<string, DirectoryCase>();
  /** Incidents and their aliases, by id. */
  readonly #measureOfIncident = new Map<string, string>();
  /** Recorded at both sites at once, a case id is the measure's whose id is lower, which is the earlier one: the same at both sites. */
  readonly #byCaseId = new Map<string, DirectoryCase>();
  /** Devices of running measures by the origin of their latest report (D5). */
  readonly #boundTo = new Map<string, SiteId>();
  readonly #bound: Record<SiteId, number> = { noirmont: 0, delemont: 0 };

  get size(): number {
    return this.#byMeasure.size;
  }
  device(tokenHash: string): DirectoryEntry | undefined {
    const device = this.#byToken.get(tokenHash);
    if (device === undefined) return undefined;
    const { measure, caseId, authority, ended, aheadMs } = device.case;
    const entry = { deviceId: device.deviceId, measure, caseId, authority, ended };
    return aheadMs === undefined ? entry : { ...entry, aheadMs };
  }
  measureOf(caseId: string): string | undefined {
    return this.#byCaseId.get(caseId)?.measure;
  }
  measureOfIncident(incidentId: string): string | undefined {
    return this.#measureOfIncident.get(incidentId);
  }
  /** Ids once known stay known: an incident may lose its place, and a question about it still finds its case. */
  noteIncidents(view: CaseView): void {
    for (const { incidentId, aliases } of view.incidents) {
      this.#measureOfIncident.set(incidentId, view.measure);
      for (const alias of aliases) this.#measureOfIncident.set(alias, view.measure);
    }
  }
  boundTo(site: SiteId): number {
    return this.#bound[site];
  }

  /** Takes in a case as it is now; `undefined`: it is no more (erased, or its entry lost its place). */
  update(measure: string, view: CaseView | undefined): void {
    const known = this.#byMeasure.get(measure);
    if (known !== undefined && view !== undefined && known.caseId === view.recorded.caseId) {
      known.ended = view.ended;
      if (view.recorded.devices.length === known.tokenHashes.length) return;
    }
    if (known !== undefined) this.#forget(known);
    if (view === undefined) return;
    const added = new DirectoryCase(view);
    this.#byMeasure.set(measure, added);
    const rival = this.#byCaseId.get(added.caseId);
    if (rival === undefined || added.measure < rival.measure) this.#byCaseId.set(added.caseId, added);
    for (const { tokenHash, deviceId } of view.recorded.devices)
      this.#byToken.set(tokenHash, { deviceId, case: added });
  }

  heard(deviceId: string, site: SiteId): void {
    const before = this.#boundTo.get(deviceId);
    if (before === site) return;
    this.#boundTo.set(deviceId, site);
    this.#bound[site]++;
    if (before !== undefined) this.#bound[before]--;
  }

  #forget(known: DirectoryCase): void {
    this.#byMeasure.delete(known.measure);
    if (this.#byCaseId.get(known.caseId) === known) this.#byCaseId.delete(known.caseId);
    for (const hash of known.tokenHashes) {
      const device = this.#byToken.get(hash);
      if (device?.case !== known) continue;
      this.#byToken.delete(hash);
      const site = this.#boundTo.get(device.deviceId);
      if (site === undefined) continue;
      this.#boundTo.delete(device.deviceId);
      this.#bound[site]--;
    }
  }
}
