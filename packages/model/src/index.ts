// the words: units, ids, report, zone, order, case, incident, log entry; schemas, canonical bytes, error kinds.
export {};
