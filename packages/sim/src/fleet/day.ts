// Where a person is through one day of theirs: at home, at work, out, and under way between, at speeds people travel.
import { type LatLon, between, moved, roughDistanceM } from '../plane.ts';
import type { Random } from '../random.ts';
import type { Person } from './person.ts';

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A stretch of time at one place, or along a path at even speed. Stretches of a day follow one another without gaps. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly path: readonly LatLon[];
  readonly lengthM: number;
}

/** @param dayStartMs midnight UTC of the day; the person's own day begins `shiftH` later */
export function dayOf(person: Person, dayStartMs: number, dice: Random): readonly Stretch[] {
  // Everybody has a favourite place: the first.
  const favourite = (): LatLon => (dice.chance(0.6) ? (person.leisure[0] ?? person.home) : dice.pick(person.leisure));
  const isWeekend = [0, 6].includes(new Date(dayStartMs).getUTCDay());
  const stops: { place: LatLon; leaveH: number }[] = [];
  if (isWeekend || dice.chance(0.1)) {
    stops.push({ place: person.home, leaveH: 10 + dice.normal() });
    if (dice.chance(0.8)) stops.push({ place: favourite(), leaveH: 13 + dice.normal() });
    stops.push({ place: person.home, leaveH: 16 + dice.normal() * 0.7 });
    if (dice.chance(0.6)) stops.push({ place: favourite(), leaveH: 19 + dice.normal() * 0.7 + late(dice) });
  } else {
    stops.push({ place: person.home, leaveH: 6.5 + dice.normal() * 0.6 });
    stops.push({ place: person.work, leaveH: 11.9 + dice.normal() * 0.2 });
    if (dice.chance(0.5))
      stops.push({ place: moved(person.work, dice.normal() * 300, dice.normal() * 300), leaveH: 12.8 });
    stops.push({ place: person.work, leaveH: 16.8 + dice.normal() * 0.8 });
    if (dice.chance(0.55)) stops.push({ place: favourite(), leaveH: 19.5 + dice.normal() * 0.8 + late(dice) });
  }
  // Their own day runs from 02:00 to 02:00 and is shifted as a whole: it begins and ends at home.
  const originMs = dayStartMs + person.shiftH * HOUR_MS;
  const stretches: Stretch[] = [];
  let at = originMs;
  let place = person.home;
  for (const stop of stops) {
    at = travel(stretches, place, stop.place, at, dice);
    const leaveMs = Math.max(originMs + stop.leaveH * HOUR_MS, at + 10 * 60_000);
    stretches.push({ fromMs: at, toMs: leaveMs, path: [stop.place], lengthM: 0 });
    at = leaveMs;
    place = stop.place;
  }
  at = travel(stretches, place, person.home, at, dice);
  stretches.push({ fromMs: at, toMs: Math.max(at, originMs + DAY_MS), path: [person.home], lengthM: 0 });
  return stretches;
}

/** One evening in forty somebody forgets the time, past the hour at which they must be home. */
const late = (dice: Random): number => (dice.chance(0.025) ? dice.between(4, 5.5) : 0);

function travel(stretches: Stretch[], from: LatLon, to: LatLon, atMs: number, dice: Random): number {
  const straightM = roughDistanceM(from, to);
  if (straightM < 5) return atMs;
  const path = [from, ...bends(from, to, straightM, dice), to];
  let lengthM = 0;
  for (let i = 1; i < path.length; i++) lengthM += roughDistanceM(path[i - 1] as LatLon, path[i] as LatLon);
  const durationMs = (lengthM / travelSpeedMps(lengthM, dice)) * 1000;
  stretches.push({ fromMs: atMs, toMs: atMs + durationMs, path, lengthM });
  return atMs + durationMs;
}

/** Roads and rails are not straight: about one bend a kilometre, aside by some per cent of the way. */
function bends(from: LatLon, to: LatLon, straightM: number, dice: Random): LatLon[] {
  const count = Math.min(24, 2 + Math.floor(straightM / 1_000));
  const asideM = straightM * 0.06;
  let drift = 0;
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 1) / (count + 1);
    drift = 0.7 * drift + dice.normal() * asideM * 0.5;
    const taper = Math.min(1, 4 * share, 4 * (1 - share));
    return moved(between(from, to, share), drift * taper, dice.normal() * asideM * 0.2 * taper);
  });
}

/** On foot, by bicycle or bus, by car or train, with stops counted in. */
function travelSpeedMps(lengthM: number, dice: Random): number {
  if (lengthM < 1_500) return dice.between(1.1, 1.6);
  if (lengthM < 6_000) return dice.between(4, 8);
  if (lengthM < 20_000) return dice.between(9, 16);
  return dice.between(15, 28);
}

export function placeOn(stretch: Stretch, atMs: number): { readonly place: LatLon; readonly speedMps: number } {
  const first = stretch.path[0] as LatLon;
  const durationMs = stretch.toMs - stretch.fromMs;
  if (stretch.path.length === 1 || durationMs <= 0) return { place: first, speedMps: 0 };
  let rest = (stretch.lengthM * (atMs - stretch.fromMs)) / durationMs;
  for (let i = 1; i < stretch.path.length; i++) {
    const a = stretch.path[i - 1] as LatLon;
    const b = stretch.path[i] as LatLon;
    const length = roughDistanceM(a, b);
    if (rest <= length)
      return {
        place: between(a, b, length === 0 ? 0 : rest / length),
        speedMps: (stretch.lengthM / durationMs) * 1000,
      };
    rest -= length;
  }
  return { place: stretch.path.at(-1) as LatLon, speedMps: 0 };
}
