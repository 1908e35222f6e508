/** The Messenger adapter: what a Facebook page can show, hear and send. Contract: Messenger Platform on Graph API v26.0. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../http.ts';
import type { Adapter, AdapterLog, Capabilities, ChannelHealth, InboundEvent } from './adapter.ts';
import type { SendContext, SendResult, Verification } from './adapter.ts';
import { degrade, type FittedPart } from './degrade.ts';
import { fetchByUrl } from './media-download.ts';
import { classifyFailure, type GraphAnswer, readAnswer } from './messenger-errors.ts';
import { OWN_METADATA, parseMessenger, POLICY_KEY } from './messenger-parse.ts';
import { isSameSecret, isSignatureOf, lenientArray } from './reading.ts';

export const GRAPH_BASE = 'https://graph.facebook.com';
/** Current until at least July 2028; a base address that names a version of its own wins. */
const GRAPH_VERSION = 'v26.0';

/**
 * Meta: 2,000 characters, 13 quick replies of 20 characters with payloads of 1,000, 24 hours after the person's last message.
 * A counsellor's own words may follow up to 7 days later (tag HUMAN_AGENT, a permission of the app); anything a bot sends under
 * that tag breaks Meta's rules.
 */
export const MESSENGER_CAPABILITIES: Capabilities = {
  maxTextUtf16: 2000,
  choices: 'quick_replies',
  maxChoices: 13,
  maxChoiceLabelUtf16: 20,
  maxChoicePayloadBytes: 1000,
  audio: true,
  audioFormats: ['m4a', 'mp3'],
  locationRequest: false,
  typing: true,
  windowHours: 24,
  counsellorWindowHours: 168,
};

const SEND_TIMEOUT_MS = 15_000;
const HEALTH_TIMEOUT_MS = 5_000;

export interface MessengerOptions {
  account: string;
  /** digits */
  pageId: string;
  /** digits; tells our own echoes from other people's */
  appId: string;
  /** signs webhooks, and proves that a call with the page's token is ours */
  appSecret: string;
  /** chosen by us, entered in the app's settings */
  verifyToken: string;
  pageToken: string;
  /** `https://graph.facebook.com`, or a fake on loopback; may be private because it is named on purpose */
  graphBase?: string;
  log?: AdapterLog;
  /** a client that allows `graphBase`; an own one unless told */
  http?: HttpClient;
}

export function createMessengerAdapter(options: MessengerOptions): Adapter {
  const { account, pageId, appId, appSecret, verifyToken, pageToken, log } = options;
  const base = (options.graphBase ?? GRAPH_BASE).replace(/\/+$/, '');
  const http = options.http ?? createHttpClient({ allowedBases: [base] });
  const graph = createGraph(options, base, http);
  return {
    channel: 'messenger',
    account,
    capabilities: MESSENGER_CAPABILITIES,
    verify: (headers, raw) => verifySignature(headers['x-hub-signature-256'], raw, appSecret),
    parse: (raw, receivedAt) => parseMessenger(raw, receivedAt, { account, pageId, appId }),
    handshake: (query) => shakeHands(query, verifyToken),
    acknowledge: (events) => reportEnforcement(events, account, log),
    send: (to, message, context) =>
      send(graph, pageId, to.conversationId, degrade(message, MESSENGER_CAPABILITIES), context),
    fetchMedia: (reference, context) =>
      fetchByUrl('messenger', http, { own: GRAPH_BASE, used: base }, reference, context),
    health: () => readHealth(graph, pageId, appId),
    secrets: listSecrets([pageToken, appSecret, verifyToken, prove(pageToken, appSecret)]),
  };
}

interface GraphCall {
  method: 'GET' | 'POST';
  /** below the version, e.g. `me` */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  timeoutMs: number;
  signal?: AbortSignal;
}
type Graph = (call: GraphCall) => Promise<GraphAnswer>;

/** The whole client: one call, with the token and the proof that whoever uses it knows the app's secret. Never rejects. */
function createGraph({ appSecret, pageToken }: MessengerOptions, base: string, http: HttpClient): Graph {
  const root = /\/v\d+\.\d+$/.test(base) ? base : `${base}/${GRAPH_VERSION}`;
  const proof = prove(pageToken, appSecret);
  return async ({ method, path, query, body, timeoutMs, signal }) => {
    const search = new URLSearchParams({ ...query, access_token: pageToken, appsecret_proof: proof });
    const result = await http.request({
      method,
      url: `${root}/${path}?${search.toString()}`,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
      timeoutMs,
      ...(signal && { signal }),
    });
    if (!result.ok) return { ok: false, failure: { kind: 'unanswered', code: result.code } };
    return readAnswer(result.status, result.headers, result.body);
  };
}

function prove(token: string, appSecret: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex');
}

/** Over the bytes as they came: Meta escapes what is not ASCII, so JSON written again has another signature. */
function verifySignature(
  header: string | string[] | undefined,
  raw: Buffer,
  appSecret: string,
): Verification {
  if (header === undefined || header === '') return 'missing';
  const hex = typeof header === 'string' ? /^sha256=([0-9a-f]{64})$/i.exec(header)?.[1] : undefined;
  if (hex === undefined) return 'invalid';
  return isSignatureOf(raw, appSecret, Buffer.from(hex, 'hex')) ? 'ok' : 'invalid';
}

function shakeHands(query: Readonly<Record<string, string>>, verifyToken: string) {
  const isOurs =
    query['hub.mode'] === 'subscribe' && isSameSecret(query['hub.verify_token'] ?? '', verifyToken);
  const challenge = query['hub.challenge'];
  if (!isOurs || verifyToken === '' || challenge === undefined) return { status: 403, body: '' };
  return { status: 200, body: challenge };
}

/** Meta tells a page that it limits it, and why; an operator must hear that something is wrong, and looks up the rest there. */
function reportEnforcement(
  events: readonly InboundEvent[],
  account: string,
  log: AdapterLog | undefined,
): Promise<void> {
  if (events.some(({ kind, dedupeKey }) => kind === 'ignored' && dedupeKey.includes(`:${POLICY_KEY}:`))) {
    log?.warn({ event: 'platform_limits_us', channel: 'messenger', account, code: 'policy_enforcement' });
  }
  return Promise.resolve();
}

/** One part after the other: messages sent at once may change places. */
async function send(
  graph: Graph,
  pageId: string,
  conversationId: string,
  parts: readonly FittedPart[],
  context: SendContext,
): Promise<SendResult> {
  const refuse = (code: string): SendResult => ({
    ok: false,
    class: 'invalid',
    retryAfterMs: null,
    sentParts: 0,
    code,
  });
  if (!/^\d{1,32}$/.test(conversationId)) return refuse('messenger_bad_target');
  if (parts.length === 0) return refuse('messenger_empty');

  const platformIds: string[] = [];
  for (const [sentParts, part] of parts.slice(context.skipParts).entries()) {
    const answer = await graph({
      method: 'POST',
      path: `${pageId}/messages`,
      body: { recipient: { id: conversationId }, ...typeOf(context), message: toMessage(part) },
      timeoutMs: SEND_TIMEOUT_MS,
      signal: context.signal,
    });
    // Meta has no key against repetition: after a lost answer the sender tries again, and a message may arrive twice rather
    // than not at all.
    if (!answer.ok) {
      // what was to be heard stands in the text behind it
      if (part.recording !== undefined) continue;
      return { ok: false, ...classifyFailure(answer.failure), sentParts };
    }
    // An answer without an id is still an answer: sending again would say it twice.
    const id = answer.value['message_id'];
    if (typeof id === 'string') platformIds.push(id);
  }
  return { ok: true, platformIds };
}

function typeOf({ outsideWindow }: SendContext) {
  if (outsideWindow === true) return { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' } as const;
  return { messaging_type: 'RESPONSE' } as const;
}

function toMessage({ text, choices, recording }: FittedPart) {
  if (recording !== undefined)
    return {
      attachment: { type: 'audio', payload: { url: recording.url, is_reusable: true } },
      metadata: OWN_METADATA,
    };
  const replies = choices.map(({ id, label }) => ({
    content_type: 'text',
    title: label.toWellFormed(),
    payload: id.toWellFormed(),
  }));
  return {
    // Half of a character cannot be written in UTF-8.
    text: text.toWellFormed(),
    metadata: OWN_METADATA,
    ...(replies.length > 0 && { quick_replies: replies }),
  };
}

const PageSchema = z.looseObject({ id: z.string() });
const SubscriptionsSchema = z.looseObject({
  data: lenientArray(z.looseObject({ id: z.string(), subscribed_fields: z.array(z.string()).catch([]) })),
});

/** Is the token that of the page, and does Meta deliver the page's messages to our app? */
async function readHealth(graph: Graph, pageId: string, appId: string): Promise<ChannelHealth> {
  const ask = (path: string, fields: string) =>
    graph({ method: 'GET', path, query: { fields }, timeoutMs: HEALTH_TIMEOUT_MS });
  const [page, apps] = await Promise.all([
    ask('me', 'id'),
    ask(`${pageId}/subscribed_apps`, 'id,subscribed_fields'),
  ]);
  for (const answer of [page, apps]) {
    if (answer.ok) continue;
    const failure = classifyFailure(answer.failure);
    return { ok: false, code: failure.class === 'token' ? 'token_refused' : failure.code };
  }
  if (page.ok && PageSchema.safeParse(page.value).data?.id !== pageId)
    return { ok: false, code: 'wrong_page' };
  const subscriptions = apps.ok ? (SubscriptionsSchema.safeParse(apps.value).data?.data ?? []) : [];
  const fields = subscriptions.find((app) => app?.id === appId)?.subscribed_fields ?? [];
  return fields.includes('messages') ? { ok: true, code: 'ok' } : { ok: false, code: 'webhook_not_set' };
}

/** Each whole, and as it stands in an address. */
function listSecrets(all: readonly string[]): readonly string[] {
  const forms = all.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return [...new Set(forms)].filter((secret) => secret !== '');
}
