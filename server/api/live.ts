/** What changes, as it changes: server-sent events with replay. Ids only; texts come through the audited routes. */
import { z } from 'zod';
import { readActor } from '../store/user-sessions.ts';
import type { Actor } from '../store/user-sessions.ts';
import type { LiveSignal } from '../ports.ts';
import { EmptySchema } from './contract.ts';
import type { LiveChange } from './contract.ts';
import { hearFrom } from './hear-from.ts';
import { may } from './policies.ts';
import { sendRefusal } from './route.ts';
import type { RawCall, Route } from './route.ts';

export interface LivePace {
  /** keeps proxies from closing a silent stream */
  commentEveryMs: number;
  /** how soon a stream notices that its session ended without an event (idle, time, role) */
  checkEveryMs: number;
}

export const LIVE_PACE: LivePace = { commentEveryMs: 15_000, checkEveryMs: 4_000 };

const CursorSchema = z.string().regex(/^\d{1,20}-\d{1,20}$/);
const QuerySchema = z.strictObject({ after: CursorSchema.optional() });

/**
 * `Last-Event-ID` (the browser's own reconnect) or `?after=` (another tab takes the stream over) says where to go on.
 * Events: `change` (see LiveChangeSchema), `reset` (refetch everything), `bye` (the session ended; do not come back).
 */
export function createLiveRoute(pace: LivePace = LIVE_PACE): Route {
  return {
    method: 'get',
    path: '/live',
    permission: 'account',
    assurance: 'factor',
    summary: 'Server-sent events: change, reset, bye. Ids only. Replays what came after Last-Event-ID.',
    audit: null,
    params: EmptySchema,
    body: EmptySchema,
    output: null,
    refusals: [],
    serve: (call) => stream(call, pace),
  };
}

async function stream({ request, response, actor, tools }: RawCall, pace: LivePace): Promise<void> {
  const query = QuerySchema.safeParse(request.query);
  if (!query.success || actor === null) {
    sendRefusal(response, { code: 'bad_request', fields: ['after'] });
    return;
  }
  const header = CursorSchema.safeParse(request.headers['last-event-id']);
  const after = header.success ? header.data : (query.data.after ?? null);

  response.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    connection: 'keep-alive',
  });
  // clients come back after 1 to 3 seconds, not all at once
  response.write(`retry: ${String(1000 + Math.floor(Math.random() * 2000))}\n\n`);

  const ended = new AbortController();
  const end = (): void => ended.abort();
  request.on('close', end);
  response.on('error', end);

  const say = (text: string): void => {
    if (ended.signal.aborted) return;
    // a reader that does not read must not fill our memory; it replays when it comes back
    if (response.writableLength > 1_000_000) end();
    else response.write(text);
  };
  const checkSession = async (): Promise<void> => {
    const still = await readActor(tools.pool, actor.tokenHash, tools.clock.now()).catch(
      () => 'unknown' as const,
    );
    if (still === 'unknown') return;
    if (still !== null && still.role === actor.role && still.aal === actor.aal) {
      await hearFrom(tools, still);
      return;
    }
    say('event: bye\ndata: {"reason":"session_ended"}\n\n');
    end();
  };

  const stop = await tools.liveHub.subscribe(after, (signal) => {
    const text = describeSignal(signal, actor);
    if (text !== null) say(text);
    const isMine =
      signal.type === 'event' &&
      signal.event.kind === 'user_session_ended' &&
      signal.event.userId === actor.userId;
    if (isMine) void checkSession();
  });
  const comments = setInterval(() => say(': still here\n\n'), pace.commentEveryMs);
  const checks = setInterval(() => void checkSession(), pace.checkEveryMs);
  const finish = (): void => {
    clearInterval(comments);
    clearInterval(checks);
    stop();
    response.end();
  };
  if (ended.signal.aborted) finish();
  else ended.signal.addEventListener('abort', finish, { once: true });
  response.write(': open\n\n');
}

/** Who may not see the queue hears nothing about conversations, not even that one exists. */
function describeSignal(signal: LiveSignal, actor: Actor): string | null {
  if (signal.type === 'reset') return 'event: reset\ndata: {}\n\n';
  const { id, kind, conversationId, userId } = signal.event;
  if (kind === 'web_chat_ended') return null;
  const isPrivate = kind === 'user_session_ended' || kind === 'mentioned';
  const isOwn = userId !== null && userId === actor.userId;
  const mayHear = kind === 'content_changed' ? 'see_content' : 'overview';
  if (!isOwn && !(may(actor.role, mayHear) && !isPrivate)) return null;
  const change: LiveChange = { kind, conversationId };
  return `id: ${id}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
}
