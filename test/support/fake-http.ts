/** What the fakes of several platforms share: a server on loopback that remembers calls and misbehaves on demand. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface FakeHttpCall {
  method: string;
  /** without the query */
  path: string;
  query: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
  /** parsed JSON; null when there is none */
  body: unknown;
}

/** What a fake answers instead of doing what was asked. */
export type FakeHttpAnswer =
  /** any body with any status, e.g. the HTML page of a proxy */
  | { kind: 'raw'; status: number; body: string; headers?: Readonly<Record<string, string>> }
  /** takes the request and never answers */
  | { kind: 'hang' }
  /** takes the request and closes the connection */
  | { kind: 'reset' }
  /** does what was asked, and then breaks the connection instead of saying so */
  | { kind: 'accept_and_reset' };

export interface FakeHttp<Call> {
  /** `http://127.0.0.1:<port>` */
  base: string;
  /** every call, oldest first */
  calls: Call[];
  /** The next calls are answered with these, one each, whatever they ask. */
  answerNext: (...answers: readonly FakeHttpAnswer[]) => void;
  /** Resolves with the first call from `calls[from]` on that matches; at once when it already came. */
  waitFor: (matches: (call: Call) => boolean, from?: number) => Promise<Call>;
  close: () => Promise<void>;
}

/** @param examine gives the call a name and its problems; @param perform does what was asked and gives status and body */
export async function startFakeHttp<Call>(
  examine: (call: FakeHttpCall) => Call,
  perform: (call: Call) => Promise<{ status: number; body: unknown }> | { status: number; body: unknown },
): Promise<FakeHttp<Call>> {
  const calls: Call[] = [];
  const queue: FakeHttpAnswer[] = [];
  const waiting: { matches: (call: Call) => boolean; resolve: (call: Call) => void }[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake.example');
    const call = examine({
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: readJson(await readBody(request)),
    });
    calls.push(call);
    const answer = queue.shift();
    if (answer === undefined || answer.kind === 'accept_and_reset') {
      const { status, body } = await perform(call);
      if (answer === undefined) reply(response, status, JSON.stringify(body), {});
      else response.destroy();
    } else if (answer.kind === 'reset') response.destroy();
    else if (answer.kind === 'raw') reply(response, answer.status, answer.body, answer.headers ?? {});
    for (const waiter of waiting.filter(({ matches }) => matches(call))) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(call);
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake has no port');
  return {
    base: `http://127.0.0.1:${address.port}`,
    calls,
    answerNext: (...answers) => void queue.push(...answers),
    waitFor: (matches, from = 0) => {
      const seen = calls.slice(from).find(matches);
      if (seen !== undefined) return Promise.resolve(seen);
      return new Promise((resolve) => waiting.push({ matches, resolve }));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
