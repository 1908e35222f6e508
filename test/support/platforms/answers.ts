/** What the platforms may answer, as asked for by a test: a refusal, nonsense, silence; and the scripts that say when. */
import type { IncomingHttpHeaders } from 'node:http';

export const FACES = ['zalo', 'messenger', 'telegram', 'line'] as const;
export type FaceName = (typeof FACES)[number];

export interface PlatformCall {
  face: FaceName;
  /** what is called, in the platform's words, e.g. `sendMessage`, `message/push`, `messages` */
  name: string;
  method: string;
  /** without the face's name, e.g. `/v3.0/oa/message/cs` */
  path: string;
  query: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** the body as JSON; undefined when it is none */
  json: unknown;
  /** what the platform's contract has against the call; empty when valid */
  problems: readonly string[];
  /** the platform's name for this call */
  requestId: string;
  /** of the connection it came by: tells callers on one machine apart */
  remotePort: number;
}

/** What a call is answered. All but `answer` are for scripts. */
export type PlatformAnswer =
  /** a body that is a string goes out as it is, e.g. the HTML page of a proxy; anything else as JSON */
  | {
      kind: 'answer';
      status: number;
      body: unknown;
      headers?: Readonly<Record<string, string>> | undefined;
    }
  /** a JSON string of that many bytes */
  | { kind: 'huge'; bytes: number }
  /** takes the call and never answers */
  | { kind: 'hang' }
  /** begins an answer and never ends it */
  | { kind: 'stall' }
  /** begins an answer and breaks the connection in the middle of it */
  | { kind: 'cut' }
  /** takes the call and closes the connection */
  | { kind: 'reset' }
  /** does what was asked, and then breaks the connection instead of saying so */
  | { kind: 'accept_and_reset' }
  /** does what was asked, and never says so */
  | { kind: 'accept_and_hang' };

export function answerJson(status: number, body: unknown): PlatformAnswer {
  return { kind: 'answer', status, body };
}

export function answerRaw(
  status: number,
  body: string,
  headers?: Readonly<Record<string, string>>,
): PlatformAnswer {
  return { kind: 'answer', status, body, headers };
}

/** What the next calls are answered, whatever they ask. */
export interface Script {
  answerNext: (...answers: readonly PlatformAnswer[]) => void;
  /** decides over each call that `answerNext` leaves; null = the face's own rules */
  answerWhen: (decide: (call: PlatformCall) => PlatformAnswer | null) => void;
  next: (call: PlatformCall) => PlatformAnswer | null;
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

/** Counts calls in a sliding time; the limit can be changed, Infinity = none. */
export interface Rate {
  setLimit: (calls: number) => void;
  /** @returns 0 when the call is within the limit, and counts it; else after how many ms there is room again */
  take: () => number;
}

export function createRate(limit: number, perMs: number, now: () => Date): Rate {
  let most = limit;
  let taken: number[] = [];
  return {
    setLimit: (calls) => {
      most = calls;
    },
    take: () => {
      if (most === Number.POSITIVE_INFINITY) return 0;
      const nowMs = now().getTime();
      taken = taken.filter((at) => nowMs - at < perMs);
      const [oldest = nowMs] = taken;
      if (taken.length >= most) return oldest + perMs - nowMs;
      taken.push(nowMs);
      return 0;
    },
  };
}
