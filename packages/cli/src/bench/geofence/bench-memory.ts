// `bench memory`: what a monitored person costs in one engine with six zones, every rule and a first report, and what a snapshot of all costs.
import { Engine, type Place, steadyClock } from '@vigie/engine';
import { cpuUs, makeWorld } from '@vigie/geo/bench';
import { ReportBatchReader, seqOf } from '@vigie/model';
import { START_MS, STEP_MS, batchOf, caseOf, measureOf, wearerOf } from './monitored-world.ts';

/** Different orders that are made; each is given to many persons, as parsed anew from the log each time. */
const ORDERS_MAX = 2_000;
const GOAL_BYTES = 2_500;
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

export async function benchMemory({ persons, say }: { persons: number; say: (line: string) => void }) {
  const made = Math.min(persons, ORDERS_MAX);
  const world = makeWorld(1, made, 1, 1);
  const texts = Array.from({ length: made }, (_, person) => JSON.stringify(caseOf(world, person)));
  const clock = steadyClock(START_MS);
  const before = await usedBytes();
  const engine = new Engine();
  const reader = new ReportBatchReader();
  let zones = 0;
  const fillS = seconds(() => {
    for (let person = 0; person < persons; person++) {
      const order = person % made;
      const measure = measureOf(person);
      const recorded = JSON.parse(texts[order] as string) as ReturnType<typeof caseOf>;
      engine.apply({ kind: 'case', measure, recorded }, PLACE, clock);
      const home = world.own[order]?.[0];
      zones += world.own[order]?.length ?? 0;
      const lonE7 = Math.round(((home?.minX ?? 0) + (home?.maxX ?? 0)) * 5e6);
      const latE7 = Math.round(((home?.minY ?? 0) + (home?.maxY ?? 0)) * 5e6);
      const fix = { seq: 1, atMs: START_MS - STEP_MS, lonE7, latE7 };
      engine.apply({ kind: 'reports', measure, batch: reader.reset(batchOf(wearerOf(order), [fix])) }, PLACE, clock);
      if ((person + 1) % 20_000 === 0) say(`${person + 1} persons`);
    }
  });
  const bytesPerPerson = Math.round(((await usedBytes()) - before) / persons);
  let snapshot = new Uint8Array(0) as Uint8Array;
  const writeS = seconds(() => (snapshot = engine.snapshot()));
  say(`snapshot of ${snapshot.length} bytes`);
  let loaded = engine;
  const loadS = seconds(() => (loaded = Engine.restore(snapshot)));
  const ok = loaded.size === persons && loaded.digest() === engine.digest();
  return {
    bench: 'memory',
    /** False fails the run: the loaded engine is not the one that was written. */
    ok,
    persons,
    zonesPerPerson: Number((zones / persons).toFixed(2)),
    bytesPerPerson,
    snapshotBytes: snapshot.length,
    snapshotBytesPerPerson: Math.round(snapshot.length / persons),
    cpuSeconds: { fill: fillS, write: writeS, load: loadS },
    goals: { bytesPerPerson: { goal: GOAL_BYTES, measured: bytesPerPerson, meets: bytesPerPerson <= GOAL_BYTES } },
  };
}
