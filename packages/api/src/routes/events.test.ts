// The live feed as clients at either site get it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fail, parsePosition } from '@vigie/model';
import type { PublishedEvent } from '@vigie/replica';
import type { VigieEvent } from '../contract.ts';
import { CENTER, FAR, ask, newCase, reportAt } from '../testing/client.ts';
import { TOKENS, type TestSite, TwoSites, doorsOf } from '../testing/two-sites.ts';
import { EventStream, STREAM_QUEUE_MAX } from './event-stream.ts';

const older = () => Promise.resolve(fail('store-unavailable', 'no database'));

let two: TwoSites;
beforeAll(async () => {
  two = await TwoSites.start();
});
afterAll(() => two.close());

interface Message {
  readonly id: string | undefined;
  readonly event: VigieEvent;
}
/** A stream as a client reads it. */
class Client {
  readonly messages: Message[] = [];
  readonly comments: string[] = [];
  ended = false;
  readonly #abort = new AbortController();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  constructor(response: Response) {
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
    void this.#read();
  }
  static async open(site: TestSite, token: string, lastEventId?: string): Promise<Client> {
    const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${token}` };
    const response = await site.api.fetch(
      new Request('http://site.test/v1/events', {
        headers: { ...headers, ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }) },
      }),
    );
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return new Client(response);
  }
  get cursor(): string | undefined {
    return this.messages.findLast((message) => message.id !== undefined)?.id;
  }
  async close(): Promise<void> {
    await this.#reader.cancel();
  }
  async #read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    while (!this.#abort.signal.aborted) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block.split('\n'));
    }
    this.ended = true;
  }
  #take(lines: readonly string[]): void {
    this.comments.push(...lines.filter((line) => line.startsWith(':')));
    const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
    const id = lines.find((line) => line.startsWith('id: '))?.slice(4);
    if (data !== undefined) this.messages.push({ id, event: JSON.parse(data) as VigieEvent });
  }
}

async function alarm(site: 'noirmont' | 'delemont', caseId: string, authority = 'JU'): Promise<void> {
  const created = await ask(two.at(site).api, '/v1/cases', {
    token: TOKENS.operator,
    body: newCase(caseId, authority),
  });
  if (created.status !== 201) throw new Error(created.text);
  await two.report(site, caseId, [reportAt(caseId, 1, FAR, Date.now() - 2000), reportAt(caseId, 2, CENTER)]);
}
const ofCase = (client: Client, caseId: string) =>
  client.messages.filter((m) => m.event.data.incident?.caseId === caseId);
const ids = (messages: readonly Message[]) => messages.map((m) => m.event.id).toSorted();

test('[D1] a stream gives every event as it comes, at both sites the same ids, and a canton only its own', async () => {
  const clients = [
    await Client.open(two.noirmont, TOKENS.operator),
    await Client.open(two.delemont, TOKENS.operator),
    await Client.open(two.delemont, TOKENS.JU),
  ] as const;
  const [here, there, jura] = clients;
  await alarm('noirmont', 'stream-ju', 'JU');
  await alarm('delemont', 'stream-be', 'BE');
  await two.until(() =>
    [here, there].every((c) => ofCase(c, 'stream-ju').length >= 2 && ofCase(c, 'stream-be').length >= 2),
  );
  expect(ids(here.messages)).toEqual(ids(there.messages));
  await two.until(() => ofCase(jura, 'stream-ju').length === 2);
  expect(JSON.stringify(jura.messages)).not.toContain('stream-be');
  const [early] = ofCase(here, 'stream-ju');
  expect(early?.event).toMatchObject({
    specversion: '1.0',
    source: '/sites/noirmont',
    type: 'vigie.incident.early',
    data: {
      incident: { caseId: 'stream-ju', kind: 'exclusion', reason: { sentence: { fr: 'fr: inside_exclusion' } } },
      step: { step: 'early', by: null },
    },
  });
  for (const client of clients) await client.close();
});

test('[L18] a stream goes on at the other site from the cursor of the last event, without a hole and without a repeat', async () => {
  const first = await Client.open(two.noirmont, TOKENS.operator);
  await alarm('noirmont', 'move-1');
  await two.until(() => ofCase(first, 'move-1').length === 2);
  await first.close();
  await alarm('noirmont', 'move-2');
  await two.until(
    () => two.delemont.replica.events(undefined, 1000).events.filter((e) => e.caseId === 'move-2').length >= 2,
  );
  const second = await Client.open(two.delemont, TOKENS.operator, first.cursor);
  await two.until(() => ofCase(second, 'move-2').length === 2);
  expect(ofCase(second, 'move-1')).toEqual([]);
  await second.close();
});

test('pages: the whole feed in steps of two is the whole feed at once; the cursor of one site is good at the other', async () => {
  const token = TOKENS.operator;
  const whole = await ask(two.noirmont.api, '/v1/events?limit=500', { token });
  const seen: string[] = [];
  let after = '';
  for (let turn = 0; ; turn++) {
    const site = turn % 2 === 0 ? two.noirmont : two.delemont;
    const page = await ask(site.api, `/v1/events?limit=2&after=${after}`, { token });
    seen.push(...page.body.events.map((event: VigieEvent) => event.id));
    after = page.body.next;
    if (page.body.events.length === 0) break;
  }
  expect(new Set(seen)).toEqual(new Set(whole.body.events.map((event: VigieEvent) => event.id)));
  expect(seen.length).toBeGreaterThan(5);
});

test('a client that does not read is let go with the cursor to resume from, and holds nothing after', async () => {
  const { ports } = two.noirmont;
  const listeners = new Set<(event: PublishedEvent) => void>();
  // The real replica but for one door, through which this test publishes more than a client can take.
  const replica = {
    ...doorsOf(ports.replica),
    onEvent: (listener: (event: PublishedEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const [event] = two.noirmont.replica.events(undefined, 1).events;
  if (event === undefined) throw new Error('no event was published');
  const after = two.noirmont.replica.received();
  let closed = 0;
  const stream = new EventStream(
    { ports: { ...ports, replica }, visible: () => true, language: 'fr', after, older },
    () => closed++,
  );
  for (let i = 0; i < STREAM_QUEUE_MAX + 5; i++) {
    for (const listener of listeners) listener({ ...event, vector: { ...event.vector } });
    await Promise.resolve();
  }
  expect([closed, listeners.size]).toEqual([1, 0]);
  const text = await new Response(stream.body).text();
  expect(text.length).toBeGreaterThan(1000);
  const cursor = /: closed, too slow; resume with Last-Event-ID (\S+)\n\n$/.exec(text)?.[1];
  expect(parsePosition(cursor ?? 'none').ok).toBe(true);
});

test('[L18] of events that share a cursor only the last one carries it: a client cut off between them asks for both again', async () => {
  const { ports } = two.noirmont;
  const [event] = two.noirmont.replica.events(undefined, 1).events;
  if (event === undefined) throw new Error('no event was published');
  let publish: (event: PublishedEvent) => void = () => {};
  const onEvent = (listener: (event: PublishedEvent) => void) => {
    publish = listener;
    return () => {};
  };
  const replica = { ...doorsOf(ports.replica), onEvent };
  const after = two.noirmont.replica.received();
  const stream = new EventStream(
    { ports: { ...ports, replica }, visible: () => true, language: 'fr', after, older },
    () => {},
  );
  const client = new Client(new Response(stream.body));
  publish(event);
  publish(event);
  publish({ ...event, vector: { ...event.vector } });
  await two.until(() => client.messages.length === 3);
  expect(client.messages.map((message) => message.id !== undefined)).toEqual([false, true, true]);
  stream.close();
});

test('a quiet stream says that it lives; a site that stops lets its clients go at once', async () => {
  const { ports } = two.noirmont;
  const stream = new EventStream(
    { ports, visible: () => true, language: 'fr', after: two.noirmont.replica.received(), older, heartbeatMs: 20 },
    () => {},
  );
  const client = new Client(new Response(stream.body));
  await two.until(() => client.comments.filter((comment) => comment === ': still here').length >= 2);
  stream.close();
  await two.until(() => client.ended);
  expect(client.comments.at(-1)).toContain('resume with Last-Event-ID');
});

test('a stream ends with its token, quiet or not', async () => {
  const { ports } = two.noirmont;
  const [event] = two.noirmont.replica.events(undefined, 1).events;
  if (event === undefined) throw new Error('no event was published');
  for (const heartbeatMs of [20, 60_000]) {
    let nowMs = 1_000;
    let publish: (event: PublishedEvent) => void = () => {};
    const onEvent = (listener: (event: PublishedEvent) => void) => {
      publish = listener;
      return () => {};
    };
    const replica = { ...doorsOf(ports.replica), onEvent };
    const after = two.noirmont.replica.received();
    const options = { visible: () => true, language: 'fr', after, older, heartbeatMs, expiresMs: 2_000 } as const;
    const stream = new EventStream({ ports: { ...ports, replica, nowMs: () => nowMs }, ...options }, () => {});
    const client = new Client(new Response(stream.body));
    publish(event);
    await two.until(() => client.messages.length === 1);
    nowMs = 2_000;
    if (heartbeatMs > 1_000) publish(event);
    await two.until(() => client.ended);
    expect(client.comments.at(-1)).toContain('the token has expired; resume with Last-Event-ID');
    expect(client.messages.length).toBe(1);
  }
});

test('[L18] a cursor past the end that an admit gave an epoch is 410, with the position to resume from', async () => {
  const before = two.noirmont.replica.received().noirmont?.epoch ?? '';
  two.cluster.stopServer('noirmont');
  two.cluster.startServer('noirmont');
  const end = () => two.noirmont.replica.merge.epochs().find((one) => one.epoch === before)?.lastSeq;
  await two.until(() => end() !== undefined);
  const good = await ask(two.noirmont.api, `/v1/events?after=noirmont.${before}:${end()}`, { token: TOKENS.operator });
  expect(good.status).toBe(200);
  const cursor = `noirmont.${before}:${(end() ?? 0) + 1}`;
  for (const headers of [{}, { Accept: 'text/event-stream' }]) {
    const voided = await ask(two.noirmont.api, `/v1/events?after=${cursor}`, { token: TOKENS.operator, headers });
    expect(voided).toMatchObject({
      status: 410,
      body: { type: 'urn:vigie:problem:position-voided', resumeFrom: `noirmont.${before}:${end()}` },
    });
  }
});

test('a cursor that is none is refused', async () => {
  const headers = { Accept: 'text/event-stream', 'Last-Event-ID': 'yesterday' };
  const answer = await ask(two.noirmont.api, '/v1/events', { token: TOKENS.operator, headers });
  expect(answer).toMatchObject({ status: 400, body: { fields: [{ field: 'Last-Event-ID' }] } });
});
