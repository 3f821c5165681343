// `bench memory`: what a monitored person costs in one engine with six zones, every rule and a first report, and what a snapshot of all costs.
import { Engine, type Place, steadyClock } from '@vigie/engine';
import { cpuUs, makeWorld } from '@vigie/geo/bench';
import { ReportBatchReader, seqOf } from '@vigie/model';
import { START_MS, STEP_MS, batchOf, caseOf, measureOf, wearerOf } from './monitored-world.ts';

/** Different orders that are made; each is given to many persons, as parsed anew from the log each time. */
const ORDERS_MAX = 2_000;
const GOAL_BYTES = 2_500;
/** Few and large: each that is made may set off a look at the whole heap. Pages that nothing is written to cost nothing. */
const PART_BYTES = 512 * 1024 * 1024;
const LENGTH_BYTES = 4;
const TOLD_EVERY = 1_000;
/** More than an engine keeps awake. */
const AWAKE_AT_END = 150_000;
/** Cases that are compared, and woken. */
const SAMPLES_MAX = 10_000;
const PLACE: Place = { site: 'noirmont', epoch: '1-bench', seq: seqOf(1), index: 0, entryId: 'bench' };

/** Bytes on the heap and in buffers after the collector has run; without `--expose-gc` the least of what is seen. */
async function usedBytes(): Promise<number> {
  const collect = await collector();
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function collector(): Promise<() => void> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import('node:v8'), import('node:vm')]);
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const seconds = (work: () => void): number => {
  const start = cpuUs();
  work();
  return Number(((cpuUs() - start) / 1e6).toFixed(2));
};

/** All cases as a snapshot holds them, in parts, because one array does not hold the cases of a country. */
class Parts {
  readonly #parts: Uint8Array[] = [];
  #used = PART_BYTES;
  bytes = 0;

  add(bytes: Uint8Array): void {
    if (this.#used + LENGTH_BYTES + bytes.length > PART_BYTES) {
      this.#parts.push(new Uint8Array(PART_BYTES));
      this.#used = 0;
    }
    const part = this.#parts.at(-1) as Uint8Array;
    new DataView(part.buffer).setUint32(this.#used, bytes.length);
    part.set(bytes, this.#used + LENGTH_BYTES);
    this.#used += LENGTH_BYTES + bytes.length;
    this.bytes += bytes.length;
  }
  *all(): Iterable<Uint8Array> {
    for (const part of this.#parts) {
      const view = new DataView(part.buffer);
      for (let at = 0; at + LENGTH_BYTES <= PART_BYTES && view.getUint32(at) > 0; ) {
        const end = at + LENGTH_BYTES + view.getUint32(at);
        yield part.subarray(at + LENGTH_BYTES, end);
        at = end;
      }
    }
  }
}

export async function benchMemory({ persons, say }: { persons: number; say: (line: string) => void }) {
  const made = Math.min(persons, ORDERS_MAX);
  const world = makeWorld(1, made, 1, 1);
  const texts = Array.from({ length: made }, (_, person) => JSON.stringify(caseOf(world, person)));
  const clock = steadyClock(START_MS);
  const reader = new ReportBatchReader();
  let zones = 0;
  const report = (engine: Engine, person: number, seq: number): void => {
    const order = person % made;
    const home = world.own[order]?.[0];
    const lonE7 = Math.round(((home?.minX ?? 0) + (home?.maxX ?? 0)) * 5e6);
    const latE7 = Math.round(((home?.minY ?? 0) + (home?.maxY ?? 0)) * 5e6);
    const fix = { seq, atMs: START_MS - STEP_MS + seq, lonE7, latE7 };
    const batch = reader.reset(batchOf(wearerOf(order), [fix]));
    engine.apply({ kind: 'reports', measure: measureOf(person), batch }, PLACE, clock);
  };
  // Each order is recorded once, and laid under as many names as there are persons, as a start lays the cases of a snapshot.
  const first = new Engine();
  const orders = world.own.map((_, order) => {
    const recorded = JSON.parse(texts[order] as string) as ReturnType<typeof caseOf>;
    first.apply({ kind: 'case', measure: measureOf(order), recorded }, PLACE, clock);
    report(first, order, 1);
    return first.packCase(measureOf(order)) as Uint8Array;
  });
  /** Everybody reports, and those are awake at the end whom an engine keeps awake. */
  const fill = (engine: Engine): void => {
    for (let person = 0; person < persons; person++) {
      engine.layCase(measureOf(person), orders[person % made] as Uint8Array);
      zones += world.own[person % made]?.length ?? 0;
    }
    say(`${persons} persons`);
    for (let person = persons - 1; person >= 0 && persons - person <= AWAKE_AT_END; person--) {
      report(engine, person, 2);
      // As after each turn of a site.
      if (person % TOLD_EVERY === 0) take(engine);
    }
    take(engine);
  };
  const parts = new Parts();
  const samples = Math.min(persons, SAMPLES_MAX);
  const step = Math.floor(persons / samples);
  const digestsOf = (engine: Engine) =>
    Array.from({ length: samples }, (_, i) => engine.caseDigest(measureOf(i * step)));
  /** The engine goes before the one that is loaded comes: two of a country in one heap would measure the collector. */
  const write = async () => {
    const before = await usedBytes();
    const engine = new Engine();
    const fillS = seconds(() => fill(engine));
    const bytesPerPerson = Math.round(((await usedBytes()) - before) / persons);
    say(`${bytesPerPerson} bytes a person, ${engine.awakeCount} awake`);
    const writeS = seconds(() => {
      for (const measure of engine.measures()) engine.readPacked(measure, (bytes) => parts.add(bytes));
    });
    return { fillS, writeS, bytesPerPerson, awake: engine.awakeCount, digests: digestsOf(engine) };
  };
  const written = await write();
  const { bytesPerPerson } = written;
  say(`snapshot of ${parts.bytes} bytes`);
  const beforeLoad = await usedBytes();
  const loaded = new Engine();
  const loadS = seconds(() => {
    let person = 0;
    for (const bytes of parts.all()) loaded.layCase(measureOf(person++), bytes);
  });
  const asleepBytesPerPerson = Math.round(((await usedBytes()) - beforeLoad) / persons);
  say(`loaded, ${asleepBytesPerPerson} bytes a person`);
  const digests = digestsOf(loaded);
  const same = digests.filter((digest, i) => digest !== undefined && digest === written.digests[i]).length;
  const wakeS = seconds(() => {
    for (let i = 0; i < samples; i++) report(loaded, i * step, 3);
  });
  return {
    bench: 'memory',
    /** False fails the run: the loaded engine is not the one that was written. */
    ok: loaded.size === persons && same === samples,
    persons,
    zonesPerPerson: Number((zones / persons).toFixed(2)),
    bytesPerPerson,
    awake: written.awake,
    asleepBytesPerPerson,
    snapshotBytes: parts.bytes,
    snapshotBytesPerPerson: Math.round(parts.bytes / persons),
    cpuSeconds: { fill: written.fillS, write: written.writeS, load: loadS },
    /** A report to a case that sleeps, the waking included. */
    wakeUs: Math.round((wakeS * 1e6) / samples),
    goals: { bytesPerPerson: { goal: GOAL_BYTES, measured: bytesPerPerson, meets: bytesPerPerson <= GOAL_BYTES } },
  };
}

function take(engine: Engine): void {
  engine.takeChanged();
  engine.takeMoved();
}
