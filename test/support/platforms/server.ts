/** The HTTP server under the faces: reads every call, asks the script and then the face, and misbehaves on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { FACES, type FaceName, type PlatformAnswer, type PlatformCall, type Script } from './answers.ts';
import type { Ledger, People } from './people.ts';

/** A call before its face has looked at it. */
export type RawCall = Omit<PlatformCall, 'name' | 'problems'>;

/** One platform: decides what a call is answered. */
export interface Face {
  name: FaceName;
  /** what is called, and what the contract has against it */
  examine: (call: RawCall) => { name: string; problems: readonly string[] };
  /** the script that comes before the face's own rules */
  scriptOf: (call: PlatformCall) => Script;
  /** does what was asked, by the platform's rules */
  perform: (call: PlatformCall) => PlatformAnswer | Promise<PlatformAnswer>;
  /** takes notice of a webhook body it delivers: who wrote, and which tokens are in it */
  hear: (body: unknown) => void;
}

export interface FaceOptions {
  now: () => Date;
  ledger: Ledger;
  people: People;
  /** whoever never wrote may be written to, and tokens that were never given out count */
  knowsEverybody: boolean;
}

export interface PlatformServer {
  port: number;
  /** every call, oldest first */
  calls: PlatformCall[];
  /** Resolves with the first decided call from `calls[from]` on that matches; at once when it already came. */
  waitFor: (matches: (call: PlatformCall) => boolean, from?: number) => Promise<PlatformCall>;
  /** every call of this face takes that long before anything is done */
  setLatency: (face: FaceName, ms: number) => void;
  /** bytes of huge answers that were taken off our hands so far */
  hugeBytes: () => number;
  close: () => Promise<void>;
}

export interface PlatformServerOptions {
  faces: readonly Face[];
  /** 0 = a free one */
  port: number;
  /** false: calls are forgotten once they are answered */
  keepsCalls: boolean;
  /** told each call that breaks its contract */
  onFault: (call: PlatformCall) => void;
  /** answers what is under `/control/` */
  control: (method: string, url: URL, json: unknown) => { status: number; body: unknown };
}

/** Starts on 127.0.0.1. */
export async function startPlatformServer(options: PlatformServerOptions): Promise<PlatformServer> {
  const calls: PlatformCall[] = [];
  const decided = new WeakSet<PlatformCall>();
  const latencies = new Map<FaceName, number>();
  let waiting: { matches: (call: PlatformCall) => boolean; resolve: (call: PlatformCall) => void }[] = [];
  let serial = 0;
  let hugeBytes = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://fake.invalid');
    const [, first = '', ...rest] = url.pathname.split('/');
    if (first === 'control') {
      const answer = options.control(request.method ?? '', url, readJson(body));
      respond(response, { kind: 'answer', ...answer });
      return;
    }
    const face = options.faces.find(({ name }) => name === first);
    if (face === undefined) {
      respond(response, { kind: 'answer', status: 404, body: { error: 'no such platform' } });
      return;
    }
    serial += 1;
    const raw: RawCall = {
      face: face.name,
      method: request.method ?? '',
      path: `/${rest.join('/')}`,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body,
      json: readJson(body),
      requestId: `request-${serial}`,
      remotePort: request.socket.remotePort ?? 0,
    };
    const call: PlatformCall = { ...raw, ...face.examine(raw) };
    if (options.keepsCalls) calls.push(call);
    if (call.problems.length > 0) options.onFault(call);
    const latencyMs = latencies.get(face.name) ?? 0;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    respond(response, await decide(face, call), (bytes) => {
      hugeBytes += bytes;
    });
    decided.add(call);
    for (const { resolve } of waiting.filter(({ matches }) => matches(call))) resolve(call);
    waiting = waiting.filter(({ matches }) => !matches(call));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the platforms have no port');
  return {
    port: address.port,
    calls,
    waitFor: (matches, from = 0) => {
      const seen = calls.slice(from).find((call) => decided.has(call) && matches(call));
      if (seen) return Promise.resolve(seen);
      return new Promise((resolve) => waiting.push({ matches, resolve }));
    },
    setLatency: (face, ms) => void latencies.set(face, ms),
    hugeBytes: () => hugeBytes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function decide(face: Face, call: PlatformCall): Promise<PlatformAnswer> {
  const scripted = face.scriptOf(call).next(call);
  if (scripted === null) return face.perform(call);
  if (scripted.kind === 'accept_and_reset' || scripted.kind === 'accept_and_hang') await face.perform(call);
  return scripted;
}

export function isFaceName(name: unknown): name is FaceName {
  return FACES.some((face) => face === name);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function readJson(body: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(body.toString());
    return json;
  } catch {
    return undefined;
  }
}

/** More than any answer that is read; never sent whole. */
const PROMISED_BYTES = 1000;

function respond(
  response: ServerResponse,
  answer: PlatformAnswer,
  onHuge: (bytes: number) => void = () => undefined,
): void {
  switch (answer.kind) {
    case 'hang':
    case 'accept_and_hang':
      return;
    case 'reset':
    case 'accept_and_reset':
      response.destroy();
      return;
    case 'stall':
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': PROMISED_BYTES });
      response.write('{"ok":', () => {
        if (answer.kind === 'cut') response.destroy();
      });
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      // as fast as it is read, so that the size of an answer costs neither side memory
      pipeline(Readable.from(writeHuge(answer.bytes, onHuge)), response, () => undefined);
      return;
    case 'answer': {
      const isText = typeof answer.body === 'string';
      response.writeHead(answer.status, {
        'content-type': isText ? 'text/html' : 'application/json',
        ...answer.headers,
      });
      response.end(isText ? answer.body : JSON.stringify(answer.body));
    }
  }
}

const PIECE_BYTES = 65_536;

function* writeHuge(bytes: number, onHuge: (bytes: number) => void): Generator<Buffer> {
  yield Buffer.from('"');
  for (let left = bytes - 2; left > 0; left -= PIECE_BYTES) {
    const piece = Buffer.alloc(Math.min(left, PIECE_BYTES), 'x');
    onHuge(piece.length);
    yield piece;
  }
  yield Buffer.from('"');
}
