/** The LINE adapter: what an official account can show, hear and send. Contract: LINE Messaging API, OpenAPI of 2026-07-01. */
import { createHash } from 'node:crypto';
import type { messagingApi } from '@line/bot-sdk';
import { z } from 'zod';
import type { Adapter, AdapterLog, Capabilities, InboundEvent } from './adapter.ts';
import type {
  MediaContext,
  MediaReference,
  MediaResult,
  OutboundMessage,
  SendContext,
  SendResult,
  SendTarget,
  SendTogetherResult,
  Verification,
} from './adapter.ts';
import { degrade, type FittedPart } from './degrade.ts';
import { downloadMedia } from './media-download.ts';
import { createHttpClient, type HttpClient } from '../http.ts';
import {
  createLineClient,
  LINE_API_BASE,
  LINE_DATA_BASE,
  type LineClient,
  type LineClientOptions,
  readHealth,
} from './line-client.ts';
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
  audioFormats: ['m4a', 'mp3'],
  locationRequest: true,
  typing: true,
  windowHours: null,
  maxMessagesPerSend: 5,
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
  const apiBase = (options.apiBase ?? LINE_API_BASE).replace(/\/+$/, '');
  const dataBase = (options.dataBase ?? LINE_DATA_BASE).replace(/\/+$/, '');
  const http = options.http ?? createHttpClient({ allowedBases: [apiBase, dataBase] });
  const line = createLineClient({ ...options, http });
  return {
    channel: 'line',
    account,
    capabilities: LINE_CAPABILITIES,
    verify: (headers, raw) => verifySignature(headers['x-line-signature'], raw, channelSecret),
    parse: (raw, receivedAt) => parseLine(raw, receivedAt, account),
    acknowledge: (events) => reportSuspension(events, account, log),
    send: (to, message, context) => send(line, to, degrade(message, LINE_CAPABILITIES), context, now()),
    sendTogether: (to, messages, context) => sendTogether(line, to, messages, context, now()),
    answersFree: (replyHandle, at) => freshToken(replyHandle, at) !== null,
    fetchMedia: (reference, context) => fetchContent({ http, dataBase, channelToken }, reference, context),
    health: () => readHealth(line, options.destination ?? null),
    secrets: [...new Set([channelToken, encodeURIComponent(channelToken), channelSecret])].filter(
      (secret) => secret !== '',
    ),
  };
}

/** What somebody else holds has no id here (`contentProvider` external): its address could be anybody's, and is not fetched. */
function fetchContent(
  { http, dataBase, channelToken }: { http: HttpClient; dataBase: string; channelToken: string },
  { ref }: MediaReference,
  context: MediaContext,
): Promise<MediaResult> {
  if (ref === null || !/^\d{1,30}$/.test(ref))
    return Promise.resolve({ kind: 'gone', code: 'media_no_address' });
  const url = `${dataBase}/v2/bot/message/${ref}/content`;
  const headers = { authorization: `Bearer ${channelToken}` };
  return downloadMedia({ http, url, headers, hosts: [], bases: [dataBase], signedLink: false }, context);
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
  let charged = 0;
  let token = freshToken(to.replyHandle, now);
  for (let start = context.skipParts; start < parts.length; start += MAX_MESSAGES_PER_CALL) {
    const deliver = (group: readonly FittedPart[]): Promise<Outcome> => {
      const messages = group.map(toMessage);
      const push = (): Promise<Outcome> =>
        pushMessages(line, { to: to.conversationId, messages }, { ...context, skipParts: start });
      return token === null
        ? push()
        : replyMessages(line, { replyToken: token, messages }, context.signal, push);
    };
    let group = parts.slice(start, start + MAX_MESSAGES_PER_CALL);
    let outcome = await deliver(group);
    const written = group.filter(({ recording }) => recording === undefined);
    if (isInvalid(outcome) && written.length > 0 && written.length < group.length) {
      // one call carries all: without what is only to be heard it may pass
      group = written;
      outcome = await deliver(group);
    }
    if (!outcome.ok) {
      return { ok: false, ...classifyFailure(outcome.failure), sentParts: start - context.skipParts };
    }
    platformIds.push(...outcome.ids.filter((_id, index) => group[index]?.recording === undefined));
    if (outcome.isPushed) charged += group.length;
    token = null;
  }
  return { ok: true, platformIds, charged };
}

/**
 * The messages of one turn in one call, so that all of them are the free reply: as many as fit. One with buttons ends the call,
 * since they vanish with the next message.
 */
async function sendTogether(
  line: LineClient,
  to: SendTarget,
  messages: readonly OutboundMessage[],
  context: SendContext,
  now: Date,
): Promise<SendTogetherResult> {
  const fitted = messages.map((message) => degrade(message, LINE_CAPABILITIES));
  const taken = countTogether(fitted, context.skipParts);
  const group = fitted.slice(0, taken);
  const result = await send(line, to, group.flat(), context, now);
  if (!result.ok) return { ok: false, taken, failure: result };
  const ids = [...result.platformIds];
  // an answer without ids is still an answer
  const platformIds = group.map((parts, index) => {
    const sent = parts.slice(index === 0 ? context.skipParts : 0);
    return ids.splice(0, sent.filter(({ recording }) => recording === undefined).length);
  });
  return { ok: true, taken, platformIds, charged: result.charged ?? 0 };
}

function countTogether(fitted: readonly (readonly FittedPart[])[], skipParts: number): number {
  let parts = -skipParts;
  for (const [index, message] of fitted.entries()) {
    parts += message.length;
    const previous = fitted[index - 1]?.at(-1);
    const endsBefore = previous !== undefined && previous.choices.length > 0;
    if (index > 0 && (parts > MAX_MESSAGES_PER_CALL || endsBefore || message.length === 0)) return index;
  }
  return fitted.length;
}

type Outcome = { ok: true; ids: readonly string[]; isPushed: boolean } | { ok: false; failure: LineFailure };

function isInvalid(outcome: Outcome): boolean {
  return !outcome.ok && classifyFailure(outcome.failure).class === 'invalid';
}

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
  if (first.ok) return { ok: true, ids: readIds(first.value), isPushed: false };
  if (isTokenSpent(first.failure)) return push();
  if (!mayHaveArrived(first.failure)) return first;
  const second = await reply();
  if (second.ok) return { ok: true, ids: readIds(second.value), isPushed: false };
  return isTokenSpent(second.failure) ? { ok: true, ids: [], isPushed: false } : second;
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
  if (answer.ok) return { ok: true, ids: readIds(answer.value), isPushed: true };
  // the answer was lost, and with it the count
  return isAcceptedBefore(answer.failure) ? { ok: true, ids: [], isPushed: true } : answer;
}

/** A UUID of version 5 (RFC 9562, 5.5) in a name space of our own: the same for the same call, whoever makes it again. */
function deriveRetryKey(idempotencyKey: string, firstPart: number): string {
  const space = Buffer.from('5f0c1c36c0a54e0f9d1e7a2b8d3f6e41', 'hex');
  const bytes = createHash('sha1').update(space).update(`${idempotencyKey}:${firstPart}`).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function toMessage({
  text,
  choices,
  recording,
}: FittedPart): messagingApi.TextMessage | messagingApi.AudioMessage {
  if (recording !== undefined)
    return { type: 'audio', originalContentUrl: recording.url, duration: recording.durationMs };
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
