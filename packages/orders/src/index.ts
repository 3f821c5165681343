// The one door of orders: a court order as written in, what the log records out. Not pure: it needs a calendar.
export { type CaseOptions, compileCase, compileNewCase } from './compile-case.ts';
export { compileSharedZone, compileZones } from './compile-shared-zone.ts';
export { type Compiled, type OrderOptions, compileOrder } from './compile-order.ts';
export { fieldErrors, formatPath } from './field-path.ts';
export { weeksInto, weeksLater } from './weeks-later.ts';
export { INTERVALS_MAX, isTimeZone, tzdataVersion } from './schedule.ts';
