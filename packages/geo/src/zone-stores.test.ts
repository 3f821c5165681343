import { expect, test, vi } from 'vitest';
import { Dice } from '../testing/dice.ts';
import { randomPolygon } from '../testing/random-zones.ts';
import { compileZone } from './compile-zone.ts';
import { PersonZones } from './person-zones.ts';
import type { RecordedZone } from './recorded-zone.ts';
import { SharedZones } from './shared-zones.ts';
import { ZONES_PER_PERSON_MAX } from './slot-blocks.ts';
import { verdict } from './verdict.ts';

// Long work, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

function randomZone(dice: Dice): RecordedZone {
  const [x, y] = [dice.int(70_000_000, 72_000_000), dice.int(470_000_000, 472_000_000)];
  const input = dice.pick([
    () => randomPolygon(dice, x, y, 20_000).written,
    () => ({ type: 'circle', center: [x / 1e7, y / 1e7], radiusM: dice.int(50, 3000) }),
    // Too large for the cells.
    () => ({ type: 'circle', center: [x / 1e7, y / 1e7], radiusM: dice.int(5000, 30_000) }),
  ])();
  const compiled = compileZone(input);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.zone;
}

test('own zones hold what was put, through 20,000 additions, edits and removals by 50 persons', () => {
  const dice = new Dice(61);
  const pool = Array.from({ length: 200 }, () => randomZone(dice));
  const zones = new PersonZones();
  const model = new Map<string, RecordedZone>();
  for (let step = 0; step < 20_000; step++) {
    const person = dice.int(0, 49);
    const key = dice.int(-3, 12);
    const name = `${person} ${key}`;
    const zone = dice.pick(pool);
    const isPut = dice.next() < 0.6;
    const done = isPut ? zones.put(person, key, zone) : zones.remove(person, key);
    expect(done).toBe(isPut || model.has(name));
    if (isPut) model.set(name, zone);
    else model.delete(name);
  }
  zones.removeAll(7);
  for (const name of model.keys()) if (name.startsWith('7 ')) model.delete(name);
  let count = 0;
  for (let person = 0; person < 60; person++) {
    for (let index = 0; index < zones.count(person); index++, count++) {
      const key = zones.key(person, index);
      expect(zones.find(person, key)).toBe(index);
      expect(zones.table.read(zones.slot(person, index))).toEqual(model.get(`${person} ${key}`));
    }
  }
  expect(count).toBe(model.size);
  expect(count).toBeGreaterThan(300);
});

test('five thousand persons, one after the other, each keep their zones', () => {
  const dice = new Dice(66);
  const pool = Array.from({ length: 50 }, () => randomZone(dice));
  const zones = new PersonZones();
  for (let person = 0; person < 5000; person++)
    for (let key = 0; key < 1 + (person % 4); key++) zones.put(person, key, pool[(person + key) % 50] as RecordedZone);
  for (let person = 0; person < 5000; person++) {
    expect(zones.count(person)).toBe(1 + (person % 4));
    expect(zones.table.read(zones.slot(person, 0))).toEqual(pool[person % 50]);
  }
});

test('edits give memory back: a thousand rounds over the same person end with the same bytes', () => {
  const dice = new Dice(62);
  const pool = Array.from({ length: 20 }, () => randomZone(dice));
  const zones = new PersonZones();
  const round = (): void => {
    for (let key = 0; key < 8; key++) zones.put(3, key, pool[key] as RecordedZone);
    for (let key = 0; key < 8; key++) zones.remove(3, key);
  };
  round();
  const bytes = zones.bytes();
  for (let i = 0; i < 1000; i++) round();
  expect(zones.bytes()).toBe(bytes);
});

test('a person has at most ZONES_PER_PERSON_MAX zones; one more is refused', () => {
  const zones = new PersonZones();
  const zone = randomZone(new Dice(63));
  for (let key = 0; key < ZONES_PER_PERSON_MAX; key++) expect(zones.put(0, key, zone)).toBe(true);
  expect(zones.put(0, ZONES_PER_PERSON_MAX, zone)).toBe(false);
  expect(zones.put(0, 5, zone)).toBe(true);
  expect(zones.count(0)).toBe(ZONES_PER_PERSON_MAX);
});

test('verdicts of all zones of a person are those of each', () => {
  const dice = new Dice(64);
  const zones = new PersonZones();
  for (let key = 0; key < 9; key++) zones.put(2, key, randomZone(dice));
  const out = new Uint8Array(16);
  for (let i = 0; i < 2000; i++) {
    const [x, y, accuracy] = [
      dice.int(70_000_000, 72_000_000),
      dice.int(470_000_000, 472_000_000),
      dice.pick([0, 20, 300]),
    ];
    expect(zones.verdicts(2, x, y, accuracy, out)).toBe(9);
    for (let index = 0; index < 9; index++)
      expect(out[index]).toBe(verdict(zones.table, zones.slot(2, index), x, y, accuracy));
  }
  expect(zones.verdicts(40_000, 0, 0, 0, out)).toBe(0);
});

test('shared zones: a search finds every zone within reach, whatever was edited before and in whatever order', () => {
  const dice = new Dice(65);
  const shared = new SharedZones();
  const other = new SharedZones();
  const model = new Map<number, RecordedZone>();
  for (let step = 0; step < 3000; step++) {
    const key = dice.int(0, 400);
    const zone = randomZone(dice);
    const isPut = dice.next() < 0.7;
    if (isPut) shared.put(key, zone);
    expect(isPut || shared.remove(key) === model.has(key)).toBe(true);
    if (isPut) model.set(key, zone);
    else model.delete(key);
  }
  for (const key of [...model.keys()].reverse()) other.put(key, model.get(key) as RecordedZone);
  expect(shared.size).toBe(model.size);
  expect(shared.keys()).toEqual(other.keys());
  const out = new Int32Array(1000);
  let met = 0;
  for (let i = 0; i < 500; i++) {
    const [x, y, reachM] = [
      dice.int(70_000_000, 72_000_000),
      dice.int(470_000_000, 472_000_000),
      dice.pick([0, 50, 500]),
    ];
    const keysNear = (store: SharedZones): number[] =>
      Array.from(out.subarray(0, store.near(x, y, reachM, out)), (slot) => store.table.tag(slot));
    const near = keysNear(shared);
    expect(keysNear(other)).toEqual(near);
    for (const key of model.keys()) {
      const judged = verdict(shared.table, shared.slot(key) as number, x, y, reachM);
      expect(judged === 2 || near.includes(key)).toBe(true);
      if (judged !== 2) met++;
    }
  }
  expect(met).toBeGreaterThan(1000);
  expect(shared.near(71_000_000, 471_000_000, 50_000, out.subarray(0, 2))).toBeGreaterThan(2);
});
