// cantonal and operator API, live stream, OpenAPI.
export { type Api, createApi } from './app.ts';
export type { Door } from './http/route.ts';
export type {
  ApiPorts,
  ConsolePort,
  KeysPort,
  MembershipPort,
  OrdersPort,
  PreviewAnswer,
  PreviewJob,
  ProjectedPort,
  ReaderPort,
  ReplicaPort,
  RulesPort,
} from './ports.ts';
export { type Principal, type Role, TokenTable, readTokens } from './tokens.ts';
export { ruleOff } from './routes/rule-switches.ts';
export { announcedEvent } from './views/event.ts';
export { languageOf } from './views/language.ts';
export { problemType } from './http/problem.ts';
