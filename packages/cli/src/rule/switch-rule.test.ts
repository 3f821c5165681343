import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { switchRule } from './switch-rule.ts';

const battery = { rule: 'battery', since: '2026-11-22T10:00:00.000Z', by: ['sre-1', 'op-2'], note: 'reports 0 %' };

/** A site that answers everything alike, and what it was asked. */
async function site(status: number, answer: object) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${Buffer.concat(parts).toString()}`.trim());
      response.writeHead(status).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { at: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' }, asked };
}

test('a switch is asked for with its reason, and the answer says how the other person approves it', async () => {
  const { at, asked } = await site(200, {
    off: [battery],
    asked: [{ id: 'x7', rule: 'silence', off: true, by: 'sre-1', note: 'n', until: '2026-11-22T10:15:00.000Z' }],
  });
  const { ok, message } = await switchRule(at, 'off', 'silence', 'n');
  expect(asked).toEqual(['POST /v1/rules/switches {"rule":"silence","off":true,"note":"n"}']);
  expect(ok).toBe(true);
  expect(message).toContain('off      battery since 2026-11-22T10:00:00.000Z, by sre-1 and op-2: reports 0 %');
  expect(message).toContain('./vigie rule approve x7  (another person, until 2026-11-22T10:15:00.000Z)');
  await switchRule(at, 'approve', 'x7', undefined);
  expect(asked.at(-1)).toBe('POST /v1/rules/switches/x7/approve {}');
});

test('[RS8] one rule of one case is asked for under the case, with its end, and approved there', async () => {
  const { at, asked } = await site(200, {
    settled: true,
    switches: {
      off: [{ ...battery, rule: undefined, ruleId: 'night', until: '2026-11-23T08:00:00.000Z' }],
      asked: [{ id: 'x7', ruleId: 'school', off: true, by: 'op-1', note: 'n', until: '2026-11-22T10:15:00.000Z' }],
    },
  });
  const ofCase = { caseId: 'JU-1', until: '2026-11-24T08:00:00Z' };
  const { ok, message } = await switchRule(at, 'off', 'night', 'moved house', ofCase);
  expect(asked).toEqual([
    'POST /v1/cases/JU-1/rules/switches {"ruleId":"night","off":true,"until":"2026-11-24T08:00:00Z","note":"moved house"}',
  ]);
  expect(ok).toBe(true);
  expect(message).toContain(
    'off      night since 2026-11-22T10:00:00.000Z until 2026-11-23T08:00:00.000Z, by sre-1 and op-2',
  );
  expect(message).toContain('./vigie rule approve x7 --case JU-1  (another person');
  await switchRule(at, 'approve', 'x7', undefined, ofCase);
  expect(asked.at(-1)).toBe('POST /v1/cases/JU-1/rules/switches/x7/approve {}');
  await expect(switchRule(at, 'off', 'night', 'n', { ...ofCase, until: undefined })).rejects.toThrow('--until');
});

test('what a site refuses by field is said with the field', async () => {
  const { at } = await site(422, {
    title: 'not valid',
    fields: [{ field: 'ruleId', reason: 'is no rule of the order' }],
  });
  expect(await switchRule(at, 'on', 'night', 'n', { caseId: 'JU-1', until: undefined })).toEqual({
    ok: false,
    message: 'ruleId is no rule of the order',
  });
});

test('a refusal is said in its own words; what is missing is said before anything is asked', async () => {
  const { at, asked } = await site(409, { title: 'refused', detail: 'battery is off already' });
  expect(await switchRule(at, 'off', 'battery', 'n')).toEqual({ ok: false, message: 'battery is off already' });
  await expect(switchRule(at, 'off', 'battery', undefined)).rejects.toThrow('--note');
  await expect(switchRule(at, 'approve', undefined, undefined)).rejects.toThrow('name the id');
  expect(asked).toHaveLength(1);
});

test('nothing switched off is said as such', async () => {
  const { at } = await site(200, { off: [], asked: [] });
  expect(await switchRule(at, 'list', undefined, undefined)).toEqual({ ok: true, message: 'no rule is switched off' });
});
