// Builds the page as `pnpm build` does, into a folder of the caller's choice.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PACKAGE = join(import.meta.dirname, '../..');

export async function buildPage(outDir: string): Promise<void> {
  const vite = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin/vite.js');
  // A process of its own, and a production one: test runners set NODE_ENV=test, for which Vite would build React's development half.
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'error'],
    {
      cwd: PACKAGE,
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
}
