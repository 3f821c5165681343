// Starts the process that is measured and waits for what it says.
import { fork } from 'node:child_process';
import type { ReadTask, ReadTimes } from './reader-process.ts';

export function runReader(task: ReadTask): Promise<ReadTimes> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./reader-process.ts', import.meta.url), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let answered = false;
    child.once('message', (message: { times?: ReadTimes; failed?: string }) => {
      answered = true;
      if (message.times === undefined) reject(new Error(message.failed));
      else resolve(message.times);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (!answered) reject(new Error(`the reader ended with ${signal ?? code} and said nothing`));
    });
    // A parent that ends must not leave it behind.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.removeListener('exit', end));
    child.send(task);
  });
}
