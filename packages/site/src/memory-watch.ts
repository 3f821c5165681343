// What waits until both sites can settle it is held in memory up to a bound, and lies on the disk alone beyond it. It can grow past that bound
// only where it may not be let go of: something that settled waits for the key of its measure. People hear of it when half of the memory of
// this process is taken, so that they have as long again as it took.
import type { OperatingIncidents } from './operating-incidents.ts';

const SHARE_MAX = 0.5;

export interface MemoryView {
  /** Bytes of what is held and waits to settle, about. */
  readonly heldBytes: number;
  /** What this process may use (`--max-old-space-size`). */
  readonly limitBytes: number;
}

export function watchMemory({ heldBytes, limitBytes }: MemoryView, incidents: OperatingIncidents): void {
  incidents.set(
    'memory',
    heldBytes > limitBytes * SHARE_MAX
      ? `what waits until both sites can settle it takes about ${megabytes(heldBytes)} of ${megabytes(limitBytes)}: ` +
          'see which keys are missing, mend the line or give up the other site before that is full'
      : undefined,
  );
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
