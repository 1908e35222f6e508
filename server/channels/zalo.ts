/** The adapter of a Zalo Official Account: what it can show, hear and send. Interface: OA API v3.0, webhook with X-ZEvent-Signature. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../http.ts';
import type {
  Adapter,
  AdapterLog,
  Capabilities,
  ChannelHealth,
  OutboundMessage,
  SendContext,
  SendResult,
  SendTogetherResult,
  Verification,
} from './adapter.ts';
import { degrade, type FittedPart } from './degrade.ts';
import { fetchByUrl } from './media-download.ts';
import type { AccessToken, TokenSource } from './token-source.ts';
import {
  classifyFailure,
  classifyTokenFault,
  parseJson,
  readAnswer,
  type ClassifiedFailure,
} from './zalo-errors.ts';
import { buildTapPayload, concernsAccount, isProbe, parseWebhook } from './zalo-parse.ts';

export const ZALO_API_BASE = 'https://openapi.zalo.me';

/**
 * 2,000 characters and 5 buttons of 100 characters under a text; answers up to 7 days (free for 48 hours). A button's payload
 * may have 1,000 characters, of which an id takes up to three per byte after our prefix. How many messages one text may join is
 * bounded by its length; the number only keeps the call small.
 */
export const ZALO_CAPABILITIES: Capabilities = {
  maxTextUtf16: 2000,
  choices: 'inline_buttons',
  maxChoices: 5,
  maxChoiceLabelUtf16: 100,
  maxChoicePayloadBytes: 300,
  maxMessagesPerSend: 10,
  audio: false,
  locationRequest: false,
  typing: false,
  windowHours: 168,
};

const SEND_TIMEOUT_MS = 15_000;
/** Twice is an accident or somebody trying; more in a row is a wrong key, and then nobody is heard any more. */
const WRONG_SIGNATURES = 5;

export interface ZaloOptions {
  account: string;
  appId: string;
  oaId: string;
  /** the OA Secret Key, which signs webhooks; not the app's secret */
  oaSecret: string;
  /** values the logger must never let through, beside the OA's secret: the app's secret, a first refresh token */
  otherSecrets?: readonly string[];
  tokens: TokenSource;
  /** `https://openapi.zalo.me`, or a fake on loopback; may be private because it is named on purpose */
  apiBase?: string;
  log?: AdapterLog;
  /** a client that allows `apiBase`; an own one unless told */
  http?: HttpClient;
}

export function createZaloAdapter(options: ZaloOptions): Adapter {
  const { account, oaId, tokens, log } = options;
  const apiBase = (options.apiBase ?? ZALO_API_BASE).replace(/\/+$/, '');
  const http = options.http ?? createHttpClient({ allowedBases: [apiBase] });
  const state = { wrongSignatures: 0 };

  function verify(headers: IncomingHttpHeaders, raw: Buffer): Verification {
    const verification = verifySignature(headers, raw, options);
    if (verification === 'ok') state.wrongSignatures = 0;
    if (verification !== 'invalid') return verification;
    state.wrongSignatures += 1;
    if (state.wrongSignatures === WRONG_SIGNATURES)
      log?.warn({ event: 'webhook_signatures_wrong', channel: 'zalo', account, count: WRONG_SIGNATURES });
    return verification;
  }

  async function health(): Promise<ChannelHealth> {
    const told = await tokens.health();
    if (!told.ok || state.wrongSignatures < WRONG_SIGNATURES) return told;
    return { ok: false, code: 'webhook_signatures_wrong' };
  }

  const lineOf = (context: SendContext): Line => ({ apiBase, http, tokens, signal: context.signal });

  return {
    channel: 'zalo',
    account,
    capabilities: ZALO_CAPABILITIES,
    verify,
    parse: (raw, receivedAt) => parseWebhook(raw, receivedAt, account, oaId),
    handshake: answerCallback,
    send: (to, message, context) =>
      send(lineOf(context), to.conversationId, degrade(message, ZALO_CAPABILITIES), context),
    sendTogether: (to, messages, context) =>
      sendTogether(lineOf(context), to.conversationId, messages, context),
    fetchMedia: (reference, context) =>
      fetchByUrl('zalo', http, { own: ZALO_API_BASE, used: apiBase }, reference, context),
    health,
    secrets: [...new Set([options.oaSecret, ...(options.otherSecrets ?? [])])].filter(
      (secret) => secret !== '',
    ),
  };
}

/**
 * `mac=<hex>` of a plain SHA-256 over app id, raw bytes, time and OA secret. Which time is not said the same everywhere: that of
 * the header `X-ZEvent-Timestamp` where there is one, else that in the body; either will do.
 */
function verifySignature(
  headers: IncomingHttpHeaders,
  raw: Buffer,
  { appId, oaId, oaSecret }: Pick<ZaloOptions, 'appId' | 'oaId' | 'oaSecret'>,
): Verification {
  const given = headers['x-zevent-signature'];
  const json = parseJson(raw);
  if (given === undefined || given === '') return isProbe(json) ? 'ok' : 'missing';
  const mac = typeof given === 'string' ? /^(?:mac=)?([0-9a-f]{64})$/.exec(given.trim())?.[1] : undefined;
  if (mac === undefined || oaSecret === '') return 'invalid';
  const times = [headers['x-zevent-timestamp'], TimeSchema.safeParse(json).data?.timestamp];
  const isSigned = times
    .filter((time) => typeof time === 'string')
    .map((time) => createHash('sha256').update(appId).update(raw).update(time).update(oaSecret).digest())
    .some((digest) => timingSafeEqual(digest, Buffer.from(mac, 'hex')));
  // what is signed and no JSON is for `parse` to name
  const isOurs = json === undefined || isProbe(json) || concernsAccount(json, oaId);
  return isSigned && isOurs ? 'ok' : 'invalid';
}

const TimeSchema = z.looseObject({ timestamp: z.union([z.string(), z.number()]).transform(String) });

/** Where Zalo sends the operator's browser after consent: the address is what `npm run zalo:authorise` asks for. */
function answerCallback(query: Readonly<Record<string, string>>): { status: number; body: string } {
  if (query['code'] === undefined) return { status: 404, body: 'Nothing to see here.' };
  return {
    status: 200,
    body: 'Almost done: copy the whole address of this page into the window where npm run zalo:authorise is waiting.',
  };
}

interface Line {
  apiBase: string;
  http: HttpClient;
  tokens: TokenSource;
  signal: AbortSignal;
}

async function send(
  line: Line,
  conversationId: string,
  parts: readonly FittedPart[],
  context: SendContext,
): Promise<SendResult> {
  const refuse = (failure: ClassifiedFailure, sentParts = 0): SendResult => ({
    ok: false,
    ...failure,
    sentParts,
  });
  if (!/^\d{1,25}$/.test(conversationId))
    return refuse({ class: 'invalid', retryAfterMs: null, code: 'zalo_bad_target' });
  if (parts.length === 0) return refuse({ class: 'invalid', retryAfterMs: null, code: 'zalo_empty' });

  const platformIds: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (index < context.skipParts) continue;
    const outcome = await sendPart(line, conversationId, part);
    if (!outcome.ok) return refuse(outcome.failure, index - context.skipParts);
    if (outcome.id !== null) platformIds.push(outcome.id);
  }
  return { ok: true, platformIds };
}

/** Between two messages that go out as one text. */
const JOINT = '\n\n';

/**
 * The messages of one turn as one text, as many as fit and up to the first that offers choices: Zalo gives only a few answers for each
 * message of the person, and a turn can have many.
 */
async function sendTogether(
  line: Line,
  conversationId: string,
  messages: readonly OutboundMessage[],
  context: SendContext,
): Promise<SendTogetherResult> {
  const { taken, parts } = joinTurn(messages, context.skipParts);
  const result = await send(line, conversationId, parts, context);
  if (!result.ok) return { ok: false, taken, failure: result };
  // all are in the one message, so each has its id
  return { ok: true, taken, platformIds: Array.from({ length: taken }, () => result.platformIds) };
}

/** A message that needs several calls of its own, or was begun before, goes alone. */
function joinTurn(
  messages: readonly OutboundMessage[],
  skipParts: number,
): { taken: number; parts: readonly FittedPart[] } {
  const [first = [], ...others] = messages.map((message) => degrade(message, ZALO_CAPABILITIES));
  const [alone] = first;
  if (alone === undefined || first.length > 1 || skipParts > 0) return { taken: 1, parts: first };
  let joined = alone;
  let taken = 1;
  for (const [next, ...more] of others) {
    const asksSomething = (messages[taken - 1]?.choices.length ?? 0) > 0;
    if (asksSomething || next === undefined || more.length > 0) break;
    const text = joined.text + JOINT + next.text;
    if (text.length > ZALO_CAPABILITIES.maxTextUtf16) break;
    joined = { text, choices: next.choices };
    taken += 1;
  }
  return { taken, parts: [joined] };
}

type PartOutcome = { ok: true; id: string | null } | { ok: false; failure: ClassifiedFailure };

/** A refused token is replaced and the call repeated, once: it was refused, so nothing is said twice. */
async function sendPart(line: Line, userId: string, part: FittedPart): Promise<PartOutcome> {
  const token = await line.tokens.get();
  if (!token.ok) return { ok: false, failure: classifyTokenFault(token.fault) };
  const first = await call(line, token.access, userId, part);
  if (first.ok || first.failure.class !== 'token') return first;
  const replaced = await line.tokens.replace(token.access);
  if (!replaced.ok) return { ok: false, failure: classifyTokenFault(replaced.fault) };
  return call(line, replaced.access, userId, part);
}

/** Only consultation messages (`cs`): they may be sent for 7 days after the person's last word, and need no approved template. */
async function call(
  { apiBase, http, signal }: Line,
  access: AccessToken,
  userId: string,
  part: FittedPart,
): Promise<PartOutcome> {
  const result = await http.request({
    method: 'POST',
    url: `${apiBase}/v3.0/oa/message/cs`,
    headers: { 'content-type': 'application/json', access_token: access.token },
    body: JSON.stringify({ recipient: { user_id: userId }, message: describePart(part) }),
    timeoutMs: SEND_TIMEOUT_MS,
    signal,
  });
  const answer = readAnswer(result);
  // An answer without an id is still an answer: sending again would say it twice.
  if (answer.kind === 'accepted') return { ok: true, id: answer.messageId };
  return { ok: false, failure: classifyFailure(answer) };
}

/** `hide`: a tap is not shown as if the person had written our payload. */
function describePart({ text, choices }: FittedPart) {
  const buttons = choices.map(({ id, label }) => ({
    title: label.toWellFormed(),
    type: 'oa.query.hide',
    payload: buildTapPayload(id),
  }));
  return {
    // half of a character cannot be written in UTF-8
    text: text.toWellFormed(),
    ...(buttons.length > 0 && { attachment: { type: 'template', payload: { buttons } } }),
  };
}
