// What the other site takes for its clock, asked over the line between the log servers (L5).
import type { NatsConnection } from '@nats-io/transport-node';
import type { SiteId } from '@vigie/model';
import type { SiteClock } from '../types.ts';

/** A site that starts alone must not wait long for an answer that does not come. */
const ANSWER_MS = 250;

const subject = (site: SiteId): string => `clock.${site}`;

export function tellClock(nc: NatsConnection, site: SiteId, clock: SiteClock): void {
  nc.subscribe(subject(site), { callback: (_, message) => void message?.respond(String(clock.nowUs())) });
}

/** The other site's clock minus ours, microseconds, half a round trip uncertain; undefined: not reachable. */
export async function askSkew(nc: NatsConnection, other: SiteId, clock: SiteClock): Promise<number | undefined> {
  const before = clock.nowUs();
  try {
    const answer = await nc.request(subject(other), undefined, { timeout: ANSWER_MS });
    const theirs = Number(answer.string());
    return Number.isSafeInteger(theirs) ? theirs - (before + clock.nowUs()) / 2 : undefined;
  } catch {
    return undefined; // nobody there, or no answer in time: the value says so
  }
}
