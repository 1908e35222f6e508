/** The catalogue of error codes: HTTP status, whether trying again can help, and what an operator should know. */

interface ErrorKind {
  /** HTTP status when it reaches a client */
  status: number;
  /** true: the same request may succeed later */
  retryable: boolean;
  /** for operators; never shown to a person who writes to us */
  text: string;
}

/** Codes are stable and safe to show. Add at the end of a group; never reuse one. */
export const ERRORS = {
  // requests
  bad_request: { status: 400, retryable: false, text: 'The request is not what this address expects.' },
  not_json: { status: 400, retryable: false, text: 'The body is not JSON.' },
  unauthenticated: { status: 401, retryable: false, text: 'No valid sign-in or signature was given.' },
  forbidden: {
    status: 403,
    retryable: false,
    text: 'The signature is wrong, or the account may not do this.',
  },
  not_found: { status: 404, retryable: false, text: 'Nothing is at this address.' },
  conflict: { status: 409, retryable: false, text: 'Someone else changed this first.' },
  body_too_large: { status: 413, retryable: false, text: 'The body is larger than 1 MB.' },
  too_many_requests: { status: 429, retryable: true, text: 'Too many requests from one place.' },
  internal: { status: 500, retryable: true, text: 'A mistake of ours; the log has the error id.' },
  // the world around us
  database_unavailable: {
    status: 503,
    retryable: true,
    text: 'The database does not answer; platforms deliver again.',
  },
  stopping: { status: 503, retryable: true, text: 'The server is stopping.' },
  channel_unreachable: { status: 502, retryable: true, text: 'The platform does not answer.' },
  channel_rate_limited: { status: 429, retryable: true, text: 'The platform asks us to slow down.' },
  // start-up
  config_invalid: { status: 500, retryable: false, text: 'The configuration has faults; they are listed.' },
  data_dir_unusable: { status: 500, retryable: false, text: 'DATA_DIR cannot be written.' },
  data_dir_in_use: { status: 500, retryable: false, text: 'Another running server uses this DATA_DIR.' },
  postgres_failed: { status: 500, retryable: false, text: 'The embedded PostgreSQL did not start.' },
  postgres_version: {
    status: 500,
    retryable: false,
    text: 'The data was written by another major version of PostgreSQL.',
  },
  postgres_missing: {
    status: 500,
    retryable: false,
    text: 'No embedded PostgreSQL for this machine; set DATABASE_URL.',
  },
  database_unreachable: { status: 500, retryable: true, text: 'DATABASE_URL cannot be reached.' },
  migration_changed: { status: 500, retryable: false, text: 'An applied migration file was changed.' },
  migration_failed: { status: 500, retryable: false, text: 'A migration failed; nothing of it was applied.' },
  assets_broken: {
    status: 500,
    retryable: false,
    text: 'A flow or content file has errors; they are listed.',
  },
  port_in_use: { status: 500, retryable: false, text: 'The port is taken.' },
  // stored data
  sealed_value_unreadable: { status: 500, retryable: false, text: 'An encrypted value does not open.' },
  encryption_key_missing: {
    status: 500,
    retryable: false,
    text: 'The key that sealed this data is not in ENCRYPTION_KEYS.',
  },
  media_store_failed: {
    status: 503,
    retryable: true,
    text: 'A file people sent cannot be written, read or deleted: look at the disk of DATA_DIR, or at the S3 store.',
  },
  trial_failed: {
    status: 500,
    retryable: true,
    text: 'A phrase could not be tried on the labelled sets: test/data must be there, and some memory free.',
  },
  content_check_failed: {
    status: 500,
    retryable: true,
    text: 'The checker of the content ended without an answer: it needs some memory free.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** A failure with a code from the catalogue. `detail` is for operators: ids, paths, limits, never content of a message. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | null;

  constructor(code: ErrorCode, detail: string | null = null, options: { cause?: unknown } = {}) {
    super(detail === null ? ERRORS[code].text : `${ERRORS[code].text} ${detail}`, options);
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** Has a PostgreSQL or network error a code that means "the server is not there (now)"? Sources: PostgreSQL appendix A, libuv. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(08|57P0[1-5]|53)/.test(code)) return true;
  if (/^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH)$/.test(code))
    return true;
  return (
    /terminated|timeout|not queryable|closed|Connection ended|Cannot use a pool after/i.test(error.message) &&
    code === ''
  );
}

/** For a switch over a union: a kind nobody handles does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unhandled kind: ${JSON.stringify(value)}`);
}
