// How far the other site has said to hold the own origin (L7). What is said of an epoch that still waits counts once it is admitted.
import { type Seen, must, seqOf } from '@vigie/model';
import type { Line, Link } from './line.ts';
import type { Cell } from './placed.ts';

export class PeerSeen {
  readonly #said = new Map<string, number>();
  #link = -1;
  #seq = 0;

  /** True when it reaches further than before. */
  note(seen: Seen, chain: readonly Link[]): boolean {
    if (seen === null || seen.seq < (this.#said.get(seen.epoch) ?? 0)) return false;
    this.#said.set(seen.epoch, seen.seq);
    return this.locate(chain);
  }
  /** The furthest that was said of an admitted epoch. */
  locate(chain: readonly Link[]): boolean {
    const [link, seq] = [this.#link, this.#seq];
    this.#link = -1;
    this.#seq = 0;
    for (let i = chain.length - 1; i >= 0; i--) {
      const said = this.#said.get(must(chain[i], 'in range').epoch);
      if (said === undefined) continue;
      this.#link = i;
      this.#seq = said;
      break;
    }
    return link !== this.#link || seq !== this.#seq;
  }
  covers(cell: Pick<Cell, 'link' | 'seq'>): boolean {
    return cell.link < this.#link || (cell.link === this.#link && cell.seq <= this.#seq);
  }
  position(line: Line): Seen {
    const link = line.chain[this.#link];
    return link === undefined ? null : { epoch: link.epoch, seq: seqOf(this.#seq) };
  }
}
