// apply(state, entry): standings, incidents, timers, snapshot, digest; pure.
export type { CaseView, Clock, DeviceStanding, Incident, OpenedItem, Outcome, Place, Transition } from './types.ts';
