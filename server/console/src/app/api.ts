/** Talks to the staff API; every refusal becomes an ApiError with a code that has a text in each language. */
import type { Refusal } from '../../../api/contract.ts';

export class ApiError extends Error {
  readonly code: string;
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.name = 'ApiError';
    this.code = refusal.code;
    this.refusal = refusal;
  }
}

/** @throws ApiError with the server's code, or `network` when nothing came back */
export async function callApi<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T> {
  return method === 'GET' ? askTwice(() => ask<T>(method, path, body)) : ask<T>(method, path, body);
}

/** Reads only: the session may have got a new token while this was on its way, and the browser has it now. */
async function askTwice<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) !== 'unauthenticated') throw error;
    return read();
  }
}

async function ask<T>(method: string, path: string, body: object | undefined): Promise<T> {
  const response = await send(method, path, body);
  const text = await response.text().catch(() => '');
  if (response.ok) {
    // the server has just validated this answer with the shape that T comes from
    // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment
    const answer: T = JSON.parse(text);
    return answer;
  }
  throw new ApiError(readRefusal(text) ?? { code: response.status === 401 ? 'unauthenticated' : 'internal' });
}

/**
 * A file, and the name to save it under.
 * @throws ApiError like `callApi`
 */
export function fetchFile(path: string): Promise<{ blob: Blob; name: string }> {
  return askTwice(() => askForFile(path));
}

async function askForFile(path: string): Promise<{ blob: Blob; name: string }> {
  const response = await send('GET', path, undefined);
  if (!response.ok)
    throw new ApiError(readRefusal(await response.text().catch(() => '')) ?? { code: 'internal' });
  const name = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  try {
    return { blob: await response.blob(), name: name ?? 'tep' };
  } catch {
    throw new ApiError({ code: 'network' });
  }
}

async function send(method: string, path: string, body: object | undefined): Promise<Response> {
  try {
    return await fetch(`/api${path}`, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError({ code: 'network' });
  }
}

function readRefusal(text: string): Refusal | null {
  try {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment
    const answer: { error?: Refusal } = JSON.parse(text);
    return answer.error ?? null;
  } catch {
    return null;
  }
}

export function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code : 'internal';
}
