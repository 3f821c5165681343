// Which rules are switched off for the whole platform (`rule_switched`), as a function of log time: one person asks, another approves
// within 15 minutes, and the switch counts for everything later than the approval's own log time, at both sites and in every replay.
import { SWITCHES_SINCE, type RuleSwitchTimes, type SwitchOfRule } from '@vigie/engine';
import type { PlacedEntry } from '@vigie/log';
import {
  type IncidentKind,
  type RuleSwitchedData,
  SWITCH_APPROVAL_MS_MAX,
  SWITCH_NOTE_MAX,
  type SwitchableKind,
  isSwitchable,
} from '@vigie/model';
import { type MergedPlace, comparePlaces } from './place.ts';

/** Asked and approved ones kept; beyond it further ones count for nothing, and are refused before the log. */
export const SWITCHES_MAX = 1_000;
const SUBJECT_MAX = 200;

/** One entry, as a snapshot keeps it. */
export interface SwitchEntry extends MergedPlace {
  readonly entryId: string;
  readonly data: RuleSwitchedData;
}
/** Asked for, and nobody else has approved it yet. */
export interface AskedSwitch {
  readonly id: string;
  readonly rule: SwitchableKind;
  readonly off: boolean;
  readonly by: string;
  readonly note: string;
  /** Log time, microseconds. */
  readonly t: number;
}

export class RuleSwitches implements RuleSwitchTimes {
  /** By place. */
  #entries: SwitchEntry[];
  readonly #rulesAt: (t: number) => number;
  #known: readonly SwitchOfRule[] | undefined;

  constructor(entries: readonly SwitchEntry[], rulesAt: (t: number) => number) {
    this.#entries = [...entries];
    this.#rulesAt = rulesAt;
  }

  /** True if it may switch a rule: everything after its place may be folded otherwise. */
  note({ t, site, entry }: PlacedEntry): boolean {
    if (entry.kind === 'engine_version') this.#known = undefined;
    if (entry.kind !== 'rule_switched' || !isSwitch(entry.data) || this.#entries.length >= SWITCHES_MAX) return false;
    this.#entries.push({ t, site, entryId: entry.entryId, data: entry.data });
    this.#entries.sort(comparePlaces);
    this.#known = undefined;
    // What is asked in one origin may be read after what approves it in the other.
    return entry.data.step === 'approve' || this.#isApproved(entry.entryId);
  }

  #isApproved(ask: string): boolean {
    return this.#entries.some(({ data }) => data.step === 'approve' && data.ask === ask);
  }
  get count(): number {
    return this.#entries.length;
  }
  latest(rule: IncidentKind, t: number): SwitchOfRule | undefined {
    return this.#switches().findLast((one) => one.rule === rule && one.t <= t);
  }
  next(rule: IncidentKind, off: boolean, t: number): SwitchOfRule | undefined {
    return this.#switches().find((one) => one.rule === rule && one.off === off && one.t >= t);
  }

  /** Those that are off at the end. */
  off(): readonly SwitchOfRule[] {
    const latest = new Map(this.#switches().map((one) => [one.rule, one]));
    return [...latest.values()].filter((one) => one.off);
  }
  /** What could still be approved at a log time. */
  asked(t: number): readonly AskedSwitch[] {
    const approved = new Set(this.#switches().map(({ entryId }) => entryId));
    return this.#entries.flatMap(({ t: askedAt, entryId: id, data }) =>
      data.step === 'ask' && !approved.has(id) && t <= askedAt + SWITCH_APPROVAL_MS_MAX * 1000
        ? [{ id, rule: data.rule, off: data.off, by: data.by, note: data.note, t: askedAt }]
        : [],
    );
  }

  stateAt(place: MergedPlace): readonly SwitchEntry[] {
    return this.#entries.filter((one) => comparePlaces(one, place) <= 0);
  }
  forgetAfter(place: MergedPlace): void {
    this.#entries = [...this.stateAt(place)];
    this.#known = undefined;
  }

  #switches(): readonly SwitchOfRule[] {
    this.#known ??= switchesOf(this.#entries, this.#rulesAt);
    return this.#known;
  }
}

/** The approved ones, in the order in which they count. One that changes nothing is none. */
function switchesOf(entries: readonly SwitchEntry[], rulesAt: (t: number) => number): readonly SwitchOfRule[] {
  const asked = new Map<string, { t: number; data: Extract<RuleSwitchedData, { step: 'ask' }> }>();
  const isOff = new Map<SwitchableKind, boolean>();
  const switches: SwitchOfRule[] = [];
  for (const { t, entryId, data } of entries) {
    if (data.step === 'ask') {
      if (!asked.has(entryId)) asked.set(entryId, { t, data });
      continue;
    }
    const ask = asked.get(data.ask);
    if (ask === undefined || ask.data.by === data.by || t > ask.t + SWITCH_APPROVAL_MS_MAX * 1000) continue;
    asked.delete(data.ask);
    const { rule, off, by, note } = ask.data;
    if (rulesAt(t) < SWITCHES_SINCE || off === (isOff.get(rule) ?? false)) continue;
    isOff.set(rule, off);
    switches.push({ rule, off, t, entryId: data.ask, by: [by, data.by], note });
  }
  return switches;
}

const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= max;

function isSwitch(value: unknown): value is RuleSwitchedData {
  if (typeof value !== 'object' || value === null) return false;
  const { step, by, ask, rule, off, note } = value as Readonly<Record<string, unknown>>;
  if (!isText(by, SUBJECT_MAX)) return false;
  if (step === 'approve') return isText(ask, SUBJECT_MAX);
  return step === 'ask' && isSwitchable(rule) && typeof off === 'boolean' && isText(note, SWITCH_NOTE_MAX);
}
