/** `POST /hooks/<channel>/<account>`: verify the raw bytes, store, answer 200; nothing else happens before the answer. */
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { Router } from 'express';
import type { Request, Response } from 'express';
import type { Adapter } from './channels/adapter.ts';
import { findAdapter } from './channels/registry.ts';
import { AppError, type ErrorCode } from './errors.ts';
import type { Log } from './log.ts';
import type { Inbox } from './ports.ts';

export interface HooksDeps {
  adapters: readonly Adapter[];
  inbox: Inbox;
  log: Log;
  now: () => Date;
  /** counts answers by channel and status */
  countHook?: (channel: string, status: number) => void;
  /** told of each authentic call, whatever is in it: the account is not silent */
  onHeard?: (channel: string, account: string) => void;
}

/** Platforms send kilobytes; more is a mistake or an attack. */
export const MAX_HOOK_BYTES = 1_000_000;
/** Platforms deliver again after that many seconds or later. */
const RETRY_AFTER_SECONDS = 5;

/** Written as it is: making it anew for each delivery cost a tenth of what Express costs. */
const ACCEPTED = '{"ok":true}';

export function createHooksRouter(deps: HooksDeps): Router {
  const router = Router({ caseSensitive: true, strict: false });
  router
    .route('/hooks/:channel/:account')
    .get((request, response) => shakeHands(deps, request, response))
    .post(
      express.raw({ type: () => true, limit: MAX_HOOK_BYTES, inflate: false }),
      async (request, response) => {
        const { channel, account } = request.params;
        const adapter = adapterOf(deps, channel, account);
        const raw: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        if (adapter === null) refuse(response, 'not_found');
        else await acceptHook(deps, adapter, request.headers, raw, response);
      },
    );
  return router;
}

/**
 * Plain deliveries to an account of ours are taken without Express, whose part of a message cost more than storing it; whatever is
 * unusual about a request (its length untold or too long, packed, another place) goes to `others` and is answered there.
 */
export function takeHooksFirst(deps: HooksDeps, others: RequestListener): RequestListener {
  return (request, response) => {
    const adapter = isPlain(request) ? adapterOfUrl(deps, request.url ?? '') : null;
    if (adapter === null) {
      others(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // a delivery that breaks off is answered to nobody; the platform sends it again
    request.on('error', () => undefined);
    request.on('end', () => {
      const [first = Buffer.alloc(0), ...rest] = chunks;
      const raw = rest.length === 0 ? first : Buffer.concat(chunks);
      acceptHook(deps, adapter, request.headers, raw, response).catch((error: unknown) => {
        deps.log.error({ event: 'request_failed', code: 'internal', error });
        if (!response.headersSent) refuse(response, 'internal');
      });
    });
  };
}

function isPlain({ method, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return method === 'POST' && length <= MAX_HOOK_BYTES && headers['content-encoding'] === undefined;
}

function adapterOfUrl(deps: HooksDeps, url: string): Adapter | null {
  const [, channel, account] = /^\/hooks\/([a-z]+)\/([\w-]+)$/.exec(url) ?? [];
  return adapterOf(deps, channel, account);
}

async function acceptHook(
  deps: HooksDeps,
  adapter: Adapter,
  headers: IncomingHttpHeaders,
  raw: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { channel, account } = adapter;
  const finish = (code: ErrorCode | null): void => {
    if (code === null) answer(response, 200, ACCEPTED);
    else refuse(response, code);
    deps.countHook?.(channel, response.statusCode);
  };
  const verification = adapter.verify(headers, raw);
  if (verification !== 'ok') {
    finish(verification === 'missing' ? 'unauthenticated' : 'forbidden');
    return;
  }
  deps.onHeard?.(channel, account);
  const parsed = adapter.parse(raw, deps.now());
  if (parsed.kind === 'not_json') {
    finish('not_json');
    return;
  }
  try {
    const { stored, known } = await deps.inbox.accept(channel, account, parsed.events);
    finish(null);
    deps.log.debug({ event: 'hook_accepted', channel, account, stored, known });
  } catch (error) {
    deps.log.error({ event: 'hook_not_stored', channel, account, error });
    finish(error instanceof AppError ? error.code : 'internal');
    return;
  }
  void adapter.acknowledge?.(parsed.events);
}

function shakeHands(deps: HooksDeps, request: Request, response: Response): void {
  const { channel, account } = request.params;
  const handshake = adapterOf(deps, channel, account)?.handshake;
  if (handshake === undefined) {
    refuse(response, 'not_found');
    return;
  }
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.query))
    if (typeof value === 'string') query[name] = value;
  const { status, body } = handshake(query);
  response.status(status).type('text/plain').send(body);
}

function adapterOf(deps: HooksDeps, channel: unknown, account: unknown): Adapter | null {
  if (typeof channel !== 'string' || typeof account !== 'string') return null;
  // people on our own page come through /api/chat, never through a webhook
  return channel === 'web' ? null : findAdapter(deps.adapters, channel, account);
}

function refuse(response: ServerResponse, code: ErrorCode): void {
  const error = new AppError(code);
  if (error.status === 503) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
  answer(response, error.status, JSON.stringify({ error: code }));
}

function answer(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(body.length),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    .end(body);
}
