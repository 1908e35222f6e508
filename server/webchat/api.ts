/** What the page's script calls. Bodies in, JSON or a stream out; the token is in the body, never in an address. */
import express, { Router } from 'express';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { AppError, isDatabaseAway } from '../errors.ts';
import { createToken, explainEnd, nameChat } from './chats.ts';
import { isCrossSite } from './headers.ts';
import type { Pace } from './limits.ts';
import { EndSchema, EventsSchema, MessageSchema, StartSchema } from './requests.ts';
import type { WebchatParts } from './router.ts';
import { MAX_TEXT_UTF16 } from './shared/wire.ts';
import type { ChatErrorCode, EndReason } from './shared/wire.ts';
import { answerPoll, streamEvents } from './stream.ts';
import type { StreamDeps } from './stream.ts';

/** A text of full length in any script, escaped, with room to spare. */
const MAX_BODY = '256kb';
const RETRY_AFTER_SECONDS = 5;

export function createApiRouter(parts: WebchatParts): Router {
  const { chats, limits } = parts;
  const streams: StreamDeps = {
    chats,
    live: parts.live,
    now: () => parts.clock.now().getTime(),
    ...parts.timing,
  };
  const router = Router();
  router.use(refuseCrossSite);
  router.use(express.json({ limit: MAX_BODY }));

  router.post('/start', async (request, response) => {
    const body = StartSchema.safeParse(request.body);
    if (!body.success) {
      sendError(response, 400, 'bad_request');
      return;
    }
    const token = body.data.token ?? createToken();
    const found = await chats.find(token);
    if (found.kind === 'ended') {
      sendGone(response, 'ended');
      return;
    }
    if (found.kind === 'none') {
      const pace = await limits.mayStart(request.ip);
      if (pace.kind === 'wait') {
        sendSlow(response, pace);
        return;
      }
      await chats.begin(token, { language: body.data.language, ref: body.data.ref ?? null, message: null });
    }
    response.status(200).json({ token });
  });

  router.post('/message', async (request, response) => {
    const fault = findTextFault(request.body);
    if (fault !== null) {
      sendError(response, 400, fault);
      return;
    }
    const body = MessageSchema.safeParse(request.body);
    if (!body.success) {
      sendError(response, 400, 'bad_request');
      return;
    }
    const { token, clientMessageId, language } = body.data;
    const gone = explainEnd(await chats.find(token));
    if (gone !== null) {
      sendGone(response, gone);
      return;
    }
    const pace = await limits.mayWrite(nameChat(token));
    if (pace.kind === 'wait') {
      sendSlow(response, pace);
      return;
    }
    const said =
      'text' in body.data
        ? ({ kind: 'text', text: body.data.text } as const)
        : ({ kind: 'choice', id: body.data.choice } as const);
    await chats.accept(token, clientMessageId, language ?? null, said);
    response.status(200).json({ accepted: true });
  });

  const follow =
    (answer: typeof streamEvents): RequestHandler =>
    async (request, response) => {
      const body = EventsSchema.safeParse(request.body);
      if (!body.success) {
        sendError(response, 400, 'bad_request');
        return;
      }
      const found = await chats.find(body.data.token);
      if (found.kind !== 'open') {
        sendGone(response, explainEnd(found) ?? 'ended');
        return;
      }
      await answer(streams, request, response, { ...body.data, conversationId: found.conversationId });
    };
  router.post('/events', follow(streamEvents));
  router.post('/poll', follow(answerPoll));

  router.post('/end', async (request, response) => {
    const body = EndSchema.safeParse(request.body);
    if (!body.success) {
      sendError(response, 400, 'bad_request');
      return;
    }
    await chats.end(body.data.token);
    response.status(204).end();
  });

  router.use((_request, response) => sendError(response, 404, 'bad_request'));
  router.use(answerFault(parts.reportFault));
  return router;
}

const refuseCrossSite: RequestHandler = (request, response, next) => {
  if (isCrossSite(request.get('sec-fetch-site'))) {
    sendError(response, 403, 'cross_site');
    return;
  }
  next();
};

/** Names the two faults a person can cause by writing; everything else is a broken request. */
function findTextFault(body: unknown): ChatErrorCode | null {
  const text = z.object({ text: z.string() }).safeParse(body).data?.text;
  if (text === undefined) return null;
  if (text.trim() === '') return 'text_empty';
  return text.length > MAX_TEXT_UTF16 ? 'text_too_long' : null;
}

function sendError(response: Response, status: number, code: ChatErrorCode): void {
  const limit = code === 'text_too_long' ? { maxUtf16: MAX_TEXT_UTF16 } : {};
  response.status(status).json({ error: { code, ...limit } });
}

function sendGone(response: Response, reason: EndReason): void {
  sendError(response, 410, reason === 'erased' ? 'chat_erased' : 'chat_ended');
}

function sendSlow(response: Response, pace: Extract<Pace, { kind: 'wait' }>): void {
  response.set('retry-after', String(Math.ceil(pace.waitMs / 1000)));
  sendError(response, 429, 'too_many_requests');
}

/** Bodies that cannot be read, a database that is away, and our own mistakes. */
function answerFault(report: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request: Request, response: Response, _next) => {
    const status = readBodyFaultStatus(error);
    if (status === 413) {
      sendError(response, 413, 'body_too_large');
      return;
    }
    if (status !== null) {
      sendError(response, 400, 'not_json');
      return;
    }
    report(error);
    if (response.headersSent) {
      // a stream broke off: the page comes back by itself
      response.end();
      return;
    }
    if (isAway(error)) {
      response.set('retry-after', String(RETRY_AFTER_SECONDS));
      sendError(response, 503, 'database_unavailable');
      return;
    }
    sendError(response, 500, 'internal');
  };
}

/** @returns the 4xx status of a fault of Express' body parsers, null for other faults */
export function readBodyFaultStatus(error: unknown): number | null {
  const fault = z.object({ status: z.number().min(400).max(499), type: z.string() }).safeParse(error);
  return fault.success ? fault.data.status : null;
}

export function isAway(error: unknown): boolean {
  return error instanceof AppError ? error.code === 'database_unavailable' : isDatabaseAway(error);
}
