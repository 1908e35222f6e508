import net from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Link, openLink } from './link.ts';

let far: net.Server;
let link: Link;
let heard: string;
const sockets: net.Socket[] = [];

/** answers each byte string with the same in capitals */
beforeEach(async () => {
  heard = '';
  far = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      socket.write(bytes.toString().toUpperCase());
    });
  });
  far.listen(0, '127.0.0.1');
  await once(far, 'listening');
  const address = far.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  link = await openLink({ host: '127.0.0.1', port });
});
afterEach(async () => {
  await link.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => far.close(resolve));
});

async function connect(): Promise<net.Socket> {
  const socket = net.connect(link.port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

function ask(socket: net.Socket, text: string): Promise<string> {
  socket.write(text);
  return new Promise((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())));
}

function untilClosed(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function untilKept(bytes: number): Promise<void> {
  while (link.keptBytes() < bytes) await new Promise(setImmediate);
}

describe('a breakable line', () => {
  it('passes both ways', async () => {
    expect(await ask(await connect(), 'abc')).toBe('ABC');
  });

  it('delivers after a stall what was said during it, in order', async () => {
    const socket = await connect();
    await ask(socket, 'x');
    link.setFault({ kind: 'stall' });
    socket.write('ab');
    await untilKept(2);
    expect(heard).toBe('x');
    link.setFault(null);
    expect(await ask(socket, 'cd')).toMatch(/^AB/);
  });

  it('swallows in a black hole, and resets what lost something when it ends', async () => {
    const socket = await connect();
    await ask(socket, 'x');
    link.setFault({ kind: 'black_hole' });
    const closed = untilClosed(socket);
    socket.write('lost');
    await untilKept(4);
    link.setFault(null);
    await closed;
    expect(heard).toBe('x');
  });

  it('resets open connections and refuses new ones', async () => {
    const socket = await connect();
    await ask(socket, 'x');
    const closed = untilClosed(socket);
    link.setFault({ kind: 'reset' });
    await closed;
    const second = net.connect(link.port, '127.0.0.1');
    second.on('error', () => undefined);
    await untilClosed(second);
    link.setFault(null);
    expect(await ask(await connect(), 'back')).toBe('BACK');
  });

  it('cuts before the matching bytes arrive', async () => {
    const socket = await connect();
    const fired = new Promise<void>((resolve) => {
      link.setTripwire({
        matches: (bytes) => bytes.includes('commit'),
        when: 'before',
        skip: 1,
        fire: resolve,
      });
    });
    expect(await ask(socket, 'commit one')).toBe('COMMIT ONE');
    socket.write('commit two');
    await fired;
    expect(heard).toBe('commit one');
  });

  it('cuts after the matching bytes arrived, before their answer does', async () => {
    const socket = await connect();
    let answered = '';
    socket.on('data', (bytes) => (answered += bytes.toString()));
    const fired = new Promise<void>((resolve) => {
      link.setTripwire({
        matches: (bytes) => bytes.includes('commit'),
        when: 'after',
        skip: 0,
        fire: resolve,
      });
    });
    socket.write('commit');
    await fired;
    expect([heard, answered]).toEqual(['commit', '']);
  });
});
