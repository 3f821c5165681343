// The process that `run-geofence.ts` starts: takes one task, says how far it is, answers with the result.
import { benchGeofence } from './bench-geofence.ts';
import type { FromGeofenceProcess, GeofenceTask } from './run-geofence.ts';

const tell = (message: FromGeofenceProcess, then: () => void = () => undefined): void =>
  void process.send?.(message, then);

process.once('message', (task: GeofenceTask) => {
  void benchGeofence({ ...task, say: (said) => tell({ said }) }).then(
    (result) => tell({ result }, () => process.exit(0)),
    (cause: unknown) =>
      tell({ failed: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }, () => process.exit(1)),
  );
});
// Nobody is there to tell any more.
process.once('disconnect', () => process.exit(1));
