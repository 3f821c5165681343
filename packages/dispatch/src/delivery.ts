// One event on its way to one receiver, as this site sees it. Times are milliseconds of the site's clock.
import type { SiteId } from '@vigie/model';
import type { Alarm } from './alarm.ts';
import type { Receiver } from './receivers.ts';
import { HANDOVER_MS, tryAgainMs, turnMs } from './turns.ts';

export class Delivery {
  readonly alarm: Alarm;
  readonly receiver: Receiver;
  readonly knownAtMs: number;
  /** 0: nobody has tried, as far as is known here. */
  turn = 0;
  holder: SiteId | undefined;
  sinceMs = 0;
  /** This site does something about it then. */
  dueMs: number;
  /** A try of this site is under way. */
  busy = false;
  /** In this turn. */
  failed = 0;
  /** Of this site, in all turns. */
  tries = 0;
  /** It may be one of many: others are waited for until then, and told with it. Undefined: nobody has waited yet. */
  gatheredMs: number | undefined;
  /** The receiver does not take several at a time. */
  alone = false;
  /** The attempt of this turn, on its way into the log. */
  stored: Promise<void> | undefined;
  /** The log says that it is delayed. */
  delayed = false;

  constructor(alarm: Alarm, receiver: Receiver, nowMs: number, dueMs: number) {
    this.alarm = alarm;
    this.receiver = receiver;
    this.knownAtMs = nowMs;
    this.dueMs = dueMs;
  }

  get key(): string {
    return keyOf(this.alarm.id, this.receiver.id);
  }
  get turnEndMs(): number {
    return this.turn === 0 ? this.dueMs : this.sinceMs + turnMs(this.turn);
  }

  begin(turn: number, holder: SiteId, atMs: number): void {
    this.turn = turn;
    this.holder = holder;
    this.sinceMs = atMs;
    this.failed = 0;
    this.dueMs = this.turnEndMs;
  }

  /** A try of this site has failed: again in this turn, or, when it is over, once the other site has had time to begin its own. */
  hasFailed(nowMs: number, joined: boolean): void {
    this.failed++;
    const again = nowMs + tryAgainMs(this.failed);
    this.dueMs = again < this.turnEndMs ? again : Math.max(nowMs, this.turnEndMs) + (joined ? HANDOVER_MS : 0);
  }
}

export const keyOf = (alarmId: string, receiverId: string): string => `${alarmId} ${receiverId}`;
