// Who a token is, which measure a case has, and by way of which site a device is heard. Follows live state.
import type { CaseView } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import { type SiteId, siteRank } from '@vigie/model';
import type { DirectoryEntry } from './types.ts';

/** What of a case never changes and is asked for by whoever has a token or an id. Snapshots carry it beside the case. */
export interface DirectoryRow {
  readonly caseId: string;
  readonly authority: string;
  readonly devices: readonly { readonly deviceId: string; readonly tokenHash: string }[];
  readonly aheadMs?: number;
}

export function rowOf({ caseId, authority, devices, aheadMs }: CaseView['recorded']): DirectoryRow {
  const named = devices.map(({ deviceId, tokenHash }) => ({ deviceId, tokenHash }));
  return { caseId, authority, devices: named, ...(aheadMs === undefined ? {} : { aheadMs }) };
}

class DirectoryCase {
  readonly measure: string;
  readonly row: DirectoryRow;
  ended: boolean;

  constructor(measure: string, row: DirectoryRow, ended: boolean) {
    this.measure = measure;
    this.row = row;
    this.ended = ended;
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
  /** More than one: recorded at both sites at once. The first in merged order stands, so whoever settles knows already. */
  readonly #byCaseId = new Map<string, readonly DirectoryCase[]>();
  /** Where a case was recorded, of those recorded since this directory began; those of a snapshot come before. */
  readonly #recordedAt = new Map<string, Pick<PlacedEntry, 't' | 'site'>>();
  /** Devices of running measures by the origin of their latest report (D5). */
  readonly #boundTo = new Map<string, SiteId>();
  readonly #bound: Record<SiteId, number> = { noirmont: 0, delemont: 0 };
  #devicesRunning = 0;

  get size(): number {
    return this.#byMeasure.size;
  }
  /** Devices of measures that have not ended. */
  get devicesRunning(): number {
    return this.#devicesRunning;
  }
  device(tokenHash: string): DirectoryEntry | undefined {
    const device = this.#byToken.get(tokenHash);
    if (device === undefined) return undefined;
    const { measure, ended, row } = device.case;
    const { caseId, authority, aheadMs } = row;
    const entry = { deviceId: device.deviceId, measure, caseId, authority, ended };
    return aheadMs === undefined ? entry : { ...entry, aheadMs };
  }
  measureOf(caseId: string): string | undefined {
    const [first, ...others] = this.#byCaseId.get(caseId) ?? [];
    let standing = first;
    for (const other of others) if (standing !== undefined && this.#comesBefore(other, standing)) standing = other;
    return standing?.measure;
  }
  recorded(measure: string, { t, site }: Pick<PlacedEntry, 't' | 'site'>): void {
    this.#recordedAt.set(measure, { t, site });
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
  /** Measures with a device whose latest report came by that site. */
  *measuresBoundTo(site: SiteId): Iterable<string> {
    for (const device of this.#byToken.values())
      if (this.#boundTo.get(device.deviceId) === site) yield device.case.measure;
  }
  boundTo(site: SiteId): number {
    return this.#bound[site];
  }

  /**
   * Takes in a case as it is now; `undefined`: it is no more (erased, or its entry lost its place).
   * @param recorded its row where its entry was just read; otherwise the order is read again
   */
  update(measure: string, view: CaseView | undefined, recorded?: DirectoryRow): void {
    const known = this.#byMeasure.get(measure);
    if (view === undefined) {
      if (known !== undefined) this.#forget(known);
      this.#recordedAt.delete(measure);
      return;
    }
    const row = recorded ?? rowOf(view.recorded);
    if (known !== undefined && known.row.caseId === row.caseId && known.row.devices.length === row.devices.length)
      this.#setEnded(known, view.ended);
    else this.add(measure, row, view.ended);
  }

  /** Of a case whose entry has not been read since: only whether it has ended may be new. */
  refresh(measure: string, view: CaseView): void {
    const known = this.#byMeasure.get(measure);
    if (known === undefined) this.update(measure, view);
    else this.#setEnded(known, view.ended);
  }

  add(measure: string, row: DirectoryRow, ended: boolean): void {
    const known = this.#byMeasure.get(measure);
    if (known !== undefined) this.#forget(known);
    const added = new DirectoryCase(measure, row, ended);
    this.#byMeasure.set(measure, added);
    if (!ended) this.#devicesRunning += row.devices.length;
    this.#byCaseId.set(row.caseId, [...(this.#byCaseId.get(row.caseId) ?? []), added]);
    for (const { tokenHash, deviceId } of row.devices) this.#byToken.set(tokenHash, { deviceId, case: added });
  }
  row(measure: string): DirectoryRow | undefined {
    return this.#byMeasure.get(measure)?.row;
  }

  heard(deviceId: string, site: SiteId): void {
    const before = this.#boundTo.get(deviceId);
    if (before === site) return;
    this.#boundTo.set(deviceId, site);
    this.#bound[site]++;
    if (before !== undefined) this.#bound[before]--;
  }

  /** What stands and has not ended comes first: the one that lost was stopped. */
  #comesBefore(a: DirectoryCase, b: DirectoryCase): boolean {
    if (a.ended !== b.ended) return b.ended;
    const [atA, atB] = [this.#recordedAt.get(a.measure), this.#recordedAt.get(b.measure)];
    const byTime = (atA?.t ?? 0) - (atB?.t ?? 0);
    if (byTime !== 0) return byTime < 0;
    const bySite = atA === undefined || atB === undefined ? 0 : siteRank(atA.site) - siteRank(atB.site);
    return bySite === 0 ? a.measure < b.measure : bySite < 0;
  }

  #setEnded(known: DirectoryCase, ended: boolean): void {
    if (known.ended === ended) return;
    known.ended = ended;
    this.#devicesRunning += ended ? -known.row.devices.length : known.row.devices.length;
  }
  #forget(known: DirectoryCase): void {
    this.#byMeasure.delete(known.measure);
    const { caseId, devices } = known.row;
    if (!known.ended) this.#devicesRunning -= devices.length;
    const others = (this.#byCaseId.get(caseId) ?? []).filter((one) => one !== known);
    if (others.length > 0) this.#byCaseId.set(caseId, others);
    else this.#byCaseId.delete(caseId);
    for (const { tokenHash } of devices) {
      const device = this.#byToken.get(tokenHash);
      if (device?.case !== known) continue;
      this.#byToken.delete(tokenHash);
      const site = this.#boundTo.get(device.deviceId);
      if (site === undefined) continue;
      this.#boundTo.delete(device.deviceId);
      this.#bound[site]--;
    }
  }
}
