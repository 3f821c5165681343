// Reads one stream in order from a sequence on: a push consumer with flow control, made again whenever a message is missing or
// nothing was heard. Not the client's ordered push consumer: that one answers flow control before the reader has taken anything, and
// is made anew only after two missed heartbeats, where here a line that heals asks at once (`wake`).
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { type Msg, type NatsConnection, type Subscription, createInbox, nanos } from '@nats-io/transport-node';
import { JetStreamApi } from './api.ts';

/** Often enough to notice a consumer that the server forgot, seldom enough to cost nothing. */
const IDLE_HEARTBEAT_MS = 2000;
const SILENT_MS = 3 * IDLE_HEARTBEAT_MS + 500;
/** A server that should have said something for this long is asked anew when there is a reason to. */
const DOUBTFUL_MS = IDLE_HEARTBEAT_MS + 500;
const RETRY_MS = 250;
const CREATE_TIMEOUT_MS = 1000;
const INACTIVE_MS = 10_000;
/**
 * Messages delivered in one turn of the event loop. A socket is read for megabytes at a time, and at a heal that is thousands of messages of
 * about 0.1 ms each: devices would wait for all of them.
 */
const DELIVERED_PER_TURN_MAX = 48;

export interface StreamMessage {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** The reply subject, which holds when the server stored it: `storedAtUs`. */
  readonly reply: string;
}

export interface StreamReaderOptions {
  readonly nc: NatsConnection;
  readonly stream: string;
  /** Of another server, reached over the leaf node. */
  readonly domain?: string;
  /** The first sequence to deliver. */
  readonly from: number;
  readonly deliver: (message: StreamMessage) => void;
  /** True: enough is waiting; the server is answered when `ready()` is called. */
  readonly isFull: () => boolean;
}

export class StreamReader {
  readonly #o: StreamReaderOptions;
  readonly #api: JetStreamApi;
  #next: number;
  #subscription: Subscription | undefined;
  #consumer: string | undefined;
  #heardAt = 0;
  /** The sequence that was asked for, and something behind it came. */
  #missed = 0;
  #held: Msg | undefined;
  /** Taken and not delivered: beyond what one turn delivers. */
  #queue: StreamMessage[] = [];
  #left = DELIVERED_PER_TURN_MAX;
  #turn: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #making = false;
  /** An answer to an earlier attempt is too late. */
  #attempt = 0;
  #attemptAt = 0;

  constructor(o: StreamReaderOptions) {
    this.#o = o;
    this.#api = new JetStreamApi(o.nc, o.domain);
    this.#next = o.from;
    void this.#make();
  }

  get next(): number {
    return this.#next;
  }

  /** What was waiting is taken: the server may send on. */
  ready(): void {
    if (this.#queue.length > 0) return;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && !this.#o.nc.isClosed()) answerFlowControl(this.#o.nc, held);
  }

  /**
   * The line is there again: a consumer that was not heard of for a while is made anew at once. What was asked before that got lost with
   * the line: nobody waits for its answer.
   */
  wake(): void {
    const now = performance.now();
    if (this.#consumer !== undefined && now - this.#heardAt <= DOUBTFUL_MS) return;
    if (now - this.#attemptAt > RETRY_MS) this.#making = false;
    void this.#make();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#queue = [];
    this.#drop();
  }

  async #make(): Promise<void> {
    if (this.#stopped || this.#making || this.#o.nc.isClosed()) return;
    this.#making = true;
    const attempt = ++this.#attempt;
    this.#attemptAt = performance.now();
    this.#drop();
    const inbox = createInbox();
    this.#subscription = this.#o.nc.subscribe(inbox, {
      // An error is the subscription's end; the watch makes a new one when nothing is heard.
      callback: (error, message) => {
        if (error === null) this.#take(message);
      },
    });
    const config = {
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#next,
      ack_policy: AckPolicy.None,
      max_deliver: 1,
      flow_control: true,
      idle_heartbeat: nanos(IDLE_HEARTBEAT_MS),
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
    };
    const made = await this.#api.addConsumer(this.#o.stream, config, CREATE_TIMEOUT_MS);
    if (attempt !== this.#attempt) {
      if (made.ok) this.#forget(made.value);
      return;
    }
    this.#making = false;
    if (this.#stopped) {
      if (made.ok) this.#consumer = made.value;
      this.#drop();
      return;
    }
    this.#heardAt = performance.now();
    this.#consumer = made.ok ? made.value : undefined;
    this.#watch(made.ok ? IDLE_HEARTBEAT_MS : RETRY_MS);
  }

  #watch(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#o.nc.isClosed()) return;
    this.#timer = setTimeout(() => {
      const silent = this.#held === undefined && performance.now() - this.#heardAt > SILENT_MS;
      if (this.#consumer === undefined || silent) void this.#make();
      else this.#watch(IDLE_HEARTBEAT_MS);
    }, ms);
  }

  #drop(): void {
    this.#held = undefined;
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    const name = this.#consumer;
    this.#consumer = undefined;
    if (name !== undefined) this.#forget(name);
  }
  /** Best effort: the server forgets it by itself after INACTIVE_MS without interest. */
  #forget(consumer: string): void {
    if (!this.#o.nc.isClosed()) void this.#api.dropConsumer(this.#o.stream, consumer);
  }

  #take(message: Msg): void {
    this.#heardAt = performance.now();
    if (message.headers?.code === 100) {
      this.#control(message);
      return;
    }
    const seq = streamSequence(message.reply ?? '');
    if (seq < this.#next) return;
    if (seq > this.#next) {
      // Once at once: something was lost on the way. Again: the stream does not have it, and asking changes nothing.
      if (this.#missed === this.#next) this.#drop();
      else void this.#make();
      this.#missed = this.#next;
      return;
    }
    this.#next++;
    this.#turn ??= setImmediate(() => this.#nextTurn());
    const taken = { seq, bytes: message.data, reply: message.reply ?? '' };
    if (this.#left > 0 && this.#queue.length === 0) this.#deliver(taken);
    else this.#queue.push(taken);
  }
  #nextTurn(): void {
    this.#turn = undefined;
    this.#left = DELIVERED_PER_TURN_MAX;
    const due = this.#queue.splice(0, DELIVERED_PER_TURN_MAX);
    if (due.length === 0) return;
    this.#turn = setImmediate(() => this.#nextTurn());
    for (const message of due) {
      if (this.#stopped) return;
      this.#deliver(message);
    }
    if (!this.#o.isFull()) this.ready();
  }
  #deliver(message: StreamMessage): void {
    this.#left--;
    try {
      this.#o.deliver(message);
    } catch (error) {
      // A programmer error of the reader: the client would swallow it, and the reader would miss an entry.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #control(message: Msg): void {
    if (message.reply) {
      if (this.#queue.length > 0 || this.#o.isFull()) this.#held = message;
      else answerFlowControl(this.#o.nc, message);
      return;
    }
    const stalled = message.headers?.get('Nats-Consumer-Stalled');
    if (stalled && this.#held === undefined) this.#o.nc.publish(stalled);
  }
}

function answerFlowControl(nc: NatsConnection, message: Msg): void {
  if (message.reply) nc.publish(message.reply);
}

/** `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>...`, or with domain and account before the stream. */
function streamSequence(reply: string): number {
  const tokens = reply.split('.');
  return Number(tokens.length >= 11 ? tokens[7] : tokens[5]);
}

/** Microseconds since the Unix epoch, by the clock of the server that stored it; the token is in nanoseconds. */
export function storedAtUs({ reply }: StreamMessage): number | undefined {
  const tokens = reply.split('.');
  const token = tokens.length >= 11 ? tokens[9] : tokens[7];
  return token === undefined || !/^\d{16,19}$/.test(token) ? undefined : Number(BigInt(token) / 1000n);
}
