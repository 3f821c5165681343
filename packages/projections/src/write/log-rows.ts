// Rows that come from the log itself: orders as written, reports as sealed chunks, events as appended. Pure.
import type { OriginMessage } from '@vigie/log';
import { type Item, type Result, epochNumber, ok } from '@vigie/model';
import type { ProjectionSource } from '../source.ts';

interface Placed {
  readonly site: string;
  readonly partition: number;
  readonly epoch: string;
  readonly seq: number;
  readonly idx: number;
  readonly measure: string;
  readonly tUs: number;
}
export interface OrderRow extends Placed {
  readonly entryId: string;
  readonly revision: number;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly by: string;
  readonly input: string;
}
export interface ChunkRow extends Placed {
  readonly deviceId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly reports: number;
  readonly plain: boolean;
  readonly bytes: Uint8Array;
}
export interface EventRow extends Placed {
  readonly epochNumber: number;
  readonly entryId: string;
  readonly kind: 'event' | 'step';
  readonly incidentId: string;
  readonly step: string | null;
  readonly type: string | null;
  readonly data: string;
}

export class LogRows {
  readonly orders: OrderRow[] = [];
  readonly chunks: ChunkRow[] = [];
  readonly events: EventRow[] = [];
  /** Items passed over because they cannot be read, other than for want of a key. */
  unreadable = 0;

  get size(): number {
    return this.orders.length + this.chunks.length + this.events.length;
  }

  /** All of a message or nothing: with an error (a key is missing) no row of it was added, and reading stops before it. */
  add(source: ProjectionSource, message: OriginMessage, partition: number): Result<void> {
    if (!message.entry.ok) {
      // Rows of it are for a program that can read it.
      if (message.entry.error.kind === 'newer-format') return message.entry;
      this.unreadable++;
      return ok(undefined);
    }
    const entry = message.entry.value;
    const before = [this.orders.length, this.chunks.length, this.events.length] as const;
    for (const [idx, item] of entry.items.entries()) {
      if (source.erased?.(item.measure) === true) continue;
      const added = this.#addItem(source, message, partition, idx, item);
      if (!added.ok) {
        [this.orders.length, this.chunks.length, this.events.length] = before;
        return added;
      }
    }
    return ok(undefined);
  }

  #addItem(source: ProjectionSource, message: OriginMessage, partition: number, idx: number, item: Item): Result<void> {
    if (!message.entry.ok) return ok(undefined);
    const entry = message.entry.value;
    const opened = source.open(entry, item);
    if (!opened.ok) {
      if (opened.error.kind === 'key-missing') return opened;
      this.unreadable++;
      return ok(undefined);
    }
    const { site, epoch, seq } = message;
    const place = { site, partition, epoch, seq, idx, measure: item.measure, tUs: entry.t };
    const value = opened.value;
    switch (value?.kind) {
      case 'reports': {
        const { batch } = value;
        let fromMs = Number.POSITIVE_INFINITY;
        let toMs = Number.NEGATIVE_INFINITY;
        for (let i = 0; i < batch.count; i++) {
          const at = batch.at(i);
          if (at < fromMs) fromMs = at;
          if (at > toMs) toMs = at;
        }
        if (batch.count === 0) break;
        const { deviceId, count } = batch;
        const plain = entry.plain === true;
        this.chunks.push({ ...place, deviceId, fromMs, toMs, reports: count, plain, bytes: item.bytes });
        break;
      }
      case 'case':
      case 'order': {
        const order = value.kind === 'case' ? value.recorded.order : value.order;
        this.orders.push({
          ...place,
          entryId: entry.entryId,
          revision: value.kind === 'case' ? 1 : order.baseRevision + 1,
          validFromMs: order.validFromMs,
          validToMs: order.validToMs,
          by: value.kind === 'case' ? value.recorded.authority : value.by,
          input: JSON.stringify(order.input),
        });
        break;
      }
      case 'event':
        this.events.push({
          ...place,
          epochNumber: epochNumber(epoch),
          entryId: entry.entryId,
          kind: 'event',
          incidentId: value.event.incidentId,
          step: value.event.step,
          type: value.event.type,
          data: JSON.stringify(value.event),
        });
        break;
      case 'step': {
        const { idempotency: _unused, ...step } = value.step;
        this.events.push({
          ...place,
          epochNumber: epochNumber(epoch),
          entryId: entry.entryId,
          kind: 'step',
          incidentId: value.step.incidentId,
          step: null,
          type: null,
          data: JSON.stringify(step),
        });
        break;
      }
      case 'stop':
      case 'case_rule':
      case 'attempt':
      case 'receipt':
      case undefined:
        break;
    }
    return ok(undefined);
  }
}
