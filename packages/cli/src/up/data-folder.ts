// The data folder of `up`. Only a folder that `up` made, or an empty one, is ever emptied.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CouldNotRun } from '../process/could-not-run.ts';

const MARK = '.vigie-data';

export function claimFolder(dataDir: string, fresh: boolean): void {
  const names = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (names.length > 0 && !names.includes(MARK))
    throw new CouldNotRun(
      `${dataDir} holds other files: choose an empty folder, or one of an earlier start, with --data`,
    );
  if (fresh) for (const name of names) if (name !== MARK) rmSync(join(dataDir, name), { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  writeFileSync(
    join(dataDir, MARK),
    'A data folder of ./vigie up. Removing it loses the demonstration and nothing else.\n',
  );
}
