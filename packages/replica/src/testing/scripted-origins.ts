// Two origins written by a seed, with everything that makes a fold hard: gaps, late reports, the same report by way of both sites, steps, and a restart
// of one site in the middle. And the plainest fold there is, to compare with.
import { Engine } from '@vigie/engine';
import { type EntryDraft, GENESIS, type OriginMessage, type PlacedEntry } from '@vigie/log';
import { type AdmitData, type Entry, type Seen, type SiteId, logTimeUs, ok, otherSite, seqOf } from '@vigie/model';
import { OriginClocks, PlaceClock } from '../clocks.ts';
import { digestOf } from '../digest-tree.ts';
import { Evaluator } from '../evaluate.ts';
import { type MergedPlace, comparePlaces } from '../place.ts';
import { isFolded } from '../payload.ts';
import type { KeyRing } from '../types.ts';

type Content = Pick<EntryDraft, 'kind' | 'items'> & { readonly data?: unknown; readonly entryId?: string };

export class ScriptedOrigins {
  readonly messages: Record<SiteId, OriginMessage[]> = { noirmont: [], delemont: [] };
  readonly #epoch: Record<SiteId, string> = { noirmont: '1-n', delemont: '1-d' };
  readonly #seq: Record<SiteId, number> = { noirmont: 0, delemont: 0 };

  /** Both first epochs, admitted by Noirmont, confirmed by Delémont; entries have t > 10. */
  constructor() {
    const admits = (['noirmont', 'delemont'] as const).map((site) => ({
      site,
      epoch: this.#epoch[site],
      lastSeqs: {},
    }));
    const data: AdmitData = { generation: GENESIS, admits, both: true };
    this.write('noirmont', 10, { kind: 'admit', items: [], data, entryId: 'genesis' }, null);
    this.write('delemont', 11, { kind: 'ok', items: [], data: { admitEntryId: 'genesis' } }, null);
  }
  end(site: SiteId): Seen {
    return { epoch: this.#epoch[site], seq: seqOf(this.#seq[site]) };
  }
  /** A new epoch of `site`, admitted at `t` by the other. */
  restart(site: SiteId, epoch: string, t: number, seen: Seen): void {
    const data: AdmitData = {
      generation: GENESIS,
      admits: [{ site, epoch, lastSeqs: { [this.#epoch[site]]: this.#seq[site] } }],
      both: false,
    };
    this.#epoch[site] = epoch;
    this.#seq[site] = 0;
    this.write(otherSite(site), t, { kind: 'admit', items: [], data }, seen);
  }
  write(site: SiteId, t: number, content: Content, seen: Seen): void {
    const seq = ++this.#seq[site];
    const epoch = this.#epoch[site];
    const entry: Entry = {
      v: 1,
      t: logTimeUs(t),
      seen,
      ...content,
      entryId: content.entryId ?? `${site}.${epoch}:${seq}`,
    };
    this.messages[site].push({ site, epoch, seq: seqOf(seq), bytes: new Uint8Array(), entry: ok(entry) });
  }
}

/** Every entry in merged order, timers brought up to each of them, each case digested from its own bytes. */
export class PlainFold {
  readonly engine = new Engine();
  readonly #clocks = new OriginClocks();
  readonly #evaluator: Evaluator;

  constructor(keys: Pick<KeyRing, 'open'>) {
    this.#evaluator = new Evaluator(keys);
  }
  run(entries: readonly PlacedEntry[]): this {
    const clock = new PlaceClock(this.#clocks);
    // What counts from a log time on may be known before.
    for (const entry of entries) {
      this.#clocks.rules.note(entry);
      this.#clocks.switched.note(entry);
    }
    for (const entry of [...entries].sort(comparePlaces)) {
      const admits = entry.entry.kind === 'admit' ? (entry.entry.data as AdmitData).admits : [];
      this.#clocks.append(entry);
      for (const { site } of admits) this.#clocks.restart(site, entry);
      this.engine.advance(clock.at(entry));
      const { kind, items } = entry.entry;
      if (isFolded(kind))
        items.forEach((_, index) => this.#evaluator.evaluate(this.engine, entry, index, clock.at(entry)));
    }
    return this;
  }
  digestAt(place: MergedPlace): string {
    this.engine.advance(new PlaceClock(this.#clocks).at(place));
    return this.digest();
  }
  digest(): string {
    return digestOf(this.engine);
  }
}
