// `bench geofence` in a process of its own with room for the references: the zones of 100,000 persons as GeoJSON objects take some 3 GB, and
// near the limit of the heap every figure would be the collector's.
import { fork } from 'node:child_process';
import type { BenchGeofenceOptions, benchGeofence } from './bench-geofence.ts';

const HEAP_MB = 8192;

export type GeofenceTask = Omit<BenchGeofenceOptions, 'say'>;
export type GeofenceResult = Awaited<ReturnType<typeof benchGeofence>>;
export type FromGeofenceProcess =
  | { readonly said: string }
  | { readonly result: GeofenceResult }
  | { readonly failed: string };

export function runGeofence(task: GeofenceTask, say: (line: string) => void): Promise<GeofenceResult> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./geofence-process.ts', import.meta.url), {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (message: FromGeofenceProcess) => {
      if ('said' in message) say(message.said);
      else if ('result' in message) resolve(message.result);
      else reject(new Error(message.failed));
    });
    child.once('error', reject);
    // A parent that ends must not leave it behind.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', (code, signal) => {
      process.removeListener('exit', end);
      reject(new Error(`the benchmark's process ended with ${signal ?? code} and said nothing`));
    });
    child.send(task);
  });
}
