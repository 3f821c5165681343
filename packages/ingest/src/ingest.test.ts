import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppendResult } from '@vigie/log';
import { ITEM_OVERHEAD_BYTES, UPLOAD_BYTES_MAX, UPLOAD_REPORTS_MAX, encodeReportBatch, seqOf } from '@vigie/model';
import { HttpPeerIngest } from './forward.ts';
import { APPENDS_IN_FLIGHT_MAX } from './limits.ts';
import { MEASURE, NOW_MS, TestLog, type TestSite, device, fix, startTestSite } from './testing.ts';

let site: TestSite;
beforeEach(async () => {
  site = await startTestSite();
});
afterEach(async () => {
  await site.close();
});
const upload = (...reports: unknown[]) => ({ deviceId: 'bracelet-1', reports });

describe('what a device is told', () => {
  test('[L14] an upload is answered with its place and how durable it is', async () => {
    const { status, body, headers } = await site.upload(upload(fix(1), fix(2)));
    expect(status).toBe(200);
    expect(body).toEqual({ accepted: 2, duplicates: 0, rejected: [], durable: 'both', position: 'noirmont.1-test:1' });
    expect(headers.get('vigie-position')).toBe('noirmont.1-test:1');
    expect(site.log.reports()).toEqual([`1.1@${NOW_MS - 59_000}`, `1.2@${NOW_MS - 58_000}`]);
    expect(site.log.stored[0]?.items[0]?.measure).toBe(MEASURE);
  });
  test('[L14] an entry that the other site does not hold is durable at one site', async () => {
    site.log.seen = false;
    expect((await site.upload(upload(fix(1)))).body['durable']).toBe('site');
  });
  test('a bad report is refused by name and the good ones of its upload are kept', async () => {
    const bad = fix(2, { lat: 91 });
    const { status, body } = await site.upload(upload(fix(1), bad, 'x', fix(3, { at: 'yesterday' }), fix(4)));
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(body['rejected']).toEqual([
      { index: 1, field: 'lat', reason: expect.stringContaining('-90 to 90') },
      { index: 2, field: '', reason: 'must be an object' },
      { index: 3, field: 'at', reason: expect.stringContaining('RFC 3339') },
    ]);
    expect(site.log.reports()).toHaveLength(2);
    expect(site.refused.map(({ field, raw }) => [field, Buffer.from(raw).toString()])).toEqual([
      ['lat', JSON.stringify(bad)],
      ['', '"x"'],
      ['at', JSON.stringify(fix(3, { at: 'yesterday' }))],
    ]);
  });
  test('a fix time far in the future or before the year 2000 is refused', async () => {
    const late = new Date(NOW_MS + 25 * 3_600_000).toISOString();
    const { body } = await site.upload(upload(fix(1, { at: late }), fix(2, { at: '1999-12-31T23:59:59Z' }), fix(3)));
    expect(body).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 0, field: 'at' },
        { index: 1, field: 'at' },
      ],
    });
  });
  test('a case of recorded tracks takes fix times as far ahead as it says', async () => {
    site.devices.set('token-1', device('bracelet-1', { aheadMs: 10 * 86_400_000 }));
    const days = (n: number) => new Date(NOW_MS + n * 86_400_000).toISOString();
    const { body } = await site.upload(upload(fix(1, { at: days(9.9) }), fix(2, { at: days(10.1) })));
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 1, field: 'at' }] });
  });
  test('reports after the end of a measure are refused with the reason, and nothing of them is kept', async () => {
    site.devices.set('token-1', device('bracelet-1', { ended: true }));
    const { status, body } = await site.upload(upload(fix(1), { at: 'x' }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 0, durable: 'site' });
    expect(body['rejected']).toHaveLength(2);
    expect([site.log.stored.length, site.refused.length]).toEqual([0, 0]);
    expect(site.notes).toMatchObject([{ kind: 'measure-ended', measure: MEASURE }]);
  });
  test('a large upload becomes several items and stays one answer', async () => {
    const reports = Array.from({ length: UPLOAD_REPORTS_MAX }, (_, i) => fix(i));
    const { body } = await site.upload(upload(...reports));
    expect(body).toMatchObject({ accepted: UPLOAD_REPORTS_MAX, durable: 'both' });
    expect(new Set(site.log.reports()).size).toBe(UPLOAD_REPORTS_MAX);
  });
});

describe('problem documents', () => {
  test.for([
    { name: 'JSON that breaks off', body: '{"deviceId":"bracelet-1","reports":[{', status: 400, says: 'at byte 37' },
    { name: 'a stray byte', body: '{"deviceId":"é" x}', status: 400, says: 'at byte 17' },
    { name: 'bytes that are not UTF-8', body: new Uint8Array([0x22, 0xff, 0x22]), status: 400, says: 'at byte 1' },
    { name: 'an empty body', body: '', status: 400, says: 'at byte 0' },
    { name: 'a million opening brackets', body: '['.repeat(1_000_000), status: 400, says: 'at byte 1000000' },
    { name: 'a list', body: '[]', status: 422, says: 'must be an object' },
    { name: 'no device', body: '{"reports":[]}', status: 422, says: 'deviceId must be a string' },
    {
      name: 'reports that are no list',
      body: '{"deviceId":"bracelet-1","reports":{}}',
      status: 422,
      says: 'reports must',
    },
    { name: 'another device', body: '{"deviceId":"bracelet-2","reports":[]}', status: 403, says: 'another device' },
  ])('$name is answered $status and says where', async ({ body, status, says }) => {
    const answer = await site.upload(body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body['detail']).toContain(says);
    expect(site.log.stored).toHaveLength(0);
  });
  test('an unknown token is answered 401', async () => {
    const answer = await site.upload(upload(fix(1)), 'token-2');
    expect(answer.status).toBe(401);
    expect(answer.body['type']).toBe('urn:vigie:problem:unauthenticated');
  });
  test('[L12] while the other site may know more, an unknown token is answered 503 to try again, and a known one is taken', async () => {
    const behind = await startTestSite({ knowsAll: () => false });
    try {
      const answer = await behind.upload(upload(fix(1)), 'token-2');
      expect(answer.status).toBe(503);
      expect(answer.body['type']).toBe('urn:vigie:problem:starting');
      expect(answer.headers.get('retry-after')).toBe('1');
      expect((await behind.upload(upload(fix(1)))).status).toBe(200);
    } finally {
      await behind.close();
    }
  });
  test('an upload of 10 MB is answered 413 with the bound, and the connection stays usable', async () => {
    const answer = await site.upload(`"${'x'.repeat(10_000_000)}"`);
    expect(answer.status).toBe(413);
    expect(JSON.stringify(answer.body)).toContain(String(UPLOAD_BYTES_MAX));
    expect((await site.upload(upload(fix(1)))).status).toBe(200);
  });
  test('100,000 reports in one upload are answered 413 with the bound, and none is stored', async () => {
    const answer = await site.upload(`{"deviceId":"bracelet-1","reports":[${'{},'.repeat(99_999)}{}]}`);
    expect(answer.status).toBe(413);
    expect(JSON.stringify(answer.body)).toContain(String(UPLOAD_REPORTS_MAX));
    expect(site.log.stored).toHaveLength(0);
  });
  test('raw bytes of an upload that is not JSON go to quarantine', async () => {
    await site.upload('{"half":');
    expect(site.refused.map(({ raw }) => Buffer.from(raw).toString())).toEqual(['{"half":']);
  });
});

describe('repeats', () => {
  test('[L15] a repeat is not stored again and has the durability of its original', async () => {
    site.log.seen = false;
    await site.upload(upload(fix(1)));
    site.log.seen = true;
    const { body } = await site.upload(upload(fix(1)));
    expect(body).toMatchObject({ accepted: 0, duplicates: 1, durable: 'site', position: 'noirmont.1-test:1' });
    expect(site.log.stored).toHaveLength(1);
  });
  test('[L15] the same name with other content is stored', async () => {
    await site.upload(upload(fix(1)));
    const { body } = await site.upload(upload(fix(1, { lat: 47.3 })));
    expect(body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(site.log.reports()).toHaveLength(2);
  });
  test('[L15] without boot and seq the content is the name', async () => {
    const nameless = { ...fix(1), boot: undefined, seq: undefined };
    const { body } = await site.upload(upload(nameless, nameless, { ...nameless, lat: 47.3 }));
    expect(body).toMatchObject({ accepted: 2, duplicates: 1 });
  });
  test('a repeat whose original failed is stored', async () => {
    site.log.reachable = false;
    site.log.next = () => Promise.resolve({ kind: 'unknown', detail: 'gone' });
    expect((await site.upload(upload(fix(1)))).status).toBe(503);
    site.log.next = (_draft, store) => Promise.resolve(store());
    expect((await site.upload(upload(fix(1)))).body).toMatchObject({ accepted: 1, duplicates: 0 });
  });
  test('[L10] a repeat of what only an ended epoch held is stored again', async () => {
    site.log.seen = false;
    await site.upload(upload(fix(1)));
    site.log.epoch = '2-test';
    expect((await site.upload(upload(fix(1)))).body).toMatchObject({ accepted: 1, duplicates: 0 });
  });
  test('a report that the fold knows but ingest forgot is stored and counted as a repeat', async () => {
    const other = await startTestSite({ knowsReport: (_m, _d, boot, seq) => boot === 1 && seq === 1 });
    expect((await other.upload(upload(fix(1), fix(2)))).body).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(other.log.reports()).toHaveLength(2);
    await other.close();
  });
});

describe('group commit and faults of the log', () => {
  test('[L3] uploads that wait while appends are in flight travel in one entry', async () => {
    const hold: (() => void)[] = [];
    site.log.next = (_draft, store) => new Promise((resolve) => hold.push(() => resolve(store())));
    const answers: Promise<unknown>[] = [];
    for (let seq = 1; seq <= APPENDS_IN_FLIGHT_MAX; seq++) {
      answers.push(site.upload(upload(fix(seq))));
      await expect.poll(() => hold.length).toBe(seq);
    }
    for (let seq = 10; seq < 30; seq++) answers.push(site.upload(upload(fix(seq))));
    const itemBytes = encodeReportBatch('bracelet-1', []).length + 48 + ITEM_OVERHEAD_BYTES;
    await expect.poll(() => site.ingest.queuedBytes).toBe(20 * itemBytes);
    site.log.next = (_draft, store) => Promise.resolve(store());
    for (const answer of hold) answer();
    await Promise.all(answers);
    expect(site.log.stored.map((draft) => draft.items.length).sort((a, b) => a - b)).toEqual([1, 1, 1, 20]);
  });
  test('a full disk is said: 507, a note, and a counter', async () => {
    site.log.reachable = false;
    site.log.next = () =>
      Promise.resolve({ kind: 'refused', reason: 'disk_full', detail: 'no space left' } satisfies AppendResult);
    const answer = await site.upload(upload(fix(1)));
    expect(answer.status).toBe(507);
    expect(answer.body['type']).toBe('urn:vigie:problem:disk-full');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(site.notes).toMatchObject([{ level: 'error', kind: 'disk-full' }]);
    expect(site.ingest.counters().diskFull).toBe(1);
  });
  test('[L2] when the own log does not answer, the other site takes the entry under the same id', async () => {
    const other = await startTestSite({}, new TestLog('delemont'));
    const peer = new HttpPeerIngest(other.url, 'between-sites');
    const mute = await startTestSite({ peer });
    let asked = '';
    mute.log.next = (draft) => {
      asked = draft.entryId;
      return new Promise(() => undefined);
    };
    const answer = await mute.upload(upload(fix(1)));
    expect(answer.body).toMatchObject({ accepted: 1, durable: 'both', position: 'delemont.1-test:1' });
    expect(other.log.stored.map((draft) => draft.entryId)).toEqual([asked]);
    expect(mute.ingest.counters().forwarded).toBe(1);
    peer.close();
    await mute.close();
    await other.close();
  });
  test('[L2] [D2] what a case reports next goes where its last report was passed on to, until that has come back', async () => {
    const other = await startTestSite({}, new TestLog('delemont'));
    const peer = new HttpPeerIngest(other.url, 'between-sites');
    const site = await startTestSite({ peer });
    site.devices.set('token-2', device('bracelet-2', { measure: 'ff'.repeat(16) }));
    const answers = site.log.next;
    site.log.next = () => new Promise(() => undefined);
    expect((await site.upload(upload(fix(1)))).body).toMatchObject({ position: 'delemont.1-test:1' });
    // The own log takes entries again; first one of another case, which goes to both because the log is not trusted yet.
    site.log.next = answers;
    const another = { deviceId: 'bracelet-2', reports: [fix(1)] };
    expect((await site.upload(another, 'token-2')).body).toMatchObject({ position: 'noirmont.1-test:1' });
    expect((await site.upload(upload(fix(2)))).body).toMatchObject({ position: 'delemont.1-test:3' });
    site.log.other = { delemont: { epoch: '1-test', seq: seqOf(2) } };
    expect((await site.upload(upload(fix(3)))).body).toMatchObject({ position: 'delemont.1-test:4' });
    site.log.other = { delemont: { epoch: '1-test', seq: seqOf(4) } };
    expect((await site.upload(upload(fix(4)))).body).toMatchObject({ position: 'noirmont.1-test:2' });
    expect([site.log.reports().length, other.log.reports().length]).toEqual([2, 4]);
    peer.close();
    await site.close();
    await other.close();
  });
  test('[L2] when the other site does not answer any more, the own log takes what would have been passed on', async () => {
    const other = await startTestSite({}, new TestLog('delemont'));
    const peer = new HttpPeerIngest(other.url, 'between-sites');
    const site = await startTestSite({ peer });
    const answers = site.log.next;
    site.log.next = () => new Promise(() => undefined);
    expect((await site.upload(upload(fix(1)))).body).toMatchObject({ position: 'delemont.1-test:1' });
    site.log.next = answers;
    // It listens and says nothing.
    other.log.next = () => new Promise(() => undefined);
    expect((await site.upload(upload(fix(2)))).body).toMatchObject({ position: 'noirmont.1-test:1' });
    await other.close();
    expect((await site.upload(upload(fix(3)))).body).toMatchObject({ position: 'noirmont.1-test:2' });
    peer.close();
    await site.close();
  });
  test('[L4] an entry of a case that has not arrived yet is not taken from the other site: it would sort before the case', async () => {
    const other = await startTestSite({ hasCase: () => false }, new TestLog('delemont'));
    const peer = new HttpPeerIngest(other.url, 'between-sites');
    const mute = await startTestSite({ peer });
    mute.log.next = () => Promise.resolve({ kind: 'unknown', detail: 'no answer' });
    expect((await mute.upload(upload(fix(1)))).status).toBe(503);
    expect(other.log.stored).toHaveLength(0);
    peer.close();
    await mute.close();
    await other.close();
  });
  test('[L2] an entry is forwarded only with the token of the sites', async () => {
    const peer = new HttpPeerIngest(site.url, 'guessed');
    const mute = await startTestSite({ peer });
    mute.log.next = () => Promise.resolve({ kind: 'unknown', detail: 'no answer' });
    expect((await mute.upload(upload(fix(1)))).status).toBe(503);
    expect(site.log.stored).toHaveLength(0);
    peer.close();
    await mute.close();
  });
  test('a client that goes away while sending leaves nothing behind', async () => {
    const gone = new AbortController();
    const sending = fetch(`${site.url}/v1/reports`, {
      method: 'POST',
      headers: { authorization: 'Bearer token-1' },
      signal: gone.signal,
      duplex: 'half',
      body: new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode('{"deviceId"')) }),
    } as RequestInit);
    await expect.poll(() => site.ingest.counters().uploads).toBe(1);
    gone.abort();
    await expect(sending).rejects.toThrow('aborted');
    expect((await site.upload(upload(fix(1)))).status).toBe(200);
  });
});
