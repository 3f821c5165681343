// The line that drills break: what must pass passes, what is dropped does not, and no end hears of the other's end while it is cut.
import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Line, startLine } from './line.ts';
import { until } from './until.ts';

type Far = { readonly port: number; readonly sockets: Socket[]; readonly received: () => string };
const ends: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function far(): Promise<Far> {
  const sockets: Socket[] = [];
  let text = '';
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { port: address.port, sockets, received: () => text };
}

async function near(line: Line): Promise<{ socket: Socket; received: () => string; isClosed: () => boolean }> {
  const socket = connect(line.port, '127.0.0.1');
  let text = '';
  let closed = false;
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  ends.push(() => void socket.destroy());
  return { socket, received: () => text, isClosed: () => closed };
}

async function lineTo(port: number): Promise<Line> {
  const line = await startLine(port);
  ends.push(() => line.stop());
  return line;
}
const LIMIT_MS = 10_000;
const seen = (ask: () => boolean): Promise<true | undefined> => until(() => (ask() ? true : undefined), LIMIT_MS);

test('a whole line carries both directions and the end of a connection', async () => {
  const target = await far();
  const { socket, received, isClosed } = await near(await lineTo(target.port));
  socket.write('there');
  expect(await seen(() => target.received() === 'there')).toBe(true);
  target.sockets[0]?.write('back');
  expect(await seen(() => received() === 'back')).toBe(true);
  target.sockets[0]?.destroy();
  expect(await seen(isClosed)).toBe(true);
});

test('a cut in one direction drops that one only; what was sent meanwhile arrives when the line is mended', async () => {
  const target = await far();
  const line = await lineTo(target.port);
  const { socket, received } = await near(line);
  socket.write('1');
  expect(await seen(() => target.received() === '1')).toBe(true);
  line.cut('toTarget');
  socket.write('2');
  // The other direction still passes, and is later than what was dropped.
  target.sockets[0]?.write('back');
  expect(await seen(() => received() === 'back')).toBe(true);
  expect(target.received()).toBe('1');
  line.mend();
  expect(await seen(() => target.received() === '12')).toBe(true);
});

test('while a line is cut, an end does not hear that the other one is gone', async () => {
  const target = await far();
  const line = await lineTo(target.port);
  const first = await near(line);
  first.socket.write('1');
  expect(await seen(() => target.received() === '1')).toBe(true);
  line.cut('toTarget');
  line.cut('fromTarget');
  target.sockets[0]?.destroy();
  // A second connection comes and goes through the same loop: enough turns for the end to have been told, if it were.
  const second = await near(line);
  second.socket.destroy();
  expect(await seen(second.isClosed)).toBe(true);
  expect(first.isClosed()).toBe(false);
  line.mend();
  expect(await seen(first.isClosed)).toBe(true);
});

test('a slow line keeps the order, also when a segment is lost, and is not faster than its delay', async () => {
  const target = await far();
  const line = await lineTo(target.port);
  const { socket } = await near(line);
  socket.write('.');
  expect(await seen(() => target.received() === '.')).toBe(true);
  let drawn = 0;
  line.slow({ delayMs: 50, lossShare: 0.5, random: () => (drawn++ === 0 ? 0 : 1) });
  const sentMs = performance.now();
  for (const letter of 'abc') {
    socket.write(letter);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await seen(() => target.received() === '.abc')).toBe(true);
  expect(drawn).toBeGreaterThan(0);
  // The first segment was lost: nothing that follows it may overtake it.
  expect(performance.now() - sentMs).toBeGreaterThanOrEqual(50);
});
