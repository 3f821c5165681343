// What would have been, had the rules of a case had other zones. Nothing of it was recorded; it proves nothing about what happened.
//
// Both sides of the comparison are folded without what people and sites did about incidents (events, steps): those name incidents of
// the real zones, and would carry their ids over.
import type { OriginMessage } from '@vigie/log';
import { type Entry, type Item, type RecordedCase, type RecordedOrder, type ZoneInput, ok } from '@vigie/model';
import { compileOrder } from '@vigie/orders';
import { type ReplayedIncident, encodePayload, openItem, replayLog } from '@vigie/replica';
import { CouldNotRun } from '../process/could-not-run.ts';
import type { Source } from './replay-site.ts';

export interface WhatIf {
  readonly measure: string;
  readonly recorded: RecordedCase;
  readonly zones: ReadonlyMap<string, ZoneInput>;
  readonly reads?: (message: OriginMessage) => boolean;
}

export interface WhatIfDifference {
  /** Raised under the recorded zones only. */
  readonly gone: readonly ReplayedIncident[];
  /** Raised under the other zones only. */
  readonly added: readonly ReplayedIncident[];
  /** Raised under both, with another beginning, end or certainty. */
  readonly changed: readonly { readonly recorded: ReplayedIncident; readonly hypothetical: ReplayedIncident }[];
}

export async function whatIf(source: Source, o: WhatIf): Promise<WhatIfDifference> {
  const known = new Set(o.recorded.order.input.rules.map((rule) => rule.ruleId));
  for (const ruleId of o.zones.keys())
    if (!known.has(ruleId))
      throw new CouldNotRun(`--zones: the case has no rule ${ruleId}; its rules are ${[...known].join(', ')}`);
  const fold = async (rewrite: (entry: Entry) => Entry): Promise<Map<string, ReplayedIncident>> => {
    const { site, keys } = source;
    const options = { site, ...(o.reads === undefined ? {} : { reads: o.reads }) };
    const replay = await replayLog(rewritten(source.messages(), rewrite), keys, options);
    const own = replay.incidents.filter(({ measure }) => measure === o.measure);
    return new Map(own.map((incident) => [incident.incidentId, incident]));
  };
  const before = await fold(withoutAnswers);
  const after = await fold((entry) => withZones(withoutAnswers(entry), source, o));
  const changed = [...before.values()].flatMap((recorded) => {
    const hypothetical = after.get(recorded.incidentId);
    return hypothetical === undefined || isSame(recorded, hypothetical) ? [] : [{ recorded, hypothetical }];
  });
  return {
    gone: [...before.values()].filter(({ incidentId }) => !after.has(incidentId)),
    added: [...after.values()].filter(({ incidentId }) => !before.has(incidentId)),
    changed,
  };
}

const isSame = (a: ReplayedIncident, b: ReplayedIncident): boolean =>
  a.openedAtMs === b.openedAtMs && a.closedAtMs === b.closedAtMs && a.certainty === b.certainty;

async function* rewritten(
  messages: AsyncIterable<OriginMessage>,
  rewrite: (entry: Entry) => Entry,
): AsyncGenerator<OriginMessage> {
  for await (const message of messages)
    yield message.entry.ok ? { ...message, entry: ok(rewrite(message.entry.value)) } : message;
}

/** The entry keeps its place; it just says nothing. */
const withoutAnswers = (entry: Entry): Entry =>
  entry.kind === 'event' || entry.kind === 'step' ? { ...entry, items: [] } : entry;

function withZones(entry: Entry, source: Source, o: WhatIf): Entry {
  if (entry.kind !== 'case' && entry.kind !== 'order') return entry;
  if (!entry.items.some(({ measure }) => measure === o.measure)) return entry;
  const items: Item[] = [];
  for (const item of entry.items) {
    const opened = openItem(entry, item, source.keys);
    // Decisions stand alone in their entry; one that cannot be opened has no effect in either fold.
    if (!opened.ok || opened.value === undefined) return entry;
    const { value } = opened;
    if (value.kind === 'case') {
      const recorded = { ...value.recorded, order: otherZones(value.recorded.order, o) };
      items.push({ measure: item.measure, bytes: encodePayload('case', recorded) });
    } else if (value.kind === 'order') {
      const order = otherZones(value.order, o);
      items.push({ measure: item.measure, bytes: encodePayload('order', { order, by: value.by }) });
    }
  }
  return { ...entry, items, plain: true };
}

function otherZones(order: RecordedOrder, { recorded, zones }: WhatIf): RecordedOrder {
  const rules = order.input.rules.map((rule) => {
    const zone = zones.get(rule.ruleId);
    return zone === undefined ? rule : { ...rule, zone };
  });
  const { timezone, authority, canton = authority, devices } = recorded;
  const options = { timezone, canton, devices, baseRevision: order.baseRevision };
  const compiled = compileOrder({ ...order.input, rules }, options);
  if (compiled.ok) return compiled.value.recorded;
  const fields = compiled.error.fields ?? [];
  throw new CouldNotRun(`--zones: ${fields.map(({ field, reason }) => `${field} ${reason}`).join('; ')}`);
}
