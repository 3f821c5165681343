// The feed: CloudEvents in pages by cursor, or as they come. Recent events come from memory, older ones from rows.
import { POSITION_LENGTH_MAX, type VectorPosition, formatPosition, parsePosition } from '@vigie/model';
import type { PublishedEvent } from '@vigie/replica';
import { z } from 'zod';
import type { EventPage } from '../contract.ts';
import { limitOf } from '../http/cursor.ts';
import { awaitRows } from '../http/position.ts';
import { badQuery, problem, problemOf } from '../http/problem.ts';
import { type LiveReads, CASE_READERS, maySee, scopeOf } from '../http/reading.ts';
import type { Router } from '../http/route.ts';
import { refuseVoided } from '../http/voided.ts';
import type { ApiPorts } from '../ports.ts';
import { json } from '../schemas/basics.ts';
import { eventPageSchema } from '../schemas/incident.ts';
import type { Principal } from '../tokens.ts';
import { publishedEvent } from '../views/event.ts';
import { languageOf } from '../views/language.ts';
import { EventStream, STREAMS_MAX } from './event-stream.ts';
import { olderEvents } from './older-events.ts';

const cursor = z
  .string()
  .max(POSITION_LENGTH_MAX)
  .transform((text, ctx): VectorPosition => {
    const position = parsePosition(text);
    if (position.ok) return position.value;
    ctx.addIssue({ code: 'custom', message: position.error.fields?.[0]?.reason ?? 'is not a cursor' });
    return z.NEVER;
  });

export interface EventRoutes {
  closeStreams(): void;
}

export function eventRoutes(router: Router, reads: LiveReads): EventRoutes {
  const { ports } = router;
  const streams = new Set<EventStream>();

  router.route(
    {
      method: 'get',
      path: '/v1/events',
      summary:
        'Events after a cursor, or with `Accept: text/event-stream` everything from the cursor (or now) on. Ids and cursors are valid at both sites.',
      roles: CASE_READERS,
      query: z.object({ after: cursor.optional(), limit: limitOf(100, 500) }),
      headers: {
        Accept: 'application/json (default) or text/event-stream',
        'Last-Event-ID': 'For streams: the cursor of the last event seen.',
      },
      responses: {
        200: {
          ...json('A page, or the stream.', eventPageSchema),
          content: {
            'application/json': { schema: eventPageSchema },
            'text/event-stream': { schema: z.string() },
          },
        },
        410: { description: 'The cursor points into a voided branch; resumeFrom says where to go on.' },
      },
    },
    async ({ c, who, query }) => {
      const language = languageOf(c.req.header('accept-language'));
      if ((c.req.header('accept') ?? '').includes('text/event-stream')) {
        const header = c.req.header('last-event-id');
        const parsed = header === undefined ? undefined : cursor.safeParse(header);
        if (parsed?.success === false)
          return badQuery([{ field: 'Last-Event-ID', reason: parsed.error.issues[0]?.message ?? 'is not a cursor' }]);
        if (streams.size >= STREAMS_MAX) return problem('overloaded', { detail: `${STREAMS_MAX} streams are open` });
        const after = parsed?.data ?? query.after ?? ports.replica.received();
        const voided = refuseVoided(ports, after);
        if (voided !== undefined) return voided;
        if (!(await reads.record(scopeOf(who), 'event-stream', visibleMeasures(ports, who))))
          return problem('store-unavailable');
        const stream: EventStream = new EventStream(
          {
            ports,
            language,
            visible: (event: PublishedEvent) => maySee(who, event.authority),
            expiresMs: who.expiresMs,
            after,
            older: (from, limit) => olderEvents(ports, who, language, from, limit),
          },
          () => streams.delete(stream),
        );
        streams.add(stream);
        return new Response(stream.body, {
          headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
        });
      }
      const after = query.after ?? {};
      const voided = refuseVoided(ports, after);
      if (voided !== undefined) return voided;
      const ring = ports.replica.events(after, query.limit);
      if (!ring.truncated) {
        const seen = ring.events.filter((event) => maySee(who, event.authority));
        if (
          !(await reads.record(
            scopeOf(who),
            'events',
            seen.map((event) => event.measure),
          ))
        )
          return problem('store-unavailable');
        return c.json({
          events: seen.map((event) => publishedEvent(ports, event, language)),
          next: formatPosition(ring.next),
        } satisfies EventPage);
      }
      const rows = await awaitRows(ports, c);
      if (!rows.ok) return problemOf(rows.error);
      const older = await olderEvents(ports, who, language, after, query.limit);
      if (!older.ok) return problemOf(older.error);
      return c.json({ events: older.value.events, next: formatPosition(older.value.next) } satisfies EventPage);
    },
  );

  return {
    closeStreams: () => {
      for (const stream of streams) stream.close();
    },
  };
}

function visibleMeasures(ports: Pick<ApiPorts, 'replica'>, who: Principal): string[] {
  const measures: string[] = [];
  for (const measure of ports.replica.measures()) {
    const view = ports.replica.caseView(measure);
    if (view !== undefined && maySee(who, view.recorded.authority)) measures.push(measure);
  }
  return measures;
}
