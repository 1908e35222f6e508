/** Calls to the LINE Messaging API over our own HTTP client, and what they tell about the account. */
import type { messagingApi } from '@line/bot-sdk';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../http.ts';
import type { ChannelHealth } from './adapter.ts';
import { classifyFailure, type LineAnswer, readAnswer } from './line-errors.ts';

export const LINE_API_BASE = 'https://api.line.me';
export const LINE_DATA_BASE = 'https://api-data.line.me';

const HEALTH_TIMEOUT_MS = 5_000;
/** Below this share of the monthly quota there is still time to buy more. */
const QUOTA_LOW_SHARE = 0.9;

export interface LineClientOptions {
  channelToken: string;
  /** `https://api.line.me`, or a fake on loopback; may be private because it is named on purpose */
  apiBase?: string;
  /** where files are; `https://api-data.line.me` unless told */
  dataBase?: string;
  /** a client that allows both bases; an own one unless told */
  http?: HttpClient;
}

export interface LineCall {
  method: 'GET' | 'POST';
  /** below `/v2/bot/` */
  path: string;
  body?: messagingApi.ReplyMessageRequest | messagingApi.PushMessageRequest;
  retryKey?: string;
  timeoutMs: number;
  signal?: AbortSignal;
}
export type LineClient = (call: LineCall) => Promise<LineAnswer>;

/** One call. Never rejects. The SDK's own client stands on `fetch`, without limits of time and size, and follows redirects. */
export function createLineClient({ channelToken, apiBase, http: given }: LineClientOptions): LineClient {
  const base = (apiBase ?? LINE_API_BASE).replace(/\/+$/, '');
  const http = given ?? createHttpClient({ allowedBases: [base] });
  return async ({ method, path, body, retryKey, timeoutMs, signal }) => {
    const result = await http.request({
      method,
      url: `${base}/v2/bot/${path}`,
      headers: {
        authorization: `Bearer ${channelToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(retryKey !== undefined && { 'x-line-retry-key': retryKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      timeoutMs,
      ...(signal && { signal }),
    });
    if (!result.ok) return { ok: false, failure: { kind: 'unanswered', code: result.code } };
    return readAnswer(result.status, result.headers, result.body);
  };
}

const HealthSchemas = {
  info: z.looseObject({ userId: z.string() }),
  endpoint: z.looseObject({ active: z.boolean() }),
  quota: z.looseObject({ value: z.number().positive() }),
  used: z.looseObject({ totalUsage: z.number() }),
};

/** Is the token that of the account, does LINE deliver to us, and may we still push this month? */
export async function readHealth(line: LineClient, destination: string | null): Promise<ChannelHealth> {
  const ask = (path: string) => line({ method: 'GET', path, timeoutMs: HEALTH_TIMEOUT_MS });
  const [info, endpoint, quota, used] = await Promise.all([
    ask('info'),
    ask('channel/webhook/endpoint'),
    ask('message/quota'),
    ask('message/quota/consumption'),
  ]);
  const bad = (code: string): ChannelHealth => ({ ok: false, code });
  if (!info.ok) {
    const failure = classifyFailure(info.failure);
    return bad(failure.class === 'token' ? 'token_refused' : failure.code);
  }
  const userId = HealthSchemas.info.safeParse(info.value).data?.userId;
  if (destination !== null && userId !== destination) return bad('wrong_account');
  // 404: no address was ever entered
  if (!endpoint.ok) {
    const failure = classifyFailure(endpoint.failure);
    return bad(failure.code === 'line_404' ? 'webhook_not_set' : failure.code);
  }
  if (HealthSchemas.endpoint.safeParse(endpoint.value).data?.active !== true) return bad('webhook_not_set');
  // an account without a limit has no `value`
  const limit = quota.ok ? HealthSchemas.quota.safeParse(quota.value).data?.value : undefined;
  const total = used.ok ? HealthSchemas.used.safeParse(used.value).data?.totalUsage : undefined;
  const counted = quota.ok && total !== undefined ? { quota: { limit: limit ?? null, used: total } } : {};
  if (limit !== undefined && total !== undefined && total >= limit)
    return { ...bad('quota_used_up'), ...counted };
  if (limit !== undefined && total !== undefined && total >= limit * QUOTA_LOW_SHARE)
    return { ...bad('quota_low'), ...counted };
  return { ok: true, code: 'ok', ...counted };
}
