// The words of Vigie: what every other package may say. Pure: no clock, no dice, no I/O.
export * from './units.ts';
export * from './site.ts';
export * from './errors.ts';
export * from './text.ts';
export * from './canonical.ts';
export * from './position.ts';
export * from './report.ts';
export * from './report-input.ts';
export * from './report-batch.ts';
export * from './case.ts';
export * from './incident.ts';
export * from './entry.ts';
