// Tells people: webhooks, mail, SMS gateway; ownership, takeover and receipts between the sites (D3).
export { Dispatch, type DispatchOptions, type DispatchStatus } from './dispatch.ts';
export type { Alarm } from './alarm.ts';
export { alarmOf, knownIncident, openAlarms } from './at-hand.ts';
export type { Message, Sent } from './channels/channel.ts';
export type { Mark } from './marks.ts';
export type { KnownIncident, Many } from './outbox.ts';
export { type Language, type Receiver, readReceivers } from './receivers.ts';
