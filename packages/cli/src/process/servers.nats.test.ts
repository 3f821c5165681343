import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startNats, startNatsPair } from '../../../../test/support/nats.ts';

test('a nats-server starts with JetStream in its domain, dies by SIGKILL and comes back on the same port', async () => {
  const nats = await startNats({ domain: 'noirmont' });
  try {
    const jsz = async (): Promise<unknown> => (await fetch(`${nats.monitorUrl}/jsz`)).json();
    expect(await jsz()).toMatchObject({ config: { domain: 'noirmont', sync_always: true } });
    const first = nats.pid();
    await nats.kill();
    await expect(jsz()).rejects.toThrow('fetch failed');
    await nats.start();
    expect(nats.pid()).not.toBe(first);
    expect(await jsz()).toMatchObject({ config: { domain: 'noirmont' } });
  } finally {
    await nats.stop();
  }
});

test('a server that cannot start says why, with the last lines of its log', async () => {
  await expect(startNats({ conf: 'no such setting {' })).rejects.toThrow(/did not become healthy:\n.*/);
});

test('two servers are joined by a leaf link that a test can cut and heal', async () => {
  const pair = await startNatsPair();
  const leafs = async (): Promise<number> => {
    const answer = (await (await fetch(`${pair.noirmont.monitorUrl}/leafz`)).json()) as { leafnodes: number };
    return answer.leafnodes;
  };
  try {
    await expect.poll(leafs, { timeout: 20_000 }).toBe(1);
    pair.link.cut();
    await expect.poll(leafs, { timeout: 30_000 }).toBe(0);
    pair.link.heal();
    await expect.poll(leafs, { timeout: 30_000 }).toBe(1);
  } finally {
    await pair.stop();
  }
});

test('the link carries bytes both ways', async () => {
  const nats = await startNats();
  try {
    const socket = connect(nats.port, '127.0.0.1');
    const hello = await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())));
    expect(hello).toMatch(/^INFO /);
    socket.destroy();
  } finally {
    await nats.stop();
  }
});
