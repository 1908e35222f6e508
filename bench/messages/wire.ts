/** One keep-alive HTTP connection that writes prepared requests and reads answers: the load must cost as little as it can. */
import { connect, type Socket } from 'node:net';

export interface Wire {
  /** @returns the status; one request at a time. @throws Error when the connection breaks */
  post: (path: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;
  close: () => void;
}

interface Waiting {
  resolve: (status: number) => void;
  reject: (error: Error) => void;
}

const END_OF_HEAD = '\r\n\r\n';
const END_OF_CHUNKS = '0\r\n\r\n';

export async function openWire(port: number): Promise<Wire> {
  const socket = await open(port);
  const state: { waiting: Waiting | null; received: string } = { waiting: null, received: '' };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    state.received += chunk;
    const status = readAnswer(state.received);
    if (status === null) return;
    const { waiting } = state;
    state.received = '';
    state.waiting = null;
    waiting?.resolve(status);
  });
  const fail = (): void => state.waiting?.reject(new Error('the server closed the connection'));
  socket.on('error', fail);
  socket.on('close', fail);
  return {
    post: (path, headers, body) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      if (socket.destroyed) reject(new Error('the server had closed the connection'));
      state.waiting = { resolve, reject };
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n${body}`,
      );
      return promise;
    },
    close: () => socket.destroy(),
  };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  socket.once('connect', () => resolve(socket));
  socket.once('error', reject);
  return promise;
}

/** @returns the status of an answer that is all there, else null */
function readAnswer(text: string): number | null {
  const headEnd = text.indexOf(END_OF_HEAD);
  if (headEnd === -1) return null;
  const head = text.slice(0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  const bodyLength = text.length - headEnd - END_OF_HEAD.length;
  const isWhole = length === undefined ? text.endsWith(END_OF_CHUNKS) : bodyLength >= Number(length);
  return isWhole ? Number(head.slice(9, 12)) : null;
}
