// apply(state, entry): standings, incidents, timers, snapshot, digest; pure.
export {};
