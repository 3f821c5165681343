// Where snapshots lie: a few named blobs, the newest first. A store keeps what it is given whole or not at all.
export interface SnapshotStore {
  /** Names, newest first. */
  list(): Promise<readonly string[]>;
  load(name: string): Promise<Uint8Array | undefined>;
  save(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

export class MemorySnapshots implements SnapshotStore {
  readonly #blobs = new Map<string, Uint8Array>();

  async list(): Promise<readonly string[]> {
    return [...this.#blobs.keys()].sort().reverse();
  }
  async load(name: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(name);
  }
  async save(name: string, bytes: Uint8Array): Promise<void> {
    this.#blobs.set(name, bytes);
  }
  async remove(name: string): Promise<void> {
    this.#blobs.delete(name);
  }
}
