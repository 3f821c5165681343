// Where snapshots lie: a few named ones, the newest first, each a row of parts. A store keeps what it is given whole or not at all.
export interface SnapshotStore {
  /** Names, newest first. */
  list(): Promise<readonly string[]>;
  /** Its parts in order; throws on one that is not what was written. Undefined: there is none of this name. */
  load(name: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Asks for the parts one after the other, as it gets them written; when asking throws, nothing is kept. */
  save(name: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
  remove(name: string): Promise<void>;
}

export class MemorySnapshots implements SnapshotStore {
  readonly parts = new Map<string, readonly Uint8Array[]>();

  async list(): Promise<readonly string[]> {
    return [...this.parts.keys()].sort().reverse();
  }
  async load(name: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const parts = this.parts.get(name);
    return parts === undefined ? undefined : oneByOne(parts);
  }
  async save(name: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const kept: Uint8Array[] = [];
    for await (const part of parts) kept.push(part);
    this.parts.set(name, kept);
  }
  async remove(name: string): Promise<void> {
    this.parts.delete(name);
  }
}

async function* oneByOne(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part;
}
