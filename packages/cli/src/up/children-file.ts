// Who was started from a data folder. Where the kernel does not end children with their parent, and for what is left of a start
// that was killed half-way, the next start reads this list and ends what still runs.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type ProcessId, identify, stillRuns } from '../process/identity.ts';
import { until } from '../process/until.ts';
import { filesOf } from './layout.ts';

type Recorded = ProcessId & { readonly name: string };
type Record = { readonly up: ProcessId; readonly children: readonly Recorded[] };

export class ChildrenFile {
  readonly #file: string;
  #children: readonly Recorded[] = [];

  constructor(dataDir: string) {
    this.#file = filesOf(dataDir).children;
    this.#write();
  }

  add(name: string, pid: number): void {
    const id = identify(pid);
    if (id !== undefined) this.#children = [...this.#children.filter((child) => child.name !== name), { name, ...id }];
    this.#write();
  }

  /** Everything ended in order. */
  remove(): void {
    rmSync(this.#file, { force: true });
  }

  #write(): void {
    const up = identify(process.pid);
    if (up === undefined) throw new Error('this process runs');
    const record: Record = { up, children: this.#children };
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(record, null, 2)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

const GONE_MS = 10_000;

/** The `up` that uses this folder now, if one does; otherwise ends what an earlier one left behind, and says what it was. */
export async function endLeftovers(dataDir: string): Promise<{ inUseBy?: number; ended: readonly string[] }> {
  const { children: file } = filesOf(dataDir);
  if (!existsSync(file)) return { ended: [] };
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record;
  if (stillRuns(record.up)) return { inUseBy: record.up.pid, ended: [] };
  const left = record.children.filter(stillRuns);
  for (const child of left) process.kill(child.pid, 'SIGKILL');
  const gone = await until(() => (left.some(stillRuns) ? undefined : true), GONE_MS);
  if (gone === undefined) throw new Error(`processes of an earlier start do not end: ${left.map(named).join(', ')}`);
  rmSync(file);
  return { ended: left.map(named) };
}

const named = (child: Recorded): string => `${child.name} (process ${child.pid})`;
