/**
 * Cleans files in a process of their own. Decoders of pictures and films are where hostile files strike: over there are no keys,
 * no database, no environment, no right to write or to start anything; and what crashes or hangs is that process alone.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { MediaKind } from '../channels/media-rules.ts';
import { type Cleaned, readCleaned } from './cleaned.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const SCRIPT = path.join(import.meta.dirname, 'clean-process.ts');
/** Longer than the slowest honest picture by far. */
const TIME_LIMIT_MS = 30_000;
/** Of JavaScript; pixels lie outside and are limited by their number. */
const HEAP_MB = 192;
/** A picture never grows beyond this, sound and film stay what they were. */
const MAX_OUTPUT_BYTES = 40 * 1024 * 1024;

/** Read our own code, load the native decoder, nothing else. Exported for the test that tries. */
export const CLEANING_FLAGS = [
  '--permission',
  `--allow-fs-read=${ROOT}`,
  '--allow-addons',
  `--max-old-space-size=${HEAP_MB}`,
  '--disable-warning=SecurityWarning',
  '--disable-warning=ExperimentalWarning',
] as const;

export type CleanResult =
  | Cleaned
  /** it crashed, hung or talked nonsense: for the person at the desk the file is damaged */
  | { kind: 'failed' };

export interface CleanOptions {
  timeLimitMs?: number;
  signal?: AbortSignal;
}

export type Clean = (bytes: Buffer, sentAs: MediaKind, options?: CleanOptions) => Promise<CleanResult>;

/** Never rejects. */
export const cleanInProcess: Clean = (bytes, sentAs, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...CLEANING_FLAGS, SCRIPT, sentAs], {
      cwd: ROOT,
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: options.timeLimitMs ?? TIME_LIMIT_MS,
      killSignal: 'SIGKILL',
      ...(options.signal && { signal: options.signal }),
    });
    const chunks: Buffer[] = [];
    let bytesOut = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytesOut += chunk.length;
      if (bytesOut > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('error', () => resolve({ kind: 'failed' }));
    child.on('close', (code) => {
      const cleaned = code === 0 ? readCleaned(Buffer.concat(chunks)) : null;
      resolve(cleaned ?? { kind: 'failed' });
    });
    // it may end before it has read everything
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
  });
