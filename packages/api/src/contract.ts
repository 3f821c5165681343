// What clients of a site see over HTTP, as plain types: nothing here runs, imports or depends on the rest of the system. The
// API answers with these shapes and the console reads them. Times are RFC 3339 in UTC with milliseconds. Errors are `Problem`
// with content type application/problem+json. Every answer carries `Vigie-Position` (a vector, also the cursor of events).
//
// For the console, which lives at one site's origin and may have to talk to the other's: both console origins get
// Access-Control-Allow-Origin; preflights allow Authorization, Content-Type, Last-Event-ID, Idempotency-Key, If-Match and
// Vigie-Min-Position and are kept for 10 min (Access-Control-Max-Age); Vigie-Position, ETag, Location and Retry-After are exposed.
export type * from './contract/basics.ts';
export type * from './contract/incident.ts';
export type * from './contract/case.ts';
export type * from './contract/order.ts';
export * from './contract/situation.ts';
