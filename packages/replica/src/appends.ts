// What a replica itself puts into the log: decisions that people wait for, the events that this site owes, and what it does to tell people.
import { randomUUID } from 'node:crypto';
import type { AppendResult, SiteLog } from '@vigie/log';
import type { Decisions } from './decisions.ts';
import { ITEMS_PER_ENTRY_MAX, type Said, itemsEntry, sealedItem } from './items-entry.ts';
import type { Faults } from './status.ts';
import type { DecisionAnswer, DecisionDraft, KeyRing, PlainDecisionDraft } from './types.ts';

export interface AppendsOptions {
  readonly log: SiteLog;
  readonly keys: KeyRing;
  readonly sealing: boolean;
  /** Nothing more is said of it. */
  readonly isErased: (measure: string) => boolean;
  readonly entryId: (() => string) | undefined;
  readonly decisions: Decisions;
  readonly faults: Faults;
}

export class Appends {
  readonly #o: AppendsOptions;
  #closed = false;

  constructor(o: AppendsOptions) {
    this.#o = o;
  }
  /** From here on an append that fails is nobody's concern. */
  close(): void {
    this.#closed = true;
  }

  /** Appends a decision and waits until it is settled, at most `timeoutMs` (L16). */
  async decide(draft: DecisionDraft, timeoutMs: number): Promise<DecisionAnswer> {
    const { log, keys, sealing } = this.#o;
    const entryId = draft.entryId ?? this.#entryId();
    const item = sealedItem(draft.measure, draft.payload, keys, sealing);
    if (!item.ok) {
      const result = { kind: 'refused', reason: 'stopped', detail: item.error.detail } as const;
      return { kind: 'not-stored', entryId, result };
    }
    const plain = sealing ? {} : { plain: true };
    const result = await log.append({ entryId, kind: draft.kind, items: [item.value], ...plain });
    return this.#answer(entryId, result, timeoutMs);
  }

  /** The same for what concerns no case: it is plain. */
  async decidePlain(draft: PlainDecisionDraft, timeoutMs: number): Promise<DecisionAnswer> {
    const result = await this.#o.log.append({ ...draft, items: [] });
    return this.#answer(draft.entryId, result, timeoutMs);
  }

  async #answer(entryId: string, result: AppendResult, timeoutMs: number): Promise<DecisionAnswer> {
    if (result.kind !== 'stored') return { kind: 'not-stored', entryId, result };
    const status = await this.#o.decisions.settled(entryId, timeoutMs);
    return status === undefined ? { kind: 'pending', entryId } : { kind: 'decided', entryId, ...status };
  }

  /** True once all of them are stored. What is of a measure that was erased meanwhile, and has no key, is left out: it must not hold up the rest. */
  async say(kind: Said['kind'], all: readonly Said[]): Promise<boolean> {
    const { log, keys, sealing, faults, isErased } = this.#o;
    const said = all.filter(({ measure }) => !isErased(measure));
    let stored = true;
    for (let i = 0; i < said.length; i += ITEMS_PER_ENTRY_MAX) {
      const part = said.slice(i, i + ITEMS_PER_ENTRY_MAX);
      const draft = itemsEntry(this.#entryId(), kind, part, keys, sealing);
      const result = draft.ok ? await log.append(draft.value) : undefined;
      if (result?.kind === 'stored') continue;
      stored = false;
      const detail = result?.detail ?? (draft.ok ? '' : draft.error.detail);
      if (!this.#closed) faults.say({ kind: 'append-failed', detail });
    }
    return stored;
  }

  #entryId(): string {
    return this.#o.entryId?.() ?? randomUUID();
  }
}
