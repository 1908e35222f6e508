/** What went wrong at the Graph API, reduced to classes and stable codes: numbers only, never Meta's words. */
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { FailureClass } from './adapter.ts';
import { lenient, readJson, readRetryAfterMs } from './reading.ts';

export type MessengerFailure =
  /** the Graph API refused; numbers as in its error object */
  | { kind: 'refused'; code: number; subcode: number | null; status: number; retryAfterMs: number | null }
  /** an answer without an error object that can be read */
  | { kind: 'status'; status: number; retryAfterMs: number | null }
  /** no answer, or none that can be read; `code` as in `HTTP_FAILURES`, or `not_json_<status>` */
  | { kind: 'unanswered'; code: string };

export interface ClassifiedFailure {
  class: FailureClass;
  retryAfterMs: number | null;
  code: string;
}

/** Code and subcode together, where the subcode says more. Source: Messenger Platform error codes, 2026-03-18. */
const PAIRS: Readonly<Record<string, FailureClass>> = {
  '10/2018278': 'window',
  '10/2534022': 'window',
  '10/2018108': 'blocked',
  '100/2018001': 'blocked', // nobody of that id writes to this page
  '10/2018065': 'policy',
  '10/1893063': 'policy', // the page is restricted for a time
  '2/2018344': 'policy',
};

const CODES: Readonly<Record<number, FailureClass>> = {
  [-1]: 'retry',
  1: 'retry',
  2: 'retry',
  1200: 'retry',
  3: 'permission',
  10: 'permission',
  4: 'rate',
  17: 'rate',
  32: 'rate',
  613: 'rate',
  80004: 'rate',
  100: 'invalid', // among them the message tags retired in April 2026
  36000: 'invalid',
  190: 'token',
  368: 'policy',
  551: 'blocked',
};

const ErrorSchema = z.looseObject({
  error: z.looseObject({ code: z.int(), error_subcode: lenient(z.int()) }),
});
const ObjectSchema = z.looseObject({});

export type GraphAnswer =
  { ok: true; value: Readonly<Record<string, unknown>> } | { ok: false; failure: MessengerFailure };

/** An error object counts whatever the status says; proxies in between answer in HTML, which is no answer. */
export function readAnswer(status: number, headers: IncomingHttpHeaders, body: Buffer): GraphAnswer {
  const value = ObjectSchema.safeParse(readJson(body)?.value).data;
  if (value === undefined) return { ok: false, failure: { kind: 'unanswered', code: `not_json_${status}` } };
  const retryAfterMs = readRetryAfterMs(headers);
  const refusal = ErrorSchema.safeParse(value).data?.error;
  if (refusal !== undefined) {
    const { code, error_subcode: subcode = null } = refusal;
    return { ok: false, failure: { kind: 'refused', code, subcode, status, retryAfterMs } };
  }
  if (status < 200 || status > 299 || value['error'] !== undefined) {
    return { ok: false, failure: { kind: 'status', status, retryAfterMs } };
  }
  return { ok: true, value };
}

/** Codes: `messenger_<code>`, `messenger_<code>_<subcode>`, `messenger_status_<status>`, `messenger_<transport code>`. */
export function classifyFailure(failure: MessengerFailure): ClassifiedFailure {
  if (failure.kind === 'unanswered') {
    return { class: 'retry', retryAfterMs: null, code: `messenger_${failure.code.replace(/^http_/, '')}` };
  }
  const { retryAfterMs, status } = failure;
  if (failure.kind === 'status') {
    return { class: classifyStatus(status), retryAfterMs, code: `messenger_status_${status}` };
  }
  const { code, subcode } = failure;
  const known = PAIRS[`${code}/${subcode ?? ''}`] ?? CODES[code];
  const isPermission = code >= 200 && code <= 299;
  return {
    class: known ?? (isPermission ? 'permission' : classifyStatus(status)),
    retryAfterMs,
    code: subcode === null ? `messenger_${code}` : `messenger_${code}_${subcode}`,
  };
}

function classifyStatus(status: number): FailureClass {
  if (status === 401) return 'token';
  if (status === 429) return 'rate';
  return status >= 400 && status < 500 ? 'invalid' : 'retry';
}
