/** What went wrong at Telegram, reduced to classes and stable codes: code first, Telegram's words second and never passed on. */
import { GrammyError, HttpError } from 'grammy';
import { z } from 'zod';
import type { FailureClass } from './adapter.ts';

export type TelegramFailure =
  | {
      kind: 'refused';
      errorCode: number;
      /** Telegram's words: to classify by, never to log */
      description: string;
      retryAfterMs: number | null;
      movedToChatId: number | null;
    }
  /** no answer, or none that can be read; `code` as in `HTTP_FAILURES`, or `not_json_<status>` */
  | { kind: 'unanswered'; code: string };

/** Thrown inside grammY's client by our transport; carries only a code. */
export class TransportError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface ClassifiedFailure {
  class: FailureClass;
  retryAfterMs: number | null;
  code: string;
}

/** 400 says only that something is wrong; these words of the description say what. They are not a stable contract. */
const REFUSALS_400: readonly { words: RegExp; class: FailureClass; code: string }[] = [
  {
    words: /chat not found|user not found|PEER_ID_INVALID|user is deactivated/i,
    class: 'blocked',
    code: 'chat_gone',
  },
  {
    words: /not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|need administrator rights/i,
    class: 'permission',
    code: 'no_rights',
  },
  {
    words:
      /file identifier|file_id|get HTTP URL content|file must be|web ?page content|PHOTO_|IMAGE_|wrong remote file/i,
    class: 'media',
    code: 'bad_media',
  },
  { words: /message is too long/i, class: 'invalid', code: 'too_long' },
  { words: /text (is |must be non-)empty/i, class: 'invalid', code: 'empty' },
  { words: /BUTTON_|inline keyboard|reply markup/i, class: 'invalid', code: 'bad_button' },
];

/** Every status not in this table: 4xx is `invalid`, everything else `retry`. */
const STATUSES: Readonly<Record<number, FailureClass>> = {
  401: 'token',
  403: 'blocked',
  404: 'token', // every method we call exists, so the address is wrong, and in it the token
  409: 'retry', // another consumer is being switched off
  429: 'rate',
};

/** @param error whatever a call through grammY rejected with */
export function readFailure(error: unknown): TelegramFailure {
  if (error instanceof GrammyError) {
    const { retry_after, migrate_to_chat_id } = ParametersSchema.parse(error.parameters);
    return {
      kind: 'refused',
      errorCode: error.error_code,
      description: error.description,
      retryAfterMs: retry_after === undefined ? null : retry_after * 1000,
      movedToChatId: migrate_to_chat_id ?? null,
    };
  }
  const inner = error instanceof HttpError ? error.error : error;
  return { kind: 'unanswered', code: inner instanceof TransportError ? inner.code : 'unknown' };
}

/** Codes: `telegram_<status>`, `telegram_400_<what>`, `telegram_<transport code>`. */
export function classifyFailure(failure: TelegramFailure): ClassifiedFailure {
  if (failure.kind === 'unanswered') {
    return { class: 'retry', retryAfterMs: null, code: `telegram_${failure.code.replace(/^http_/, '')}` };
  }
  const { errorCode, description, retryAfterMs } = failure;
  const known = errorCode === 400 ? REFUSALS_400.find(({ words }) => words.test(description)) : undefined;
  if (known) return { class: known.class, retryAfterMs: null, code: `telegram_400_${known.code}` };
  const fallback = errorCode >= 400 && errorCode < 500 ? 'invalid' : 'retry';
  return { class: STATUSES[errorCode] ?? fallback, retryAfterMs, code: `telegram_${errorCode}` };
}

const ParametersSchema = z
  .looseObject({
    retry_after: z.number().positive().max(86_400).optional().catch(undefined),
    migrate_to_chat_id: z.int().optional().catch(undefined),
  })
  .catch({});
