/** The LINE adapter: what an official account can show, hear and send. Contract: LINE Messaging API, OpenAPI of 2026-07-01. */
import { createHash } from 'node:crypto';
import type { messagingApi } from '@line/bot-sdk';
import { z } from 'zod';
import type { Adapter, AdapterLog, Capabilities, InboundEvent } from './adapter.ts';
import type { SendContext, SendResult, SendTarget, Verification } from './adapter.ts';
import { degrade, type FittedPart } from './degrade.ts';
import { createLineClient, type LineClient, type LineClientOptions, readHealth } from './line-client.ts';
import { classifyFailure, isAcceptedBefore, isTokenSpent, mayHaveArrived } from './line-errors.ts';
import type { LineFailure } from './line-errors.ts';
import { parseLine, readReplyHandle, SUSPENDED_KEY } from './line-parse.ts';
import { isSignatureOf, lenientArray } from './reading.ts';

/** LINE: 5,000 UTF-16 units, 13 quick replies of 20 characters with data of 300; no window, a monthly quota of pushes instead. */
export const LINE_CAPABILITIES: Capabilities = {
  maxTextUtf16: 5000,
  choices: 'quick_replies',
  maxChoices: 13,
  maxChoiceLabelUtf16: 20,
  maxChoicePayloadBytes: 300,
  audio: true,
  locationRequest: true,
  typing: true,
  windowHours: null,
};

const MAX_MESSAGES_PER_CALL = 5;
/** Twice this, for the second try of a reply, stays below the sender's own limit. */
const SEND_TIMEOUT_MS = 10_000;
/**
 * LINE gives a reply token "about a minute". Half of it leaves room for one try that times out and a second one that still finds
 * the token alive: refused then, it was used by the first.
 */
const REPLY_FRESH_MS = 30_000;

export interface LineOptions extends LineClientOptions {
  account: string;
  /** signs webhooks */
  channelSecret: string;
  /** our own user id (`U…`); when given, health tells a token of another account */
  destination?: string | null;
  log?: AdapterLog;
  now?: () => Date;
}

export function createLineAdapter(options: LineOptions): Adapter {
  const { account, channelSecret, channelToken, log } = options;
  const now = options.now ?? (() => new Date());
  const line = createLineClient(options);
  return {
    channel: 'line',
    account,
    capabilities: LINE_CAPABILITIES,
    verify: (headers, raw) => verifySignature(headers['x-line-signature'], raw, channelSecret),
    parse: (raw, receivedAt) => parseLine(raw, receivedAt, account),
    acknowledge: (events) => reportSuspension(events, account, log),
    send: (to, message, context) => send(line, to, degrade(message, LINE_CAPABILITIES), context, now()),
    health: () => readHealth(line, options.destination ?? null),
    secrets: [...new Set([channelToken, encodeURIComponent(channelToken), channelSecret])].filter(
      (secret) => secret !== '',
    ),
  };
}

function verifySignature(
  header: string | string[] | undefined,
  raw: Buffer,
  channelSecret: string,
): Verification {
  if (header === undefined || header === '') return 'missing';
  if (typeof header !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(header)) return 'invalid';
  return isSignatureOf(raw, channelSecret, Buffer.from(header, 'base64')) ? 'ok' : 'invalid';
}

/** LINE stopped the account: nobody can reach us there until an operator has spoken with LINE. */
function reportSuspension(
  events: readonly InboundEvent[],
  account: string,
  log: AdapterLog | undefined,
): Promise<void> {
  if (events.some(({ kind, dedupeKey }) => kind === 'ignored' && dedupeKey.includes(`:${SUSPENDED_KEY}:`))) {
    log?.warn({ event: 'platform_limits_us', channel: 'line', account, code: 'bot_suspended' });
  }
  return Promise.resolve();
}

/** As few calls as possible: the first replies while its token is fresh, which is free; the rest are pushed. */
async function send(
  line: LineClient,
  to: SendTarget,
  parts: readonly FittedPart[],
  context: SendContext,
  now: Date,
): Promise<SendResult> {
  const refuse = (code: string): SendResult => ({
    ok: false,
    class: 'invalid',
    retryAfterMs: null,
    sentParts: 0,
    code,
  });
  if (!/^[UCR][0-9a-f]{32}$/.test(to.conversationId)) return refuse('line_bad_target');
  if (parts.length === 0) return refuse('line_empty');

  const platformIds: string[] = [];
  let token = freshToken(to.replyHandle, now);
  for (let start = context.skipParts; start < parts.length; start += MAX_MESSAGES_PER_CALL) {
    const messages = parts.slice(start, start + MAX_MESSAGES_PER_CALL).map(toMessage);
    const push = (): Promise<Outcome> =>
      pushMessages(line, { to: to.conversationId, messages }, { ...context, skipParts: start });
    const outcome =
      token === null
        ? await push()
        : await replyMessages(line, { replyToken: token, messages }, context.signal, push);
    if (!outcome.ok) {
      return { ok: false, ...classifyFailure(outcome.failure), sentParts: start - context.skipParts };
    }
    platformIds.push(...outcome.ids);
    token = null;
  }
  return { ok: true, platformIds };
}

type Outcome = { ok: true; ids: readonly string[] } | { ok: false; failure: LineFailure };

/** @returns the reply token of a handle that is young enough */
function freshToken(handle: string | null, now: Date): string | null {
  const reply = handle === null ? null : readReplyHandle(handle);
  if (reply === null) return null;
  const ageMs = now.getTime() - reply.receivedAt.getTime();
  return ageMs >= 0 && ageMs <= REPLY_FRESH_MS ? reply.token : null;
}

/**
 * A reply takes no retry key, but its token can be used once only, and that tells the same: when a first try had no answer and
 * the second finds the token used up, the first arrived.
 *
 * @param push what to do when the token is worth nothing
 */
async function replyMessages(
  line: LineClient,
  body: messagingApi.ReplyMessageRequest,
  signal: AbortSignal,
  push: () => Promise<Outcome>,
): Promise<Outcome> {
  const reply = () =>
    line({ method: 'POST', path: 'message/reply', body, timeoutMs: SEND_TIMEOUT_MS, signal });
  const first = await reply();
  if (first.ok) return { ok: true, ids: readIds(first.value) };
  if (isTokenSpent(first.failure)) return push();
  if (!mayHaveArrived(first.failure)) return first;
  const second = await reply();
  if (second.ok) return { ok: true, ids: readIds(second.value) };
  return isTokenSpent(second.failure) ? { ok: true, ids: [] } : second;
}

async function pushMessages(
  line: LineClient,
  body: messagingApi.PushMessageRequest,
  { idempotencyKey, skipParts, signal }: SendContext,
): Promise<Outcome> {
  const retryKey = deriveRetryKey(idempotencyKey, skipParts);
  const answer = await line({
    method: 'POST',
    path: 'message/push',
    body,
    retryKey,
    timeoutMs: SEND_TIMEOUT_MS,
    signal,
  });
  if (answer.ok) return { ok: true, ids: readIds(answer.value) };
  return isAcceptedBefore(answer.failure) ? { ok: true, ids: [] } : answer;
}

/** A UUID of version 5 (RFC 9562, 5.5) in a name space of our own: the same for the same call, whoever makes it again. */
function deriveRetryKey(idempotencyKey: string, firstPart: number): string {
  const space = Buffer.from('5f0c1c36c0a54e0f9d1e7a2b8d3f6e41', 'hex');
  const bytes = createHash('sha1').update(space).update(`${idempotencyKey}:${firstPart}`).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function toMessage({ text, choices }: FittedPart): messagingApi.TextMessage {
  const items = choices.map(({ id, label: given }): messagingApi.QuickReplyItem => {
    const label = given.toWellFormed();
    // shown as the person's own words, so that the conversation can be read afterwards
    return {
      type: 'action',
      action: { type: 'postback', label, data: id.toWellFormed(), displayText: label },
    };
  });
  // Half of a character cannot be written in UTF-8.
  const message = { type: 'text', text: text.toWellFormed() } as const;
  return items.length === 0 ? message : { ...message, quickReply: { items } };
}

const SentSchema = z.looseObject({ sentMessages: lenientArray(z.looseObject({ id: z.string() })) });

/** An answer without ids is still an answer: sending again would say it twice. */
function readIds(value: unknown): readonly string[] {
  const sent = SentSchema.safeParse(value).data?.sentMessages ?? [];
  return sent.flatMap((message) => (message === undefined ? [] : [message.id]));
}
