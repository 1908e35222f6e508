/** Tells a page what is new: as a stream while it listens, or as one answer to a waiting request. */
import type { Request, Response } from 'express';
import type { LiveHub } from '../ports.ts';
import { explainEnd } from './chats.ts';
import type { Chats } from './chats.ts';
import type { PollAnswer } from './shared/wire.ts';
import { waitFor, watchConversation } from './watch.ts';

export interface StreamDeps {
  chats: Chats;
  live: Pick<LiveHub, 'subscribe'>;
  now: () => number;
  /** a sign of life at least this often; the page calls a line dead after 40 s */
  heartbeatMs: number;
  /** how long a poll may stay open; proxies cut at 30 to 60 s */
  pollMs: number;
}

/**
 * Streams `messages` (a PageBatch) and at last `ended` (an EndReason). Nothing is remembered here: a page that comes back
 * says with `after` what it has. Reads again at every heartbeat too, so a lost live event costs seconds, not a message.
 */
export async function streamEvents(
  deps: StreamDeps,
  request: Request,
  response: Response,
  chat: { token: string; conversationId: string; after: number },
): Promise<void> {
  const abort = abortOnClose(request, response);
  const watch = await watchConversation(deps.live, chat.conversationId, abort);
  try {
    response.status(200).set({
      'content-type': 'text/event-stream; charset=utf-8',
      // no-transform: a proxy that compresses would hold lines back
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    response.write(': here\n\n');
    let after = chat.after;
    while (!abort.aborted) {
      const ended = explainEnd(await deps.chats.find(chat.token));
      if (ended !== null) {
        response.write(`event: ended\ndata: ${JSON.stringify(ended)}\n\n`);
        return;
      }
      const news = await deps.chats.read(chat.conversationId, after);
      if (news.after > after) {
        after = news.after;
        const batch = { messages: news.messages, after };
        response.write(`event: messages\ndata: ${JSON.stringify(batch)}\n\n`);
      }
      if (await watch.next(deps.heartbeatMs)) continue;
      response.write(': here\n\n');
      await deps.chats.touch(chat.token);
    }
  } finally {
    watch.stop();
    response.end();
  }
}

/** Answers as soon as there is something new, or with nothing after `pollMs`. */
export async function answerPoll(
  deps: StreamDeps,
  request: Request,
  response: Response,
  chat: { token: string; conversationId: string; after: number },
): Promise<void> {
  const abort = abortOnClose(request, response);
  const watch = await watchConversation(deps.live, chat.conversationId, abort);
  const look = async (): Promise<PollAnswer | null> => {
    const ended = explainEnd(await deps.chats.find(chat.token));
    if (ended !== null) return { ended };
    const news = await deps.chats.read(chat.conversationId, chat.after);
    return news.after > chat.after ? { ended: null, messages: news.messages, after: news.after } : null;
  };
  try {
    const found = await waitFor(watch, look, deps.pollMs, deps.now);
    await deps.chats.touch(chat.token);
    response.json(found ?? { ended: null, messages: [], after: chat.after });
  } finally {
    watch.stop();
  }
}

function abortOnClose(request: Request, response: Response): AbortSignal {
  const abort = new AbortController();
  request.on('aborted', () => abort.abort());
  response.on('close', () => abort.abort());
  return abort.signal;
}
