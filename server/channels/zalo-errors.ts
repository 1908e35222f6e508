/** What went wrong at Zalo, reduced to classes and stable codes. Zalo answers most errors with HTTP 200 and a number. */
import { z } from 'zod';
import type { HttpResult } from '../http.ts';
import type { FailureClass } from './adapter.ts';
import type { TokenFault } from './token-source.ts';

export interface ClassifiedFailure {
  class: FailureClass;
  retryAfterMs: number | null;
  code: string;
}

/** Error numbers of the OA API v3 without their minus sign. A number that is not here is `retry`: it may pass. */
const CLASSES: readonly (readonly [FailureClass, readonly number[]])[] = [
  ['rate', [32]],
  // 124: the token of another product; 216 invalid, 220 expired
  ['token', [124, 216, 220]],
  // 230 more than 7 days, 232 the interaction expired, 234 not at night
  ['window', [230, 232, 234]],
  // 213 not following, 217 invitation blocked, 227 banned or inactive for 45 days, 244 does not take this kind
  ['blocked', [213, 217, 227, 244]],
  // 211 quota, 218 quota of the receiver, 321 no money
  ['quota', [211, 218, 321]],
  ['permission', [204, 205, 209, 212, 219, 221, 223, 224, 242, 320]],
  ['media', [100]],
  // 210 too long, 233 kind unsupported, 237 group, 240 interface shut, 248 policy, 249 template by user id, 403 not in the group
  ['invalid', [201, 210, 233, 235, 237, 240, 248, 249, 403]],
];
const CLASS_OF = new Map(CLASSES.flatMap(([name, numbers]) => numbers.map((number) => [number, name])));

/** -32 names no time; the limit is counted per minute. */
const RATE_PAUSE_MS = 60_000;

/** Some numbers arrive as strings. */
const NumberSchema = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,9}$/)
    .transform(Number),
]);
const AnswerSchema = z.looseObject({
  error: NumberSchema,
  data: z
    .looseObject({ message_id: z.union([z.string(), z.int()]).transform(String) })
    .optional()
    .catch(undefined),
});

export type ZaloAnswer =
  /** `messageId` null: accepted, but the answer does not say under which id */
  | { kind: 'accepted'; messageId: string | null }
  /** the number without its minus sign */
  | { kind: 'refused'; number: number }
  /** no answer, or none that can be read */
  | { kind: 'unanswered'; code: string };

/** Reads an answer of the OA API: the number in the body counts, whatever the HTTP status says. */
export function readAnswer(result: HttpResult): ZaloAnswer {
  if (!result.ok) return { kind: 'unanswered', code: result.code.replace(/^http_/, '') };
  const answer = AnswerSchema.safeParse(parseJson(result.body)).data;
  if (answer === undefined) return { kind: 'unanswered', code: `not_json_${result.status}` };
  if (answer.error !== 0) return { kind: 'refused', number: Math.abs(answer.error) };
  if (result.status >= 400) return { kind: 'unanswered', code: `status_${result.status}` };
  return { kind: 'accepted', messageId: answer.data?.message_id ?? null };
}

/** Codes: `zalo_<number>`, `zalo_<transport code>`. */
export function classifyFailure(answer: Exclude<ZaloAnswer, { kind: 'accepted' }>): ClassifiedFailure {
  if (answer.kind === 'unanswered') {
    // the front of the API, not the API: it refuses in its own words
    const failureClass = answer.code === 'not_json_429' || answer.code === 'status_429' ? 'rate' : 'retry';
    return {
      class: failureClass,
      retryAfterMs: failureClass === 'rate' ? RATE_PAUSE_MS : null,
      code: `zalo_${answer.code}`,
    };
  }
  const failureClass = CLASS_OF.get(answer.number) ?? 'retry';
  return {
    class: failureClass,
    retryAfterMs: failureClass === 'rate' ? RATE_PAUSE_MS : null,
    code: `zalo_${answer.number}`,
  };
}

/** Without a token nothing was sent, so trying again never says anything twice. Codes: `zalo_token_<what>`. */
export function classifyTokenFault(fault: TokenFault): ClassifiedFailure {
  const isPassing = fault === 'token_busy' || fault === 'token_store_failed';
  return { class: isPassing ? 'retry' : 'token', retryAfterMs: null, code: `zalo_${fault}` };
}

export function parseJson(body: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(body.toString());
    return json;
  } catch {
    return undefined;
  }
}
