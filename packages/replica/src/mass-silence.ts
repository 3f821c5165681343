// Many devices that fall silent at about the same time are one incident: a mobile network or a supplier's gateway is down. Found from
// the silences of live state alone, so two sites that hold the same show the same, and a restart forgets nothing.
import { byCodeUnit, derivedId } from '@vigie/model';

/** Fewer are looked after one by one. */
export const MASS_DEVICES_MIN = 10;
/** Of the devices of running measures: what is many in a canton is an ordinary night in a country. */
const MASS_PERCENT = 5;
/** Silences that open within this of each other have one cause, until somebody knows better. */
export const MASS_WINDOW_MS = 10 * 60_000;
/** Whoever is silent for longer, reckoned from the newest silence, is looked after as himself. It bounds what is looked at, too. */
export const MASS_MS_MAX = 24 * 3_600_000;

/** A silence of a device as live has it. */
export interface Silence {
  readonly measure: string;
  readonly deviceId: string;
  readonly incidentId: string;
  readonly openedAtMs: number;
  /** Absent: it is silent now. */
  readonly closedAtMs?: number | undefined;
}

export interface FoundMass {
  /** Follows from the incident that it began with. */
  readonly id: string;
  readonly sinceMs: number;
  /** Silences of it that go on, the oldest first. */
  readonly silences: readonly Silence[];
}

/** Devices whose silences make a mass silence. It ends when less than half of them are left. */
export const massLimit = (devicesRunning: number): number =>
  Math.max(MASS_DEVICES_MIN, Math.ceil((devicesRunning * MASS_PERCENT) / 100));

/** Undefined: there is none now. Several at a time are one list, under the id of the first. */
export function findMass(silences: Iterable<Silence>, devicesRunning: number): FoundMass | undefined {
  const limit = massLimit(devicesRunning);
  const recent = recentOf([...silences]);
  const running = groupsOf(recent, limit)
    .map(({ from, to }) => recent.slice(from, to + 1))
    .filter((group) => 2 * devicesSilent(group) >= limit);
  const first = running[0]?.[0];
  if (first === undefined) return undefined;
  const silent = running.flat().filter(({ closedAtMs }) => closedAtMs === undefined);
  return { id: derivedId('mass_silence', first.incidentId), sinceMs: first.openedAtMs, silences: silent };
}

const deviceOf = ({ measure, deviceId }: Silence): string => `${measure}/${deviceId}`;

const devicesSilent = (group: readonly Silence[]): number =>
  new Set(group.filter(({ closedAtMs }) => closedAtMs === undefined).map(deviceOf)).size;

function recentOf(silences: readonly Silence[]): readonly Silence[] {
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const { openedAtMs } of silences) newestMs = Math.max(newestMs, openedAtMs);
  return silences
    .filter(({ openedAtMs }) => openedAtMs >= newestMs - MASS_MS_MAX)
    .sort((a, b) => a.openedAtMs - b.openedAtMs || byCodeUnit(a.incidentId, b.incidentId));
}

/** Indices of the first and the last silence of one mass silence. */
interface Group {
  readonly from: number;
  to: number;
}

/**
 * Sweeps over the openings: where enough devices are silent at once whose silences opened within the window, there is a group. Groups
 * that share a silence are one.
 */
function groupsOf(silences: readonly Silence[], limit: number): readonly Group[] {
  const groups: Group[] = [];
  const ending = silences.map((_, i) => i).filter((i) => silences[i]?.closedAtMs !== undefined);
  const endOf = (i: number): number => silences[i]?.closedAtMs ?? Number.POSITIVE_INFINITY;
  ending.sort((a, b) => endOf(a) - endOf(b));
  const window = new Window(silences);
  let ended = 0;
  for (const [i, { openedAtMs, closedAtMs = Number.POSITIVE_INFINITY }] of silences.entries()) {
    for (; ended < ending.length && endOf(ending[ended] as number) <= openedAtMs; ended++)
      window.drop(ending[ended] as number);
    window.dropBefore(openedAtMs - MASS_WINDOW_MS);
    if (closedAtMs > openedAtMs) window.take(i);
    if (window.devices < limit) continue;
    const last = groups.at(-1);
    if (last !== undefined && window.first <= last.to) last.to = i;
    else groups.push({ from: window.first, to: i });
  }
  return groups;
}

/** Silences that go on and opened not long ago, and how many devices they are of. */
class Window {
  readonly #silences: readonly Silence[];
  /** In the order of opening. */
  readonly #inside = new Set<number>();
  /** Silences inside, by device: two rules of an order may both find it silent. */
  readonly #byDevice = new Map<string, number>();
  #oldest = 0;

  constructor(silences: readonly Silence[]) {
    this.#silences = silences;
  }

  get devices(): number {
    return this.#byDevice.size;
  }
  get first(): number {
    return this.#inside.values().next().value ?? this.#silences.length;
  }
  take(i: number): void {
    const device = deviceOf(this.#silences[i] as Silence);
    this.#inside.add(i);
    this.#byDevice.set(device, (this.#byDevice.get(device) ?? 0) + 1);
  }
  drop(i: number): void {
    if (!this.#inside.delete(i)) return;
    const device = deviceOf(this.#silences[i] as Silence);
    const left = (this.#byDevice.get(device) ?? 0) - 1;
    if (left > 0) this.#byDevice.set(device, left);
    else this.#byDevice.delete(device);
  }
  /** Those that opened before. */
  dropBefore(ms: number): void {
    while ((this.#silences[this.#oldest]?.openedAtMs ?? Number.POSITIVE_INFINITY) < ms) this.drop(this.#oldest++);
  }
}
