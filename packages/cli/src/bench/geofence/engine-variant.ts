// Ours, as shipped: `engine.apply` with every rule, incidents and timers, the digest once a pass; beside it the lookups that hold for all
// persons (shared zones, canton and municipality), which the engine leaves to geo.
import { type Clock, Engine, type Place } from '@vigie/engine';
import { verdict } from '@vigie/geo';
import { type Answers, type World, noAnswers, type ours } from '@vigie/geo/bench';
import { ReportBatchReader, logTimeUs, seqOf } from '@vigie/model';
import { START_MS, STEP_MS, batchOf, caseOf, measureOf, phoneOf, wearerOf } from './monitored-world.ts';

export const BATCH = 10;
const PLACE: Place = { site: 'noirmont', epoch: '1-bench', seq: seqOf(1), index: 0, entryId: 'bench' };

/** An origin observed without a gap. */
class SteadyClock implements Clock {
  t = logTimeUs(START_MS * 1000);
  obs = (): number => this.t;
  obsRestart = (): number => 0;
  timeOfObs = (_site: unknown, obs: number): Clock['t'] => logTimeUs(obs);
}

export class EngineVariant {
  readonly engine = new Engine();
  readonly clock = new SteadyClock();
  readonly #world: World;
  readonly #persons: number;
  readonly #beside: ReturnType<typeof ours>;
  readonly #reader = new ReportBatchReader();
  readonly #near = new Int32Array(1024);
  readonly #measures: string[];
  /** What the lookups for all persons answered, so that it can be compared and is not left out; own zones: see `ownSum`. */
  readonly beside: Answers = noAnswers();

  constructor(world: World, beside: ReturnType<typeof ours>) {
    this.#world = world;
    this.#beside = beside;
    this.#persons = world.own.length;
    this.#measures = Array.from({ length: this.#persons }, (_, person) => measureOf(person));
    for (let person = 0; person < this.#persons; person++) {
      const measure = this.#measures[person] as string;
      this.engine.apply({ kind: 'case', measure, recorded: caseOf(world, person) }, PLACE, this.clock);
      const lonE7 = world.victimLonE7[person] as number;
      const latE7 = world.victimLatE7[person] as number;
      const batch = this.#reader.reset(batchOf(phoneOf(person), [{ seq: 1, atMs: START_MS, lonE7, latE7 }]));
      this.engine.apply({ kind: 'reports', measure, batch }, PLACE, this.clock);
    }
    this.engine.digest();
  }

  /** The uploads of reports [from, to), sealed off from the measurement: one each, or ten passes of a person together. */
  scattered(from: number, to: number): Uint8Array[] {
    return Array.from({ length: to - from }, (_, i) => this.#upload([from + i]));
  }
  buffered(from: number, persons: number): Uint8Array[] {
    return Array.from({ length: persons }, (_, i) =>
      this.#upload(Array.from({ length: BATCH }, (__, k) => from + i + k * this.#persons)),
    );
  }
  #upload(reports: readonly number[]): Uint8Array {
    const { person, lonE7, latE7 } = this.#world;
    return batchOf(
      wearerOf(person[reports[0] as number] as number),
      reports.map((r) => {
        const pass = Math.floor(r / this.#persons);
        return { seq: pass, atMs: this.atMs(pass), lonE7: lonE7[r] as number, latE7: latE7[r] as number };
      }),
    );
  }
  atMs(pass: number): number {
    return START_MS + (pass + 1) * STEP_MS;
  }

  /** Takes the uploads in; `first` is the report that the first one begins with. */
  run(uploads: readonly Uint8Array[], first: number): void {
    const { person } = this.#world;
    const { engine, clock } = this;
    for (let i = 0; i < uploads.length; i++) {
      const batch = this.#reader.reset(uploads[i] as Uint8Array);
      clock.t = logTimeUs(batch.at(batch.count - 1) * 1000);
      const measure = this.#measures[person[first + i] as number] as string;
      engine.apply({ kind: 'reports', measure, batch }, PLACE, clock);
      for (let k = 0; k < batch.count; k++) this.#lookUp(batch.lonE7(k), batch.latE7(k));
    }
    engine.advance(clock);
    engine.takeChanged();
    engine.takeMoved();
  }

  #lookUp(x: number, y: number): void {
    const { shared, jurisdiction } = this.#beside;
    const answers = this.beside;
    const candidates = shared.near(x, y, 0, this.#near);
    for (let i = 0; i < candidates; i++) {
      const slot = this.#near[i] as number;
      if (verdict(shared.table, slot, x, y, 0) === 1) answers.shared += shared.table.tag(slot);
    }
    const municipality = jurisdiction.municipality(x, y);
    answers.canton += jurisdiction.canton(x, y, municipality) + 1;
    answers.municipality += municipality + 1;
  }

  /** The sum over passes [0, passes) of the ids of own zones that each fix was in, from the standings the engine holds now. */
  ownSum(passes: number): number {
    let sum = 0;
    for (const [person, measure] of this.#measures.entries()) {
      const idOf = (ruleId: string): number => this.#world.own[person]?.[Number(ruleId.slice(1))]?.id as number;
      const since = new Map<string, number>();
      const spans: [zone: number, from: number, to: number][] = [];
      for (const { ruleId, from, to, at } of this.engine.transitions(measure)) {
        if (!ruleId.startsWith('z')) continue;
        if (from === 'inside') spans.push([idOf(ruleId), since.get(ruleId) as number, at]);
        if (to === 'inside') since.set(ruleId, at);
        else since.delete(ruleId);
      }
      for (const [ruleId, from] of since) spans.push([idOf(ruleId), from, Number.POSITIVE_INFINITY]);
      for (const [zone, from, to] of spans)
        for (let pass = 0; pass < passes; pass++) if (this.atMs(pass) >= from && this.atMs(pass) < to) sum += zone;
    }
    return sum;
  }
}
