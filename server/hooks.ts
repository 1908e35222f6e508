/** `POST /hooks/<channel>/<account>`: verify the raw bytes, store, answer 200; nothing else happens before the answer. */
import express, { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
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
/** Written as it is: making it anew for each delivery cost a tenth of what Express costs. */
const ACCEPTED = '{"ok":true}';
const ACCEPTED_HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': String(ACCEPTED.length),
} as const;
/** Platforms deliver again after that many seconds or later. */
const RETRY_AFTER_SECONDS = 5;

export function createHooksRouter(deps: HooksDeps): Router {
  const router = Router({ caseSensitive: true, strict: false });
  router
    .route('/hooks/:channel/:account')
    .get((request, response) => shakeHands(deps, request, response))
    .post(express.raw({ type: () => true, limit: MAX_HOOK_BYTES, inflate: false }), acceptHook(deps));
  return router;
}

function acceptHook(deps: HooksDeps): RequestHandler {
  return async (request, response) => {
    const adapter = adapterOf(deps, request);
    if (adapter === null) {
      refuse(response, 'not_found');
      return;
    }
    const finish = (code: ErrorCode | null): void => {
      if (code === null) response.writeHead(200, ACCEPTED_HEADERS).end(ACCEPTED);
      else refuse(response, code);
      deps.countHook?.(adapter.channel, response.statusCode);
    };
    const raw: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verification = adapter.verify(request.headers, raw);
    if (verification !== 'ok') {
      finish(verification === 'missing' ? 'unauthenticated' : 'forbidden');
      return;
    }
    deps.onHeard?.(adapter.channel, adapter.account);
    const parsed = adapter.parse(raw, deps.now());
    if (parsed.kind === 'not_json') {
      finish('not_json');
      return;
    }
    try {
      const { stored, known } = await deps.inbox.accept(adapter.channel, adapter.account, parsed.events);
      finish(null);
      deps.log.debug({
        event: 'hook_accepted',
        channel: adapter.channel,
        account: adapter.account,
        stored,
        known,
      });
    } catch (error) {
      deps.log.error({ event: 'hook_not_stored', channel: adapter.channel, account: adapter.account, error });
      finish(error instanceof AppError ? error.code : 'internal');
      return;
    }
    void adapter.acknowledge?.(parsed.events);
  };
}

function shakeHands(deps: HooksDeps, request: Request, response: Response): void {
  const handshake = adapterOf(deps, request)?.handshake;
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

function adapterOf(deps: HooksDeps, request: Request): Adapter | null {
  const { channel, account } = request.params;
  if (typeof channel !== 'string' || typeof account !== 'string') return null;
  // people on our own page come through /api/chat, never through a webhook
  return channel === 'web' ? null : findAdapter(deps.adapters, channel, account);
}

function refuse(response: Response, code: ErrorCode): void {
  const error = new AppError(code);
  if (error.status === 503) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
  response.status(error.status).json({ error: code });
}
