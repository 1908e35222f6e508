/** One kept-alive HTTP/1.1 connection, as thin as can be: the load shares the cores with what it measures. */
import { connect } from 'node:net';
import type { Delivery } from './deliveries.ts';

export interface Connection {
  /** One request at a time. @returns the status */
  post: (path: string, delivery: Delivery) => Promise<number>;
  close: () => void;
}

export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const state: { text: string; waiting: PromiseWithResolvers<number> | null } = { text: '', waiting: null };
  socket.setEncoding('latin1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const fail = (): void => {
    state.waiting?.reject(new Error('the server closed a connection'));
    state.waiting = null;
  };
  socket.on('error', fail);
  socket.on('close', fail);
  socket.on('data', (chunk) => {
    state.text += String(chunk);
    const status = readStatus(state.text);
    if (status === null) return;
    state.text = '';
    state.waiting?.resolve(status);
    state.waiting = null;
  });
  return {
    post: (path, { headers, body }) => {
      const waiting = Promise.withResolvers<number>();
      state.waiting = waiting;
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`,
      );
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
}

/** @returns null while the answer is not complete */
function readStatus(text: string): number | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = text.slice(0, end);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  const isComplete =
    length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
  return isComplete ? Number(head.slice(9, 12)) : null;
}
