// Every bound of ingest, by name. Bytes and counts of one upload are words of the model (UPLOAD_BYTES_MAX, UPLOAD_REPORTS_MAX).

/** Bodies being read at once, over all connections. Beyond it the answer is 503 with Retry-After. */
export const READING_BYTES_MAX = 128_000_000;
/** A body over its own bound is still read (and thrown away) up to here, so that the client gets to read the answer. */
export const DRAIN_BYTES_MAX = 64_000_000;
/** Sealed bytes waiting for an append. Beyond it the answer is 503 with Retry-After. About 600,000 reports. */
export const QUEUE_BYTES_MAX = 32_000_000;
/** An entry is closed once it holds this much: 30-60 KB messages are where one stream with fsync carries most. */
export const ENTRY_BYTES_TARGET = 48_000;
/** Appends on their way at once. One would leave the disk idle between answer and next entry; more make entries smaller. */
export const APPENDS_IN_FLIGHT_MAX = 3;
/** Reports of one item; a larger upload becomes several items, so that an entry stays near its target. */
export const ITEM_REPORTS_MAX = 1_000;
/** Bytes of one item before sealing. */
export const ITEM_BYTES_MAX = 200_000;

/** L2: a log server that has not answered in this time is passed over, and the other site's ingest is asked. */
export const FORWARD_AFTER_MS = 250;
/**
 * Cases remembered as passed on to the other site. Beyond it the longest unchanged one is forgotten: what it reports next is kept here, and
 * a breach of it may get a second id.
 */
export const PASSED_ON_MAX = 100_000;
/** After this time without any answer the device is told to try again; report names make that safe. */
export const ANSWER_MS_MAX = 4_000;
/** L14: how long an answer waits for the other site to hold the entry, while joined. */
export const SEEN_WAIT_MS = 250;
/** What a device is told to wait after a 503. */
export const RETRY_AFTER_S = 1;

/** Reports remembered by name and content, to tell a repeat from something new. About a minute at 2,000 reports/s; a repeat forgotten here is dropped by the fold. */
export const RECENT_REPORTS_MAX = 120_000;

/** Bytes of quarantine on disk, in two files; the older one goes when the newer is half of it. */
export const QUARANTINE_BYTES_MAX = 64_000_000;
/** Raw bytes are for finding out what is wrong with a device: after this nobody looks any more, and they go. 90 days, in milliseconds. */
export const QUARANTINE_AGE_MS_MAX = 90 * 86_400_000;
/** Bytes of quarantine waiting for the disk; beyond it the newest are dropped and counted. */
export const QUARANTINE_QUEUE_BYTES_MAX = 16_000_000;
