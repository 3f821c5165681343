// Partitions (L1): a case lives in one of P logs with all its persons and devices. P is fixed for as long as the log goes on,
// because another P would move cases between orders.

/** Every partition costs its heartbeats, a connection and a part of each position; beyond this there is nothing to gain. */
export const PARTITIONS_MAX = 16;

export const isPartitionCount = (count: unknown): count is number =>
  Number.isInteger(count) && (count as number) >= 1 && (count as number) <= PARTITIONS_MAX;

/** As in the names of streams and in positions. */
export const partitionName = (partition: number): string => String(partition).padStart(2, '0');

/** Digits of a measure that are random: it begins with the time of its making. */
const RANDOM_DIGITS = 8;

/** Where the entries of a measure go. */
export const partitionOf = (measure: string, partitions: number): number =>
  partitions === 1 ? 0 : Number.parseInt(measure.slice(-RANDOM_DIGITS), 16) % partitions;

/**
 * Where a case lies by its id. A measure is drawn to fit, so that a case recorded at both sites at once meets itself in one order,
 * and the first of the two stands.
 */
export function partitionOfCase(caseId: string, partitions: number): number {
  // FNV-1a over the units of the text, 32 bits.
  let hash = 0x811c9dc5;
  for (let i = 0; i < caseId.length; i++) hash = Math.imul(hash ^ caseId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}
