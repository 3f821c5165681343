// Attempts and receipts as they are read, for whoever dispatches at this site. They are told after the turn of the fold that read them, and
// after the events of that turn; what a refold reads again is told again.
import type { SiteId } from '@vigie/model';
import type { Said } from './items-entry.ts';

export type DispatchMark = Extract<Said, { kind: 'attempt' | 'receipt' }>;
type Listener = (site: SiteId, mark: DispatchMark) => void;

export class DispatchMarks {
  #read: { readonly site: SiteId; readonly mark: DispatchMark }[] = [];
  readonly #listeners = new Set<Listener>();

  note(site: SiteId, mark: DispatchMark): void {
    if (this.#listeners.size > 0) this.#read.push({ site, mark });
  }
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  flush(): void {
    if (this.#read.length === 0) return;
    const read = this.#read;
    this.#read = [];
    for (const { site, mark } of read) for (const listener of this.#listeners) listener(site, mark);
  }
}
