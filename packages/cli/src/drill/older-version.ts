// The version that `drill upgrade` starts from: sources kept in test/upgrade-from, run with the dependencies of this checkout.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CouldNotRun } from '../process/could-not-run.ts';
import { repositoryRoot } from '../process/repository-root.ts';

export interface OlderVersion {
  /** Its site program. */
  readonly main: string;
  /** The log format that it writes, `major.minor`. */
  readonly logFormat: string;
}

/** Unpacks it below a folder that is thrown away after the drill. */
export async function unpackOlder(
  below: string,
  kept = join(repositoryRoot(), 'test/upgrade-from'),
): Promise<OlderVersion> {
  const archive = join(kept, 'sources.tar.gz');
  if (!existsSync(archive))
    throw new CouldNotRun(
      `there is no older version to upgrade from: ${kept} holds none (tools/keep-version.sh makes one)`,
    );
  const { logFormat } = JSON.parse(readFileSync(join(kept, 'version.json'), 'utf8')) as { logFormat: string };
  const root = join(below, 'older-version');
  mkdirSync(root);
  await promisify(execFile)('tar', ['-xzf', archive, '-C', root]);
  for (const name of readdirSync(join(root, 'packages'))) linkDependencies(root, name);
  return { main: join(root, 'packages/site/src/main.ts'), logFormat };
}

/** Own packages are those of the older version; all others are installed here, or it cannot be run. */
function linkDependencies(root: string, name: string): void {
  const folder = join(root, 'packages', name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) {
    const own = dependency.startsWith('@vigie/') ? dependency.slice('@vigie/'.length) : undefined;
    const target =
      own === undefined
        ? join(repositoryRoot(), 'packages', name, 'node_modules', dependency)
        : join(root, 'packages', own);
    if (!existsSync(target))
      throw new CouldNotRun(`the older version needs ${dependency}, which is not installed here`);
    const link = join(folder, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
}
