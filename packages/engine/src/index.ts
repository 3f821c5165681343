// The one door of engine: the fold and what goes in and comes out. Reasons for people are at '@vigie/engine/reason'.
export { steadyClock } from './steady-clock.ts';
export { Engine, type EngineOptions } from './engine.ts';
export type { CaseHead } from './compact-case.ts';
export type {
  RuleSwitchTimes,
  SwitchOfRule,
  CaseView,
  Clock,
  Delivery,
  DeviceStanding,
  FreeTimeStanding,
  Incident,
  OpenedItem,
  Outcome,
  Place,
  SharedZone,
  SharedZonesInForce,
  Transition,
} from './types.ts';
export { type AskedInCase, NO_SWITCHES, type OffInCase, type OwnSwitches, offAfter } from './own-switches.ts';
export {
  AHEAD_MS_MAX,
  CASE_SWITCHES_SINCE,
  LATE_AFTER_MS,
  LATE_WINDOW_MS,
  RULES_VERSION,
  RULES_VERSION_FIRST,
  SWITCHES_SINCE,
} from './limits.ts';
export { GENERAL_RULE } from './fold-knowledge.ts';
export { isZone as isRecordedZone } from './well-formed.ts';
export { reportNames } from './report-names.ts';
