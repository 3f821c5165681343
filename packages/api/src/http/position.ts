// Positions in headers (L18): what an answer rests on, and what a request wants it to rest on.
import { type Result, type VectorPosition, fail, formatPosition, ok, parsePosition } from '@vigie/model';
import type { Context } from 'hono';
import type { ApiPorts } from '../ports.ts';
import type { Env } from './route.ts';
import { badQuery, problem } from './problem.ts';
import { refuseVoided } from './voided.ts';

const MIN_POSITION_WAIT_MS = 2_000;
/** Without a wish a read still waits this long for rows of what has been received: people read what they have just written. */
const FRESH_WAIT_MS = 1_000;

export interface MinPosition {
  readonly position: VectorPosition;
  /** By `performance.now()`. */
  readonly untilMs: number;
}

/** Reads and waits for Vigie-Min-Position; the answer is a refusal, or undefined when all is well. */
export async function awaitMinPosition(ports: ApiPorts, c: Context<Env>): Promise<Response | undefined> {
  const header = c.req.header('vigie-min-position');
  if (header === undefined) return undefined;
  const asked = parsePosition(header);
  if (!asked.ok)
    return badQuery((asked.error.fields ?? []).map((field) => ({ ...field, field: 'Vigie-Min-Position' })));
  const voided = refuseVoided(ports, asked.value);
  if (voided !== undefined) return voided;
  c.set('min', { position: asked.value, untilMs: performance.now() + MIN_POSITION_WAIT_MS });
  const reached = await ports.replica.whenReceived(asked.value, MIN_POSITION_WAIT_MS);
  return reached ? undefined : problem('position-unreachable');
}

/** Before a read of rows: waits until they hold what was asked for, and says in the answer what they hold at least. */
export async function awaitRows(ports: ApiPorts, c: Context<Env>): Promise<Result<void>> {
  const { projector, replica } = ports;
  const min = c.get('min');
  // With the database away there is nothing to wait for; the read itself will say so.
  if (projector.status().failures === 0) {
    if (min === undefined) await projector.whenProjected(replica.receivedOnDisk(), FRESH_WAIT_MS);
    else if (!(await projector.whenProjected(min.position, Math.max(1, min.untilMs - performance.now()))))
      return fail('position-unreachable', 'the rows do not reach the position yet');
  }
  c.set('position', formatPosition(projector.projected()));
  return ok(undefined);
}
