// Drills in which a site leaves or is given up by an SRE's word, and the other one goes on alone.
import type { Drill } from './drills.ts';

export const MEMBERSHIP_DRILLS: readonly Drill[] = [
  {
    name: 'drain',
    about:
      'planned maintenance of Delémont: drained, stopped in order, started, brought back; Le Noirmont settles alone',
    lines: false,
    loadS: 75,
    effect: { shows: 'alone', site: 'noirmont' },
    steps: () => [
      { atS: 12, role: 'break', action: { do: 'drain', site: 'delemont' } },
      { atS: 22, role: 'break', action: { do: 'stop', site: 'delemont' } },
      { atS: 37, role: 'heal', action: { do: 'start', site: 'delemont' } },
      { atS: 48, role: 'heal', action: { do: 'undrain', site: 'delemont' } },
    ],
  },
  {
    name: 'retire',
    about:
      'Delémont dies and is given up: Le Noirmont founds a generation without it and settles alone; Delémont comes back with its disk',
    lines: false,
    loadS: 90,
    // What the lost site missed, from its death to its return.
    convergedMsMax: 30_000,
    effect: { shows: 'alone', site: 'noirmont' },
    steps: () => [
      { atS: 12, role: 'break', action: { do: 'kill', site: 'delemont', programs: ['site', 'nats', 'postgres'] } },
      { atS: 20, role: 'break', action: { do: 'retire', site: 'delemont' } },
      { atS: 55, role: 'heal', action: { do: 'start', site: 'delemont' } },
    ],
  },
];
