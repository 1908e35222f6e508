/** The logger, and the list of fields it lets through. Everything else is dropped: no text, name, handle, number or token. */
import pino from 'pino';
import { AppError } from './errors.ts';

/** Names of fields that may be logged. Ids, codes, counts and durations only; add one only if it can never hold content. */
const ALLOWED_FIELDS = [
  'event',
  'channel',
  'account',
  'conversationId',
  'messageId',
  'handoverId',
  'userId',
  'requestId',
  'errorId',
  'instance',
  'code',
  'class',
  'cause',
  'level',
  'role',
  'kind',
  'flow',
  'node',
  'action',
  'method',
  'route',
  'status',
  'name',
  'signal',
  'ms',
  'count',
  'stored',
  'known',
  'attempts',
  'waiting',
  'port',
  'bytes',
  'processId',
  // number of a release of the content
  'release',
] as const;
export type LogField = (typeof ALLOWED_FIELDS)[number];

/** `event` in past tense: `turn_taken`. `error` is reduced to name, code and stack frames. */
export type LogEntry = { event: string; error?: unknown } & Partial<
  Record<LogField, string | number | boolean | null>
>;

export interface Log {
  debug: (entry: LogEntry) => void;
  info: (entry: LogEntry) => void;
  warn: (entry: LogEntry) => void;
  error: (entry: LogEntry) => void;
}

export interface LogOptions {
  level: string;
  /** where lines go; standard output when left out */
  destination?: { write: (line: string) => void };
  /** values that must never appear, e.g. tokens from adapters' `secrets` */
  secrets?: readonly string[];
}

/** Longest string let through: an id or a code is shorter, a text is not. */
const MAX_STRING = 120;
const MAX_FRAMES = 12;

export function createLog(options: LogOptions): Log {
  const settings = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const logger = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  const secrets = (options.secrets ?? []).filter((secret) => secret.length > 0);
  const clean = (entry: LogEntry): Record<string, unknown> => cleanEntry(entry, secrets);
  return {
    debug: (entry) => logger.debug(clean(entry)),
    info: (entry) => logger.info(clean(entry)),
    warn: (entry) => logger.warn(clean(entry)),
    error: (entry) => logger.error(clean(entry)),
  };
}

function cleanEntry(entry: LogEntry, secrets: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const field of ALLOWED_FIELDS) {
    const value = entry[field];
    if (value === undefined || !isHarmless(value, secrets)) continue;
    // pino writes its own `level`
    kept[field === 'level' ? 'risk' : field] = value;
  }
  if (entry.error !== undefined) kept['error'] = describeError(entry.error);
  return kept;
}

function isHarmless(value: unknown, secrets: readonly string[]): boolean {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'string' || value.length > MAX_STRING) return false;
  return !secrets.some((secret) => value.includes(secret));
}

/**
 * Name, code and stack frames. The message only of our own errors: those of the database, of JSON and of zod repeat what
 * they were given.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof AppError ? { message: error.message } : {}),
    frames: listFrames(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function listFrames(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at .*(:\d+:\d+|<anonymous>|native)\)?$/.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim());
}
