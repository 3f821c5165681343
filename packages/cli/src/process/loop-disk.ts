// A file system of its own in a file (a loop device), whose power can be cut: what the file system had not written to its device
// by then is gone, as with a machine that stops between two syncs. And it can be filled. Needs Linux, root and mkfs.ext4.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CouldNotRun } from './could-not-run.ts';

const run = promisify(execFile);
/** Seconds after which ext4 writes back by itself; long, so that only what was synced survives. */
const COMMIT_S = 60;

export type LoopDisk = {
  readonly mountPoint: string;
  /** Takes the device as it is now. Whoever writes must stand still. */
  copy(): Promise<void>;
  /** Lets go of the original; then `mountCopy`. A disk mounted within another goes first and comes last. */
  detach(): Promise<void>;
  mountCopy(): Promise<void>;
  /** Takes all room but so many bytes; 0: not one more block can be written. */
  fill(leaveBytes: number): Promise<void>;
  makeRoom(): Promise<void>;
  remove(): void;
};

/** `size` as truncate has it, e.g. 4G; the file is sparse and takes what is written. */
export async function makeLoopDisk(image: string, mountPoint: string, size: string): Promise<LoopDisk> {
  const copied = `${image}.cut`;
  const filler = join(mountPoint, 'filler');
  try {
    await run('truncate', ['-s', size, image]);
    // No blocks set aside for root. The journal's tables are written now, not in the background while the drill measures.
    await run('mkfs.ext4', ['-q', '-F', '-m', '0', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
    mkdirSync(mountPoint, { recursive: true });
    await run('mount', ['-o', `loop,commit=${COMMIT_S}`, image, mountPoint]);
  } catch (cause) {
    rmSync(image, { force: true });
    throw new CouldNotRun(
      `a file system in a file could not be mounted (needs Linux, root and mkfs.ext4): ${cause instanceof Error ? cause.message.trim() : String(cause)}`,
    );
  }
  // However we end, no mount stays behind.
  const leave = (): void => {
    execFileSync('umount', ['--lazy', mountPoint]);
    for (const file of [image, copied]) rmSync(file, { force: true });
  };
  process.once('exit', leave);
  return {
    mountPoint,
    copy: async () => {
      await run('cp', ['--sparse=always', image, copied]);
    },
    detach: async () => {
      // Lazy: a dying process may still hold a file of the original, which nobody sees any more.
      await run('umount', ['--lazy', mountPoint]);
    },
    mountCopy: async () => {
      await run('mount', ['-o', 'loop', copied, mountPoint]);
    },
    fill: (leaveBytes) => fillWith(filler, leaveBytes),
    makeRoom: () => rm(filler, { force: true }),
    remove: () => {
      process.off('exit', leave);
      leave();
    },
  };
}

/** A block of the file system. */
const BLOCK = 4096;

/** All but the last blocks at once, as a burst of writes would; then block by block until there is none. */
async function fillWith(file: string, leaveBytes: number): Promise<void> {
  const handle = await open(file, 'a');
  try {
    const { bavail, bsize } = await statfs(file);
    const bytes = bavail * bsize - Math.max(leaveBytes, 16 * BLOCK);
    const { size } = await handle.stat();
    if (bytes > 0) await run('fallocate', ['--offset', `${size}`, '--length', `${bytes}`, file]);
    while (leaveBytes === 0) if ((await handle.write(Buffer.alloc(BLOCK))).bytesWritten < BLOCK) return;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
  } finally {
    await handle.close();
  }
}
