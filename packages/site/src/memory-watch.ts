// While the sites are apart nothing settles, and what waits is held in memory: its objects grow with each entry, for as long as it lasts.
// People hear of it when half of the memory of this process is taken, so that they have as long again as it took.
import type { OperatingIncidents } from './operating-incidents.ts';

/** One entry with one upload of three reports, its bytes given up: 0.9 to 1.1 kB were measured. */
export const UNSETTLED_ENTRY_BYTES = 1_000;
const SHARE_MAX = 0.5;

export interface MemoryView {
  readonly unsettledEntries: number;
  /** What this process may use (`--max-old-space-size`). */
  readonly limitBytes: number;
}

export function watchMemory({ unsettledEntries, limitBytes }: MemoryView, incidents: OperatingIncidents): void {
  const takenBytes = unsettledEntries * UNSETTLED_ENTRY_BYTES;
  incidents.set(
    'memory',
    takenBytes > limitBytes * SHARE_MAX
      ? `${unsettledEntries} entries wait until both sites can settle them and take about ${megabytes(takenBytes)} of ` +
          `${megabytes(limitBytes)}: mend the line or give up the other site before that is full`
      : undefined,
  );
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
