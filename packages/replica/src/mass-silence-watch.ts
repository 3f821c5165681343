// The mass silence of a site, over all partitions of its log: its devices, the gravest first.
import { type RankedDevice, byHarm } from './harm.ts';
import { type FoundMass, MASS_MS_MAX, type Silence, findMass } from './mass-silence.ts';
import type { SilentCase, Silences } from './silences.ts';

export interface MassSilentDevice {
  readonly measure: string;
  readonly caseId: string;
  readonly authority: string;
  readonly deviceId: string;
  readonly role: 'wearer' | 'protected';
  /** Its own silence, one for each rule that finds it silent. */
  readonly incidentIds: readonly string[];
  readonly openedAtMs: number;
  /** Somebody may be hurt: it is never shown as one of many. */
  readonly standsAlone: boolean;
}
export interface MassSilence {
  readonly id: string;
  readonly sinceMs: number;
  /** People in danger first, then the gravest. */
  readonly devices: readonly MassSilentDevice[];
}

export interface MassSilenceOptions {
  /** Of each partition. */
  readonly silences: readonly Silences[];
  /** Of all measures that have not ended. */
  readonly devicesRunning: () => number;
  /** What waits meanwhile comes first. */
  readonly nextTurn: () => Promise<void>;
}

/** Silences kept in mind as told together, the oldest first out. */
const MEMBERS_MAX = 20_000;
/** Orders read in one turn, some milliseconds: reports and alarms come in between. */
const CASES_PER_TURN = 100;

type Ranked = MassSilentDevice & RankedDevice;

export class MassSilenceWatch {
  readonly #o: MassSilenceOptions;
  #state: MassSilence | undefined;
  /** What it was found from. */
  #seen = '';
  #looking = false;
  /** Silences that were one of many at some look, by incident; when they opened. */
  readonly #members = new Map<string, number>();

  constructor(o: MassSilenceOptions) {
    this.#o = o;
  }

  /** As of the last look; undefined: none runs. */
  get state(): MassSilence | undefined {
    return this.#state;
  }

  /** The silence is, or was within a day, one of a mass silence, and no one of its case may be hurt. */
  wasOneOfMany(incidentId: string): boolean {
    return this.#members.has(incidentId);
  }

  /** Looks anew where something has changed, in turns; what it finds stands once all were looked at. */
  async look(): Promise<void> {
    const { silences, devicesRunning } = this.#o;
    const running = devicesRunning();
    const seen = `${running} ${silences.map(({ changes }) => changes).join(' ')}`;
    if (this.#looking || seen === this.#seen) return;
    this.#looking = true;
    this.#seen = seen;
    try {
      const found = findMass(this.#all(), running);
      this.#state = found === undefined ? undefined : await this.#ranked(found);
      if (this.#state !== undefined) this.#remember(this.#state);
    } finally {
      this.#looking = false;
    }
  }

  #remember({ devices }: MassSilence): void {
    let newestMs = 0;
    for (const { incidentIds, openedAtMs, standsAlone } of devices) {
      newestMs = Math.max(newestMs, openedAtMs);
      for (const incidentId of incidentIds) {
        this.#members.delete(incidentId);
        if (!standsAlone) this.#members.set(incidentId, openedAtMs);
      }
    }
    for (const [incidentId, openedAtMs] of this.#members)
      if (openedAtMs < newestMs - MASS_MS_MAX || this.#members.size > MEMBERS_MAX) this.#members.delete(incidentId);
  }

  *#all(): Iterable<Silence> {
    for (const one of this.#o.silences) yield* one.all();
  }

  async #ranked({ id, sinceMs, silences }: FoundMass): Promise<MassSilence> {
    const byDevice = new Map<string, Ranked>();
    let left = CASES_PER_TURN;
    for (const { measure, deviceId, incidentId, openedAtMs } of silences) {
      const known = this.#caseOf(measure);
      // Heard while others were looked at: the next look finds it so.
      if (known === undefined) continue;
      const key = `${measure}/${deviceId}`;
      const before = byDevice.get(key);
      const incidentIds = [...(before?.incidentIds ?? []), incidentId];
      const { roles, ...rest } = known;
      const role = roles.get(deviceId) ?? 'wearer';
      const heardMs = before?.openedAtMs ?? openedAtMs;
      byDevice.set(key, { measure, deviceId, role, ...rest, incidentIds, openedAtMs: heardMs, heardMs });
      if (--left > 0) continue;
      left = CASES_PER_TURN;
      await this.#o.nextTurn();
    }
    const devices = [...byDevice.values()].sort(
      (a, b) => Number(b.standsAlone) - Number(a.standsAlone) || byHarm(a, b),
    );
    return { id, sinceMs, devices };
  }

  #caseOf(measure: string): SilentCase | undefined {
    for (const one of this.#o.silences) {
      const known = one.case(measure);
      if (known !== undefined) return known;
    }
    return undefined;
  }
}
