// The plainest fold there is: one engine, fed every settled entry in order, with clocks that are counted anew from the start of the
// log each time (D5). Nothing of the replica but the opening of items.
import { type Clock, Engine, type Outcome, RULES_VERSION_FIRST } from '@vigie/engine';
import {
  type AdmitData,
  type EngineVersionData,
  type ErasedData,
  type LogTimeUs,
  type RuleSwitchedData,
  SITES,
  type SiteId,
  fail,
  logTimeUs,
  ok,
} from '@vigie/model';
import { digestOf, openItem } from '@vigie/replica';
import { brokenMeasure } from '../broken.ts';
import type { Cluster } from '../cluster.ts';
import { PlainSwitches } from './plain-switches.ts';
import type { InSequence } from './sequence.ts';

const SECOND_US = 1_000_000;
/** A longer step between two entries of an origin is a gap: nobody watched its devices. */
const OBSERVED_STEP_US_MAX = 2 * SECOND_US;

interface Track {
  readonly t: number[];
  readonly obs: number[];
  readonly restarts: number[];
}

class PlainClock implements Clock {
  t: LogTimeUs = logTimeUs(0);
  readonly #tracks: Record<SiteId, Track> = {
    noirmont: { t: [], obs: [], restarts: [] },
    delemont: { t: [], obs: [], restarts: [] },
  };
  append(site: SiteId, t: number): void {
    const track = this.#tracks[site];
    const last = track.t.at(-1);
    const step = last === undefined ? 0 : t - last;
    track.t.push(t);
    track.obs.push((track.obs.at(-1) ?? 0) + (step > OBSERVED_STEP_US_MAX ? 0 : step));
  }
  /** `engine_version` entries, by log time: each counts for everything later. */
  readonly switches: { readonly t: number; readonly version: number }[] = [];
  rulesAt(t: LogTimeUs): number {
    return this.switches.findLast((one) => one.t < t)?.version ?? RULES_VERSION_FIRST;
  }
  readonly switched = new PlainSwitches();
  restart(site: SiteId): void {
    this.#tracks[site].restarts.push(this.obs(site));
  }
  obs(site: SiteId): number {
    return this.#tracks[site].obs.at(-1) ?? 0;
  }
  obsRestart(site: SiteId): number {
    return this.#tracks[site].restarts.at(-1) ?? 0;
  }
  obsRestartAfter(site: SiteId, obs: number): number {
    return this.#tracks[site].restarts.find((restart) => restart > obs) ?? 0;
  }
  timeOfObs(site: SiteId, obs: number): LogTimeUs {
    const { t, obs: reached } = this.#tracks[site];
    const i = reached.findIndex((value) => value >= obs);
    return logTimeUs((i < 0 ? t.at(-1) : t[i]) ?? 0);
  }
}

export class SlowFold {
  readonly engine = new Engine();
  /** Of settled state with all timers up to the end of the second before. */
  readonly digestAtSecond = new Map<number, Digests>();
  /** Of settled state right after so many entries. */
  readonly digestAfter = new Map<number, string>();
  readonly erased = new Set<string>();
  /** Entries of measures that were erased before. */
  readonly passedOver = new Set<string>();
  readonly outcomes = new Map<string, Outcome>();

  constructor(cluster: Cluster, sequence: readonly (InSequence | undefined)[]) {
    const clock = new PlainClock();
    const ends = new Set(Object.values(cluster.sites).map((site) => site.nextIndex));
    const asked = new Set(cluster.history.digests.map(({ second }) => second));
    const sealed = {
      open: (_: string, bytes: Uint8Array) =>
        bytes.length > 0 ? ok(bytes.map((b) => b - 1)) : fail('malformed-entry', ''),
    };
    const keys = brokenMeasure(sealed, cluster.breaks);
    const erasedLater = new Set(sequence.flatMap((one) => (one === undefined ? [] : (erasedBy(one.placed) ?? []))));
    let second: number | undefined;
    sequence.forEach((one, index) => {
      if (one === undefined) return;
      const { placed, t } = one;
      const { site, epoch, seq, entry } = placed;
      const now = Math.floor(t / SECOND_US);
      if (second !== undefined && now !== second && asked.has(now)) {
        clock.t = logTimeUs(now * SECOND_US - 1);
        this.engine.advance(clock);
        this.digestAtSecond.set(now, digestsOf(this.engine, erasedLater));
      }
      second = now;
      clock.t = logTimeUs(t);
      clock.append(site, t);
      for (const of of restartedBy(placed)) clock.restart(of);
      if (entry.kind === 'engine_version')
        clock.switches.push({ t, version: (entry.data as EngineVersionData).version });
      if (entry.kind === 'rule_switched') {
        clock.switched.note(t, entry.entryId, entry.data as RuleSwitchedData, clock.rulesAt(clock.t));
        this.engine.lookAgain(clock.switched);
      }
      this.engine.advance(clock);
      const gone = erasedBy(placed);
      if (gone !== undefined) {
        this.erased.add(gone);
        this.engine.dropCase(gone);
      }
      entry.items.forEach((item, i) => {
        if (this.erased.has(item.measure)) return void this.passedOver.add(entry.entryId);
        const opened = openItem(entry, item, keys);
        if (!opened.ok || opened.value === undefined) return;
        const outcome = this.engine.apply(opened.value, { site, epoch, seq, index: i, entryId: entry.entryId }, clock);
        // L2: at its first place. What is written again after a founding, or by who did not hear the answer, repeats it.
        if (!this.outcomes.has(entry.entryId)) this.outcomes.set(entry.entryId, outcome);
      });
      if (ends.has(index + 1)) this.digestAfter.set(index + 1, digestOf(this.engine));
    });
  }
}

/** Whose silence clock an entry starts anew (D5). */
function restartedBy({ site, entry }: InSequence['placed']): readonly SiteId[] {
  if (entry.kind === 'leave') return [site];
  if (entry.kind === 'found') return SITES;
  return entry.kind === 'admit' ? (entry.data as AdmitData).admits.map((admit) => admit.site) : [];
}

const erasedBy = ({ entry }: InSequence['placed']): string | undefined =>
  entry.kind === 'erased' ? (entry.data as ErasedData).measure : undefined;

/**
 * What a digest may be. A site that reads its log again once the key of a measure is gone has nothing of it, from the start on.
 */
export type Digests = ReadonlySet<string>;
/** More measures than this are not erased in one run. */
const ERASED_MAX = 5;

function digestsOf(engine: Engine, erasedLater: ReadonlySet<string>): Digests {
  const may = [...erasedLater].filter((measure) => engine.has(measure)).slice(0, ERASED_MAX);
  const digests = new Set<string>();
  for (let bits = 0; bits < 1 << may.length; bits++)
    digests.add(digestOf(engine, new Set(may.filter((_, i) => (bits & (1 << i)) !== 0))));
  return digests;
}
