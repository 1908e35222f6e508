/** What went wrong at the LINE Messaging API, reduced to classes and stable codes: status first, LINE's words never passed on. */
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { FailureClass } from './adapter.ts';
import { readJson, readRetryAfterMs } from './reading.ts';

export type LineFailure =
  | {
      kind: 'refused';
      status: number;
      /** LINE's words: to classify by, never to log */
      message: string;
      retryAfterMs: number | null;
    }
  /** no answer, or none that can be read; `code` as in `HTTP_FAILURES`, or `not_json_<status>` */
  | { kind: 'unanswered'; code: string };

export interface ClassifiedFailure {
  class: FailureClass;
  retryAfterMs: number | null;
  code: string;
}

export type LineAnswer =
  { ok: true; value: Readonly<Record<string, unknown>> } | { ok: false; failure: LineFailure };

const ObjectSchema = z.looseObject({});
const RefusalSchema = z.looseObject({ message: z.string().catch('') });

/** Every answer of LINE is a JSON object; anything else comes from a proxy in between. */
export function readAnswer(status: number, headers: IncomingHttpHeaders, body: Buffer): LineAnswer {
  const value = ObjectSchema.safeParse(readJson(body)?.value).data;
  if (value === undefined) return { ok: false, failure: { kind: 'unanswered', code: `not_json_${status}` } };
  if (status >= 200 && status <= 299) return { ok: true, value };
  const { message } = RefusalSchema.parse(value);
  return {
    ok: false,
    failure: { kind: 'refused', status, message, retryAfterMs: readRetryAfterMs(headers) },
  };
}

/** A reply token that is used up, too old, or none at all. */
export function isTokenSpent(failure: LineFailure): boolean {
  return failure.kind === 'refused' && failure.status === 400 && /invalid reply token/i.test(failure.message);
}

/** The call with this retry key went through before. */
export function isAcceptedBefore(failure: LineFailure): boolean {
  return failure.kind === 'refused' && failure.status === 409;
}

/** May the call have gone through, although nobody said so? */
export function mayHaveArrived(failure: LineFailure): boolean {
  return failure.kind === 'unanswered' || failure.status >= 500;
}

/** Every status not in this table: 4xx is `invalid`, everything else `retry`. */
const STATUSES: Readonly<Record<number, FailureClass>> = {
  401: 'token',
  403: 'permission', // of the token, or of the plan
  408: 'retry',
  429: 'rate',
};

/** Codes: `line_<status>`, `line_429_quota`, `line_400_reply_token`, `line_<transport code>`. */
export function classifyFailure(failure: LineFailure): ClassifiedFailure {
  if (failure.kind === 'unanswered') {
    return { class: 'retry', retryAfterMs: null, code: `line_${failure.code.replace(/^http_/, '')}` };
  }
  const { status, message, retryAfterMs } = failure;
  if (status === 429 && /monthly limit/i.test(message)) {
    return { class: 'quota', retryAfterMs: null, code: 'line_429_quota' };
  }
  if (isTokenSpent(failure)) return { class: 'invalid', retryAfterMs: null, code: 'line_400_reply_token' };
  const fallback = status >= 400 && status < 500 ? 'invalid' : 'retry';
  return { class: STATUSES[status] ?? fallback, retryAfterMs, code: `line_${status}` };
}
