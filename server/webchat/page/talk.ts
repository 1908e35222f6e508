/** The conversation with the server: what was written goes out once and in order, what is answered comes in; knows no DOM. */
import type { EndReason, PageBatch, PageLanguage, PageMessage } from '../shared/wire.ts';
import { describePost, judge, readBatch, readText, toBatch } from './answers.ts';
import type { LinkState, Outcome } from './answers.ts';
import { readStream } from './stream.ts';

export type Saying = { text: string } | { choice: string };
export type ItemState = 'queued' | 'sending' | 'sent' | 'refused';
export interface TalkDeps {
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** @returns a function that cancels it */
  setTimer: (run: () => void, ms: number) => () => void;
  /** 0 ≤ x < 1, spreads retries */
  random: () => number;
  isOnline: () => boolean;
  onMessages: (messages: readonly PageMessage[]) => void;
  onItem: (id: string, state: ItemState) => void;
  onLink: (state: LinkState) => void;
  onEnd: (reason: EndReason) => void;
}

export interface TalkStart {
  token: string;
  /** true: the server already knows this token */
  begun: boolean;
  after: number;
  language: PageLanguage;
  ref: string | null;
}

export interface Talk {
  start: () => void;
  /**
   * Takes it at once; sends it as soon as possible; `onItem` tells how it goes.
   * @param id unique and not to be guessed: with it the server knows a repeated message
   */
  say: (id: string, saying: Saying) => void;
  setLanguage: (language: PageLanguage) => void;
  /** the network may be back, or the page is looked at again */
  wake: () => void;
  /** Stops everything and tells the server, even if the page goes away. Nothing is called back after this. */
  leave: () => void;
}

const REQUEST_TIMEOUT_MS = 20_000;
/** the server writes at least every 15 s */
const SILENCE_MS = 40_000;
const POLL_TIMEOUT_MS = 40_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** after so many streams that never said a word, something between us swallows them: poll instead */
const STREAM_TRIES = 2;

export function createTalk(deps: TalkDeps, initial: TalkStart): Talk {
  const queue: { id: string; saying: Saying }[] = [];
  const sleepers = new Set<() => void>();
  let token = initial.token;
  let begun = initial.begun;
  let after = initial.after;
  let language = initial.language;
  let closed = false;
  let left = false;
  let pumping = false;
  let following: AbortController | null = null;
  let failures = 0;
  let silentStreams = 0;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const finish = (): void => {
        sleepers.delete(finish);
        cancel();
        resolve();
      };
      const cancel = deps.setTimer(finish, ms);
      sleepers.add(finish);
    });

  const wake = (): void => {
    for (const finish of [...sleepers]) finish();
  };

  const retryMs = (tries: number): number =>
    Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(tries, 6)) * (0.7 + deps.random() * 0.6);

  const request = async (path: string, body: object): Promise<Outcome> => {
    const abort = new AbortController();
    const cancel = deps.setTimer(() => abort.abort(), REQUEST_TIMEOUT_MS);
    try {
      const response = await deps.fetch(path, describePost(body, abort.signal));
      const answer: unknown = await response.json().catch(() => null);
      return judge(response, answer);
    } catch {
      return { kind: 'later', link: deps.isOnline() ? 'unreachable' : 'offline', afterMs: null };
    } finally {
      cancel();
    }
  };

  /** One try after the other until the server knows this chat. @returns false when left meanwhile */
  const ensureBegun = async (): Promise<boolean> => {
    while (!left && !begun) {
      const outcome = await request('/api/chat/start', {
        token: token === '' ? undefined : token,
        language,
        ref: initial.ref,
      });
      if (isLeft()) return false;
      if (outcome.kind === 'ok') {
        token = readText(outcome.body, 'token') ?? token;
        begun = true;
        closed = false;
        failures = 0;
        deps.onLink('ok');
      } else if (outcome.kind === 'gone') {
        token = '';
        after = 0;
      } else {
        await holdOn(outcome);
      }
    }
    return !left;
  };

  const holdOn = async (outcome: Outcome): Promise<void> => {
    const later = outcome.kind === 'later' ? outcome : { link: 'unreachable' as const, afterMs: null };
    deps.onLink(later.link);
    await pause(Math.max(later.afterMs ?? 0, retryMs(failures++)));
  };

  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    while (!left && queue[0] !== undefined) {
      const item = queue[0];
      if (!(await ensureBegun())) break;
      void follow();
      deps.onItem(item.id, 'sending');
      const outcome = await request('/api/chat/message', {
        token,
        clientMessageId: item.id,
        language,
        ...item.saying,
      });
      if (isLeft()) break;
      if (outcome.kind === 'ok' || outcome.kind === 'refused') {
        queue.shift();
        failures = 0;
        deps.onItem(item.id, outcome.kind === 'ok' ? 'sent' : 'refused');
        if (outcome.kind === 'ok') deps.onLink('ok');
      } else {
        deps.onItem(item.id, 'queued');
        if (outcome.kind === 'gone') close(outcome.reason);
        else await holdOn(outcome);
      }
    }
    pumping = false;
  };

  const isLeft = (): boolean => left;

  const close = (reason: EndReason): void => {
    if (left || closed) return;
    closed = true;
    begun = false;
    token = '';
    after = 0;
    following?.abort();
    following = null;
    deps.onEnd(reason);
  };

  const take = (batch: PageBatch): void => {
    if (left || batch.after <= after) return;
    after = batch.after;
    const news = batch.messages.filter((message) => message.author !== 'person');
    if (news.length > 0) deps.onMessages(news);
  };

  /** Follows what is answered until the chat is closed; at most one at a time. */
  const follow = async (): Promise<void> => {
    if (following !== null) return;
    const mine = new AbortController();
    following = mine;
    let tries = 0;
    const goesOn = (): boolean => !left && following === mine && begun;
    while (goesOn()) {
      const heard =
        silentStreams < STREAM_TRIES ? await listen(mine.signal, goesOn) : await poll(mine.signal, goesOn);
      tries = heard ? 0 : tries + 1;
      if (goesOn()) await pause(heard ? 50 : retryMs(tries - 1));
    }
    if (following === mine) following = null;
  };

  /** @returns true when the stream said anything */
  const listen = async (signal: AbortSignal, goesOn: () => boolean): Promise<boolean> => {
    const line = { heard: false, refused: false };
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    signal.addEventListener('abort', stop);
    let cancel = deps.setTimer(stop, REQUEST_TIMEOUT_MS);
    try {
      const response = await deps.fetch('/api/chat/events', describePost({ token, after }, abort.signal));
      line.refused = response.status >= 400;
      const outcome = line.refused ? judge(response, await response.json().catch(() => null)) : null;
      if (outcome?.kind === 'gone' && goesOn()) close(outcome.reason);
      if (outcome === null && response.body !== null) {
        await readStream(response.body, (event, data) => {
          if (!line.heard) deps.onLink('ok');
          line.heard = true;
          cancel();
          cancel = deps.setTimer(stop, SILENCE_MS);
          if (!goesOn()) return;
          if (event === 'messages') take(readBatch(data));
          if (event === 'ended') close(data === '"erased"' ? 'erased' : 'ended');
        });
      }
    } catch {
      // the line broke: the loop tries again
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
    if (line.heard) silentStreams = 0;
    else if (!line.refused && deps.isOnline()) silentStreams++;
    return line.heard;
  };

  /** @returns true when the server answered */
  const poll = async (signal: AbortSignal, goesOn: () => boolean): Promise<boolean> => {
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    signal.addEventListener('abort', stop);
    const cancel = deps.setTimer(stop, POLL_TIMEOUT_MS);
    try {
      const response = await deps.fetch('/api/chat/poll', describePost({ token, after }, abort.signal));
      const outcome = judge(response, await response.json());
      if (!goesOn()) return true;
      if (outcome.kind === 'gone') close(outcome.reason);
      if (outcome.kind !== 'ok') return false;
      deps.onLink('ok');
      const ended = readText(outcome.body, 'ended');
      if (ended !== null) close(ended === 'erased' ? 'erased' : 'ended');
      else take(toBatch(outcome.body));
      return true;
    } catch {
      silentStreams = 0;
      return false;
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
  };

  return {
    start() {
      void ensureBegun().then((ready) => {
        if (ready) void follow();
      });
    },
    say(id, saying) {
      queue.push({ id, saying });
      deps.onItem(id, 'queued');
      void pump();
    },
    setLanguage(next) {
      language = next;
    },
    wake,
    leave() {
      if (left) return;
      left = true;
      queue.length = 0;
      following?.abort();
      wake();
      if (!begun) return;
      // keepalive: goes out although the page is gone the next moment
      deps
        .fetch('/api/chat/end', { ...describePost({ token }, null), keepalive: true })
        .catch(() => undefined);
    },
  };
}
