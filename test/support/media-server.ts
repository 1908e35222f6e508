/** A server of files for tests, on loopback: gives what it is told to, and misbehaves on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type FileAnswer =
  | { kind: 'bytes'; body: Buffer; type?: string; /** claimed instead of the true length */ length?: number }
  | { kind: 'json'; body: unknown; status?: number }
  | { kind: 'status'; status: number; headers?: Readonly<Record<string, string>> }
  | { kind: 'redirect'; to: string }
  /** so many bytes without saying how many come */
  | { kind: 'endless'; bytes: number }
  /** takes the request, writes the beginning, tells `onStuck`, and goes on neither way */
  | { kind: 'stuck'; begins: Buffer | null; onStuck: () => void };

export interface MediaServer {
  /** `http://127.0.0.1:<port>` */
  base: string;
  /** path with query and the token it came with, oldest first */
  asked: { path: string; authorization: string | undefined }[];
  /** what a path answers; the last one stays, earlier ones are given once each */
  answer: (path: string, ...answers: readonly [FileAnswer, ...FileAnswer[]]) => void;
  close: () => Promise<void>;
}

export async function startMediaServer(): Promise<MediaServer> {
  const answers = new Map<string, FileAnswer[]>();
  const asked: MediaServer['asked'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, authorization: request.headers.authorization });
    const queue = answers.get(path.replace(/\?.*$/, '')) ?? [];
    const next = queue.length > 1 ? queue.shift() : queue[0];
    // a body may come with the question; nobody here reads it
    request.resume();
    give(request, response, next ?? { kind: 'status', status: 404 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    base: `http://127.0.0.1:${address.port}`,
    asked,
    answer: (path, ...given) => void answers.set(path, [...given]),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function give(request: IncomingMessage, response: ServerResponse, answer: FileAnswer): void {
  switch (answer.kind) {
    case 'bytes':
      response.writeHead(200, {
        'content-type': answer.type ?? 'image/jpeg',
        'content-length': answer.length ?? answer.body.length,
      });
      // fewer bytes than promised: the connection ends in the middle
      if (answer.length !== undefined && answer.length > answer.body.length)
        response.write(answer.body, () => request.socket.destroy());
      else response.end(answer.body);
      return;
    case 'json':
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
      return;
    case 'status':
      response.writeHead(answer.status, answer.headers).end();
      return;
    case 'redirect':
      response.writeHead(302, { location: answer.to }).end();
      return;
    case 'endless': {
      const chunk = Buffer.alloc(256 * 1024, 0x20);
      for (let sent = 0; sent < answer.bytes && !response.destroyed; sent += chunk.length)
        response.write(chunk);
      response.end();
      return;
    }
    case 'stuck':
      if (answer.begins === null) answer.onStuck();
      else {
        response.writeHead(200);
        response.write(answer.begins, answer.onStuck);
      }
  }
}
