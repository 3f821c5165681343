// Looks at the disk, the clocks, the memory, the boundaries and the log server of this site again and again, and says what it finds as operating incidents.
import type { DiskWatch } from '@vigie/log';
import { type ClockView, watchClocks } from './clock-watch.ts';
import { logServerProblem } from './log-server-health.ts';
import { type MemoryView, watchMemory } from './memory-watch.ts';
import type { OperatingIncidents } from './operating-incidents.ts';

const LOOK_EVERY_MS = 500;
/** Every so many looks the log server is asked. */
const ASK_SERVER_EVERY = 4;

export interface ConditionOptions {
  readonly incidents: OperatingIncidents;
  /** Undefined: the log server's store is not on this machine. */
  readonly disk: DiskWatch | undefined;
  readonly clocks: () => ClockView;
  readonly memory: () => MemoryView;
  /** How those of the other site differ. */
  readonly boundaries: () => string | undefined;
  /** host:port; undefined: the log server is not asked. */
  readonly monitor: string | undefined;
}

/** The answer ends it. */
export function watchCondition({ incidents, disk, clocks, memory, boundaries, monitor }: ConditionOptions): () => void {
  let looks = 0;
  const look = (): void => {
    incidents.set('disk-full', disk?.full === true ? diskFull(disk) : undefined);
    watchClocks(clocks(), incidents);
    watchMemory(memory(), incidents);
    incidents.set('boundaries', boundaries());
    if (monitor !== undefined && looks++ % ASK_SERVER_EVERY === 0)
      void logServerProblem(monitor).then((problem) => incidents.set('log-server', problem));
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

function diskFull({ freeBytes = 0, reserveBytes }: DiskWatch): string {
  return (
    `the disk of the log has ${megabytes(freeBytes)} left, less than its reserve of ${megabytes(reserveBytes)}: ` +
    'nothing is written here, the other site takes the reports'
  );
}
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
