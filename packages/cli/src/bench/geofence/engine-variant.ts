// Ours, as shipped: `engine.apply` with every rule, incidents and timers, the digest once a pass; beside it the lookups that hold for all
// persons (shared zones, canton and municipality), which the engine leaves to geo.
import { type Clock, Engine, type OpenedItem, type Place } from '@vigie/engine';
import { verdict } from '@vigie/geo';
import { type Answers, type World, noAnswers, type ours } from '@vigie/geo/bench';
import { ReportBatchReader, logTimeUs, seqOf } from '@vigie/model';
import { START_MS, STEP_MS, batchOf, caseOf, measureOf, phoneOf, wearerOf } from './monitored-world.ts';
import type { SealedUploads } from './sealed-uploads.ts';

const PLACE: Place = { site: 'noirmont', epoch: '1-bench', seq: seqOf(1), index: 0, entryId: 'bench' };

const TOLD_EVERY = 10_000;

/** What one device sends at once, as it is before it is sealed. */
export interface Upload {
  readonly measure: string;
  readonly plain: Uint8Array;
}

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

  constructor(world: World, beside: ReturnType<typeof ours>, say: (line: string) => void = () => undefined) {
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
      if ((person + 1) % TOLD_EVERY === 0) say(`${person + 1} cases opened`);
    }
    this.engine.digest();
  }

  get measures(): readonly string[] {
    return this.#measures;
  }
  /** One upload of each person in the order of the reports from `first` on; each with what the person reported in `passes` passes. */
  uploads(first: number, persons: number, passes: number): Upload[] {
    return Array.from({ length: persons }, (_, i) => {
      const reports = Array.from({ length: passes }, (__, k) => first + i + k * this.#persons);
      return { measure: this.#measureOf(first + i), plain: this.#plain(reports) };
    });
  }
  #measureOf(report: number): string {
    return this.#measures[this.#world.person[report] as number] as string;
  }
  #plain(reports: readonly number[]): Uint8Array {
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

  /** Takes uploads in that lie open in memory. */
  run(uploads: readonly Upload[]): void {
    for (const { measure, plain } of uploads)
      this.#take({ kind: 'reports', measure, batch: this.#reader.reset(plain) });
    this.#endTurn();
  }
  /** The same from the bytes of entries, as a site reads them. */
  runEntries(entries: readonly Uint8Array[], sealed: SealedUploads): void {
    for (const entry of entries) sealed.read(entry, this.#takeReports);
    this.#endTurn();
  }
  readonly #takeReports = (item: OpenedItem): void => {
    if (item.kind === 'reports') this.#take(item);
  };
  #take(item: Extract<OpenedItem, { kind: 'reports' }>): void {
    const { batch } = item;
    this.clock.t = logTimeUs(batch.at(batch.count - 1) * 1000);
    this.engine.apply(item, PLACE, this.clock);
    for (let k = 0; k < batch.count; k++) this.#lookUp(batch.lonE7(k), batch.latE7(k));
  }
  #endTurn(): void {
    this.engine.advance(this.clock);
    this.engine.takeChanged();
    this.engine.takeMoved();
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
