// A file system of its own in a file (a loop device), whose power can be cut: what the file system had not written to its device
// by then is gone, as with a machine that stops between two syncs. Needs Linux, root and mkfs.ext4.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { CouldNotRun } from './could-not-run.ts';

const run = promisify(execFile);
/** The file is sparse: it takes what is written. */
const SIZE = '4G';
/** Seconds after which ext4 writes back by itself; long, so that only what was synced survives. */
const COMMIT_S = 60;

export type LoopDisk = {
  readonly mountPoint: string;
  /** Takes the device as it is now. Whoever writes must stand still. */
  copy(): Promise<void>;
  /** Mounts the copy in place of the original; nobody may hold a file of it open. */
  swap(): Promise<void>;
  remove(): void;
};

export async function makeLoopDisk(image: string, mountPoint: string): Promise<LoopDisk> {
  const copied = `${image}.cut`;
  try {
    await run('truncate', ['-s', SIZE, image]);
    // The journal's tables are written now, not in the background while the drill measures.
    await run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
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
    swap: async () => {
      // Lazy: a dying process may still hold a file of the original, which nobody sees any more.
      await run('umount', ['--lazy', mountPoint]);
      await run('mount', ['-o', 'loop', copied, mountPoint]);
    },
    remove: () => {
      process.off('exit', leave);
      leave();
    },
  };
}
