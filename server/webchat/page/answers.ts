/** Requests to our own server and what its answers mean. */
import type { EndReason, PageBatch, PageMessage } from '../shared/wire.ts';

/** How the way to the server is. `slowed`: too many chats from one source; `fast`: too many messages at once. */
export type LinkState = 'ok' | 'offline' | 'unreachable' | 'slowed' | 'fast';

export type Outcome =
  | { kind: 'ok'; body: unknown }
  | { kind: 'gone'; reason: EndReason }
  | { kind: 'refused' }
  | { kind: 'later'; link: LinkState; afterMs: number | null };

export function describePost(body: object, signal: AbortSignal | null): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    ...(signal === null ? {} : { signal }),
  };
}

/** What an answer means for what was asked: done, try later, never, or the chat is over. */
export function judge(response: Response, body: unknown): Outcome {
  if (response.ok) return { kind: 'ok', body };
  const code = readText(isRecord(body) ? body['error'] : null, 'code');
  if (response.status === 410) return { kind: 'gone', reason: code === 'chat_erased' ? 'erased' : 'ended' };
  const seconds = Number(response.headers.get('retry-after'));
  const afterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
  if (response.status === 429) {
    return { kind: 'later', link: response.url.endsWith('/start') ? 'slowed' : 'fast', afterMs };
  }
  if (response.status >= 500) return { kind: 'later', link: 'unreachable', afterMs };
  return { kind: 'refused' };
}

export function readBatch(data: string): PageBatch {
  try {
    return toBatch(JSON.parse(data));
  } catch {
    return { messages: [], after: 0 };
  }
}

export function toBatch(body: unknown): PageBatch {
  if (!isRecord(body) || !Array.isArray(body['messages']) || typeof body['after'] !== 'number')
    return { messages: [], after: 0 };
  return { messages: body['messages'].filter(isMessage), after: body['after'] };
}

function isMessage(value: unknown): value is PageMessage {
  return isRecord(value) && typeof value['text'] === 'string' && Array.isArray(value['choices']);
}

export function readText(value: unknown, name: string): string | null {
  const found = isRecord(value) ? value[name] : null;
  return typeof found === 'string' ? found : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
