// composition root of one site: the only reader of process.env; roles, health, lifecycle.
export { type RunningSite, openSite } from './site.ts';
export { type OperatingLog, operatingLog } from './operating-log.ts';
export { type AreaOfValidity, type Settings, readSettings } from './settings.ts';
