/** The Telegram adapter: what a bot can show, hear and send. Contract: https://core.telegram.org/bots/api (Bot API 10.x). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Api, type ApiClientOptions } from 'grammy';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../http.ts';
import type { Adapter, AdapterLog, Capabilities, ChannelHealth, InboundEvent } from './adapter.ts';
import type { MediaContext, MediaReference, MediaResult } from './adapter.ts';
import type { OutboundChoice, Recording, SendContext, SendResult, Verification } from './adapter.ts';
import { degrade, type FittedPart } from './degrade.ts';
import { downloadMedia } from './media-download.ts';
import { classifyFailure, readFailure, TransportError, type TelegramFailure } from './telegram-errors.ts';
import { parseUpdate } from './telegram-parse.ts';

export const TELEGRAM_API_ROOT = 'https://api.telegram.org';

/** What we ask Telegram to deliver; everything else would be ignored. */
export const TELEGRAM_UPDATES = [
  'message',
  'edited_message',
  'callback_query',
  'my_chat_member',
  'message_reaction',
] as const;

/**
 * Text and payload: sendMessage and InlineKeyboardButton of the Bot API. 100 buttons is what the platform is known to take.
 * The label has no documented limit: 64 is what two lines of a button on a narrow telephone show.
 */
export const TELEGRAM_CAPABILITIES: Capabilities = {
  maxTextUtf16: 4096,
  choices: 'inline_buttons',
  maxChoices: 100,
  maxChoiceLabelUtf16: 64,
  maxChoicePayloadBytes: 64,
  audio: true,
  audioFormats: ['ogg', 'mp3', 'm4a'],
  locationRequest: true,
  typing: true,
  windowHours: null,
};

const SEND_TIMEOUT_MS = 15_000;
/** A button stops spinning by itself after a while; waiting longer helps nobody. */
const ACKNOWLEDGE_TIMEOUT_MS = 5_000;
/** grammY's own timer must never be the first to fire: ours gives the better code. */
const GRAMMY_TIMEOUT_S = 60;
/** Two answers share a row when both are this short ("Có", "Không"). */
const SHORT_LABEL_UTF16 = 16;
/** A delivery error older than this is history. */
const RECENT_ERROR_MS = 10 * 60_000;
const BACKLOG_UPDATES = 100;

export interface TelegramOptions {
  account: string;
  /** from @BotFather: `<bot id>:<secret>` */
  token: string;
  /** 1–256 of A-Z a-z 0-9 _ -; null or '' = every webhook call is refused */
  webhookSecret: string | null;
  /** `https://api.telegram.org`, or a fake on loopback; may be private because it is named on purpose */
  apiRoot?: string;
  log?: AdapterLog;
  now?: () => Date;
  /** a client that allows `apiRoot`; an own one unless told */
  http?: HttpClient;
}

export function createTelegramAdapter(options: TelegramOptions): Adapter {
  const { account, token } = options;
  const apiRoot = (options.apiRoot ?? TELEGRAM_API_ROOT).replace(/\/+$/, '');
  const http = options.http ?? createHttpClient({ allowedBases: [apiRoot] });
  const now = options.now ?? (() => new Date());
  const createApi = (timeoutMs: number, signal?: AbortSignal) =>
    createTelegramApi({ token, apiRoot, http, timeoutMs, ...(signal && { signal }) });

  return {
    channel: 'telegram',
    account,
    capabilities: TELEGRAM_CAPABILITIES,
    verify: (headers) => verifySecret(headers['x-telegram-bot-api-secret-token'], options.webhookSecret),
    parse: (raw, receivedAt) => parseUpdate(raw, receivedAt, account),
    acknowledge: (events) => acknowledge(createApi(ACKNOWLEDGE_TIMEOUT_MS), events, account, options.log),
    send: (to, message, context) =>
      send(
        createApi(SEND_TIMEOUT_MS, context.signal),
        to.conversationId,
        degrade(message, TELEGRAM_CAPABILITIES),
        context,
      ),
    fetchMedia: (reference, context) =>
      fetchFile(createApi(SEND_TIMEOUT_MS, context.signal), { http, apiRoot, token }, reference, context),
    health: () => readHealth(createApi(ACKNOWLEDGE_TIMEOUT_MS), now()),
    secrets: listSecrets(token, options.webhookSecret),
  };
}

export interface TelegramApiOptions {
  token: string;
  apiRoot: string;
  http: HttpClient;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * grammY's client on our HTTP client. Its calls reject with grammY's errors, which hold the text sent and must not be passed on:
 * `readFailure` takes out what may be known.
 */
export function createTelegramApi(options: TelegramApiOptions): Api {
  const { http, timeoutMs, signal } = options;
  const callOverHttp = async (url: string, init: { body: string }): Promise<{ json: () => unknown }> => {
    const result = await http.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: init.body,
      timeoutMs,
      ...(signal && { signal }),
    });
    if (!result.ok) throw new TransportError(result.code);
    const answer = readAnswer(result.body);
    if (answer === null) throw new TransportError(`not_json_${result.status}`);
    return { json: () => answer };
  };
  // grammY calls it with the address as a string and, since nothing here uploads files, always a JSON body.
  const clientOptions: ApiClientOptions = {
    apiRoot: options.apiRoot,
    timeoutSeconds: GRAMMY_TIMEOUT_S,
    fetch: callOverHttp,
  };
  return new Api(options.token, clientOptions);
}

const AnswerSchema = z.union([
  z.looseObject({ ok: z.literal(true), result: z.unknown() }),
  z.looseObject({ ok: z.literal(false), error_code: z.int(), description: z.string().catch('') }),
]);

/** @returns an answer as the Bot API gives them, or null: proxies in between answer in HTML */
function readAnswer(body: Buffer): z.infer<typeof AnswerSchema> | null {
  try {
    return AnswerSchema.safeParse(JSON.parse(body.toString())).data ?? null;
  } catch {
    return null;
  }
}

function verifySecret(header: string | string[] | undefined, secret: string | null): Verification {
  if (secret === null || secret === '') return 'invalid';
  if (header === undefined || header === '') return 'missing';
  if (typeof header !== 'string') return 'invalid';
  // Digests have equal lengths, so the comparison takes the same time for every guess.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header), digest(secret)) ? 'ok' : 'invalid';
}

/** Stops the spinner on every tapped button. A query that is too old is nobody's concern any more. */
async function acknowledge(
  api: Api,
  events: readonly InboundEvent[],
  account: string,
  log: AdapterLog | undefined,
): Promise<void> {
  const handles = events.flatMap(({ replyHandle }) => (replyHandle === null ? [] : [replyHandle]));
  const answerOne = async (handle: string) => {
    try {
      await api.answerCallbackQuery(handle);
    } catch (error) {
      const failure = readFailure(error);
      if (failure.kind === 'refused' && failure.errorCode === 400) return;
      const { code } = classifyFailure(failure);
      log?.warn({ event: 'callback_answer_failed', channel: 'telegram', account, code });
    }
  };
  await Promise.all(handles.map(answerOne));
}

async function send(
  api: Api,
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
  if (!/^-?\d{1,16}$/.test(conversationId)) return refuse('telegram_bad_target');
  if (parts.length === 0) return refuse('telegram_empty');

  let chatId = Number(conversationId);
  let mayMove = true;
  const platformIds: string[] = [];
  for (let index = context.skipParts; index < parts.length;) {
    const part = parts[index];
    if (part === undefined) break;
    const outcome = await sendPart(api, chatId, part);
    if (outcome.ok) {
      platformIds.push(...outcome.ids);
      index += 1;
      continue;
    }
    const { failure } = outcome;
    if (failure.kind === 'refused' && failure.movedToChatId !== null && mayMove) {
      // The group became a supergroup with another id; once, or two ids could point at each other.
      chatId = failure.movedToChatId;
      mayMove = false;
      continue;
    }
    return { ok: false, ...classifyFailure(failure), sentParts: index - context.skipParts };
  }
  return { ok: true, platformIds };
}

type PartOutcome = { ok: true; ids: readonly string[] } | { ok: false; failure: TelegramFailure };

async function sendPart(api: Api, chatId: number, part: FittedPart): Promise<PartOutcome> {
  if (part.recording !== undefined)
    return { ok: true, ids: await sendRecording(api, chatId, part.recording) };
  try {
    // No parse_mode: what is written is what is read, and no text can break the request. No preview: a picture of the linked
    // page would tell whoever looks at the screen what this is about.
    const sent = await api.sendMessage(chatId, replaceLoneSurrogates(part.text), {
      link_preview_options: { is_disabled: true },
      ...(part.choices.length > 0 && { reply_markup: { inline_keyboard: toRows(part.choices) } }),
    });
    // An answer without an id is still an answer: sending again would say it twice.
    return {
      ok: true,
      ids: z.looseObject({ message_id: z.int() }).safeParse(sent).success ? [String(sent.message_id)] : [],
    };
  } catch (error) {
    return { ok: false, failure: readFailure(error) };
  }
}

/** A voice message, which plays at a touch. Telegram fetches it from us; when it cannot, the text behind it says the same. */
async function sendRecording(api: Api, chatId: number, { url }: Recording): Promise<readonly string[]> {
  try {
    const { message_id } = await api.sendVoice(chatId, url);
    return [String(message_id)];
  } catch {
    return [];
  }
}

function toRows(choices: readonly OutboundChoice[]): { text: string; callback_data: string }[][] {
  const buttons = choices.map(({ id, label }) => ({ text: replaceLoneSurrogates(label), callback_data: id }));
  const perRow = buttons.every(({ text }) => text.length <= SHORT_LABEL_UTF16) ? 2 : 1;
  return Array.from({ length: Math.ceil(buttons.length / perRow) }, (_row, index) =>
    buttons.slice(index * perRow, (index + 1) * perRow),
  );
}

/** Half of a character cannot be written in UTF-8, and Telegram refuses the whole message for it. */
function replaceLoneSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** What a file path may look like: it becomes part of an address with our token in it. */
const FileSchema = z.looseObject({ file_path: z.string().regex(/^(?!.*\.\.)[\w-]+(\/[\w.-]+)+$/) });

/** Two calls: the path of the file, then the file. The link holds the token, so it is made here and goes nowhere else. */
async function fetchFile(
  api: Api,
  { http, apiRoot, token }: { http: HttpClient; apiRoot: string; token: string },
  { ref }: MediaReference,
  context: MediaContext,
): Promise<MediaResult> {
  if (ref === null) return { kind: 'gone', code: 'media_no_address' };
  let path: string;
  try {
    const file = FileSchema.safeParse(await api.getFile(ref)).data;
    if (file === undefined) return { kind: 'gone', code: 'telegram_no_path' };
    path = file.file_path;
  } catch (error) {
    const failure = readFailure(error);
    const { code, retryAfterMs } = classifyFailure(failure);
    if (failure.kind === 'refused' && failure.errorCode === 400) {
      if (/too big/i.test(failure.description)) return { kind: 'refused', reason: 'too_large', code };
      // "temporarily unavailable" stands in the same sentence as "wrong file_id"
      return /temporarily/i.test(failure.description)
        ? { kind: 'later', code, retryAfterMs }
        : { kind: 'gone', code };
    }
    return { kind: 'later', code, retryAfterMs };
  }
  const url = `${apiRoot}/file/bot${token}/${path}`;
  return downloadMedia({ http, url, hosts: [], bases: [apiRoot], signedLink: false }, context);
}

const WebhookInfoSchema = z.looseObject({
  url: z.string(),
  pending_update_count: z.number().catch(0),
  last_error_date: z.number().optional().catch(undefined),
});

async function readHealth(api: Api, now: Date): Promise<ChannelHealth> {
  try {
    const info = WebhookInfoSchema.parse(await api.getWebhookInfo());
    if (info.url === '') return { ok: false, code: 'webhook_not_set' };
    const lastErrorMs = (info.last_error_date ?? 0) * 1000;
    if (now.getTime() - lastErrorMs < RECENT_ERROR_MS) return { ok: false, code: 'webhook_failing' };
    if (info.pending_update_count > BACKLOG_UPDATES) return { ok: false, code: 'webhook_backlog' };
    return { ok: true, code: 'ok' };
  } catch (error) {
    const failure = classifyFailure(readFailure(error));
    return { ok: false, code: failure.class === 'token' ? 'token_refused' : failure.code };
  }
}

/** The token whole, as it stands in an address, and its secret half alone. */
function listSecrets(token: string, webhookSecret: string | null): readonly string[] {
  const all = [token, encodeURIComponent(token), token.slice(token.indexOf(':') + 1), webhookSecret ?? ''];
  return [...new Set(all)].filter((secret) => secret !== '');
}
