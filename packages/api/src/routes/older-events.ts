// Events that memory no longer holds, after a restart or a long absence of the client: from rows, up to where memory goes on.
import { type Result, type VectorPosition, laterOf, ok } from '@vigie/model';
import { authorityOf, scopeOf } from '../http/reading.ts';
import type { ApiPorts } from '../ports.ts';
import type { Language, VigieEvent } from '../contract.ts';
import type { Principal } from '../tokens.ts';
import { storedEvent } from '../views/event.ts';

export interface OlderEvents {
  readonly events: readonly VigieEvent[];
  readonly next: VectorPosition;
}

export async function olderEvents(
  ports: ApiPorts,
  who: Principal,
  language: Language,
  after: VectorPosition,
  limit: number,
): Promise<Result<OlderEvents>> {
  // Taken before the read: the rows hold all of this.
  const held = ports.projector.projected();
  const read = await ports.reader.events(scopeOf(who), { authority: authorityOf(who), after, limit });
  if (!read.ok) return read;
  const { events, next, more } = read.value;
  return ok({
    events: events.map((event) => storedEvent(ports, event, language)),
    // At the end of the rows the cursor moves to where they reach, or a feed without news would never come to memory.
    next: more ? next : laterOf(next, held),
  });
}
