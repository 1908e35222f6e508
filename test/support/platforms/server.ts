/** One HTTP server on loopback with a face per platform: records every call, answers by script or by the face's own rules. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface PlatformCall {
  /** name of the face, the first part of the path */
  face: string;
  method: string;
  /** without the face's name, e.g. `/v3.0/oa/message/cs` */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** the body as JSON; undefined when it is none */
  json: unknown;
  /** what the platform's contract has against the call, filled in by the face; empty when valid */
  problems: string[];
}

export type PlatformAnswer =
  | { kind: 'answer'; status: number; body: unknown; headers?: Readonly<Record<string, string>> }
  /** takes the call and never answers */
  | { kind: 'hang' }
  /** takes the call and closes the connection */
  | { kind: 'reset' };

/** One platform: decides what a call is answered. */
export interface Face {
  name: string;
  answer: (call: PlatformCall) => PlatformAnswer | Promise<PlatformAnswer>;
}

/** Holds calls back until it is opened: latency without waiting. */
export interface Gate {
  shut: () => void;
  open: () => void;
  /** forgets the calls that wait: the platform never acts on them, their connections break */
  drop: () => void;
  /** resolves at once while open */
  pass: () => Promise<void>;
  /** resolves when that many calls stand before the shut gate */
  waitForHeld: (count: number) => Promise<void>;
}

/** What the next calls are answered, whatever they ask. */
export interface Script {
  answerNext: (...answers: readonly PlatformAnswer[]) => void;
  /** decides over each call that `answerNext` leaves; null = the face's own rules */
  answerWhen: (decide: (call: PlatformCall) => PlatformAnswer | null) => void;
  next: (call: PlatformCall) => PlatformAnswer | null;
}

export interface Platforms {
  /** base address of one face: what its `…_BASE` variable is set to */
  base: (face: string) => string;
  /** every call, oldest first */
  calls: PlatformCall[];
  /** Resolves with the first call from `calls[from]` on that matches; at once when it already came. */
  waitFor: (matches: (call: PlatformCall) => boolean, from?: number) => Promise<PlatformCall>;
  close: () => Promise<void>;
}

/** Starts on a free port of 127.0.0.1. A platform is added by writing its face; the server stays as it is. */
export async function startPlatforms(faces: readonly Face[]): Promise<Platforms> {
  const calls: PlatformCall[] = [];
  const waiting: { matches: (call: PlatformCall) => boolean; resolve: (call: PlatformCall) => void }[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    const face = faces.find(({ name }) => name === call.face);
    calls.push(call);
    for (const waiter of waiting.filter(({ matches }) => matches(call))) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(call);
    }
    if (face === undefined) respond(response, answerJson(404, { error: 'no such platform' }));
    else respond(response, await face.answer(call));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake has no port');
  return {
    base: (face) => `http://127.0.0.1:${address.port}/${face}`,
    calls,
    waitFor: (matches, from = 0) => {
      const seen = calls.slice(from).find(matches);
      if (seen) return Promise.resolve(seen);
      return new Promise((resolve) => waiting.push({ matches, resolve }));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answerJson(status: number, body: unknown): PlatformAnswer {
  return { kind: 'answer', status, body };
}

export function createScript(): Script {
  const queue: PlatformAnswer[] = [];
  let decide: (call: PlatformCall) => PlatformAnswer | null = () => null;
  return {
    answerNext: (...answers) => void queue.push(...answers),
    answerWhen: (next) => {
      decide = next;
    },
    next: (call) => queue.shift() ?? decide(call),
  };
}

export function createGate(): Gate {
  let held: { release: () => void; drop: (reason: Error) => void }[] = [];
  let isShut = false;
  let watchers: { count: number; resolve: () => void }[] = [];
  const tell = (): void => {
    for (const { count, resolve } of watchers) if (held.length >= count) resolve();
    watchers = watchers.filter(({ count }) => held.length < count);
  };
  return {
    shut: () => {
      isShut = true;
    },
    open: () => {
      isShut = false;
      const released = held;
      held = [];
      for (const { release } of released) release();
    },
    drop: () => {
      for (const { drop } of held.splice(0)) drop(new Error('dropped'));
    },
    pass: () => {
      if (!isShut) return Promise.resolve();
      return new Promise((resolve, reject) => {
        held.push({ release: resolve, drop: reject });
        tell();
      });
    },
    waitForHeld: (count) =>
      new Promise((resolve) => {
        watchers.push({ count, resolve });
        tell();
      }),
  };
}

async function readCall(request: IncomingMessage): Promise<PlatformCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(request.url ?? '/', 'http://fake.invalid');
  const [, face = '', ...rest] = url.pathname.split('/');
  return {
    face,
    method: request.method ?? '',
    path: `/${rest.join('/')}`,
    query: url.searchParams,
    headers: request.headers,
    body,
    json: readJson(body),
    problems: [],
  };
}

function readJson(body: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(body.toString());
    return json;
  } catch {
    return undefined;
  }
}

function respond(response: ServerResponse, answer: PlatformAnswer): void {
  if (answer.kind === 'hang') return;
  if (answer.kind === 'reset') {
    response.destroy();
    return;
  }
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status, {
    'content-type': isText ? 'text/html' : 'application/json',
    ...answer.headers,
  });
  response.end(isText ? String(answer.body) : JSON.stringify(answer.body));
}
