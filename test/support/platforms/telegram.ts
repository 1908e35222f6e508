/** The face of Telegram: the Bot API with its errors, rate limits, blocked people and the webhook it is told to use. */
import { z } from 'zod';
import { createRate, createScript } from './answers.ts';
import type { PlatformAnswer, PlatformCall, Rate, Script } from './answers.ts';
import type { People, SentMessage } from './people.ts';
import type { Face, FaceOptions } from './server.ts';
import { findTelegramProblems, listButtons } from './telegram-spec.ts';

/** Shaped like real ones; the bot of test/server/channels/fixtures/telegram, which does not exist. */
export const FAKE_BOT = {
  token: '6000000001:AAExampleExampleExampleExampleExample',
  webhookSecret: 'example_webhook-secret_1',
} as const;

export const BOT_USER = {
  id: 6_000_000_001,
  is_bot: true,
  first_name: 'Example Bot',
  username: 'example_help_bot',
} as const;

export interface TelegramFace extends Face, Script {
  /** accepted by `sendMessage` and `sendVoice`, oldest first */
  sent: SentMessage[];
  people: People;
  /** messages of the whole bot in a second; none unless set (about 30 at the real one) */
  rate: Rate;
  /** messages to one chat in a second; none unless set (about 1 at the real one) */
  setChatRate: (messages: number) => void;
  /** changes what `getWebhookInfo` tells */
  setWebhookInfo: (info: Readonly<Record<string, unknown>>) => void;
}

export function createTelegramFace({ now, ledger, people, knowsEverybody }: FaceOptions): TelegramFace {
  const script = createScript();
  const sent: SentMessage[] = [];
  const rate = createRate(Number.POSITIVE_INFINITY, 1000, now);
  const chatRates = new Map<string, Rate>();
  const queries = new Set<string>();
  const state = {
    chatLimit: Number.POSITIVE_INFINITY,
    lastMessageId: 100,
    webhook: { url: '', has_custom_certificate: false, pending_update_count: 0 },
  };

  function perform(call: PlatformCall): PlatformAnswer {
    if (!call.path.startsWith(PREFIX)) return telegramError(401, 'Unauthorized');
    const [problem] = call.problems;
    if (problem !== undefined) return telegramError(400, `Bad Request: ${problem}`);
    const payload = PayloadSchema.parse(call.json ?? {});
    switch (call.name) {
      case 'sendMessage':
        return sendMessage(call, SendSchema.parse(payload));
      case 'sendVoice':
        return sendMessage(call, SendSchema.parse({ ...payload, text: '' }), String(payload['voice']));
      case 'answerCallbackQuery': {
        const isKnown = knowsEverybody || queries.delete(String(payload['callback_query_id']));
        return isKnown ? accept(true) : TELEGRAM_ERRORS.queryTooOld();
      }
      case 'setWebhook':
      case 'deleteWebhook': {
        const { url, allowed_updates } = payload;
        state.webhook = {
          ...state.webhook,
          url: typeof url === 'string' ? url : '',
          ...(allowed_updates !== undefined && { allowed_updates }),
        };
        return accept(true);
      }
      case 'getWebhookInfo':
        return accept(state.webhook);
      // files are another server's (test/support/media-server.ts): here nobody ever sent one
      case 'getFile':
        return telegramError(400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
      default:
        return accept(BOT_USER);
    }
  }

  function sendMessage(
    call: PlatformCall,
    payload: z.infer<typeof SendSchema>,
    recording?: string,
  ): PlatformAnswer {
    const person = String(payload.chat_id);
    if (people.isBlocked(person)) return TELEGRAM_ERRORS.blocked();
    if (people.lastAt(person) === null)
      return telegramError(403, "Forbidden: bot can't initiate conversation with a user");
    const waitMs = Math.max(rate.take(), chatRate(person).take());
    if (waitMs > 0) return TELEGRAM_ERRORS.tooMany(Math.ceil(waitMs / 1000));
    state.lastMessageId += 1;
    const { text } = payload;
    const choices = listButtons(payload).map((button) => ({
      label: button.text,
      payload: button.callback_data ?? '',
    }));
    const messageId = String(state.lastMessageId);
    sent.push(
      ledger.add({
        face: 'telegram',
        ...{ person, text, choices, messageId, requestId: call.requestId, how: call.name },
        ...(recording !== undefined && { recording }),
      }),
    );
    return accept({
      message_id: state.lastMessageId,
      date: Math.floor(now().getTime() / 1000),
      chat: { id: payload.chat_id, type: 'private' },
      from: BOT_USER,
      ...(recording === undefined ? { text } : { voice: { file_id: 'fake', duration: 1 } }),
    });
  }

  function chatRate(person: string): Rate {
    const known = chatRates.get(person) ?? createRate(state.chatLimit, 1000, now);
    if (state.chatLimit !== Number.POSITIVE_INFINITY) chatRates.set(person, known);
    return known;
  }

  return {
    name: 'telegram',
    examine: (call) => {
      const name = call.path.slice(call.path.lastIndexOf('/') + 1);
      if (!call.path.startsWith(PREFIX)) return { name, problems: [] };
      const payload = PayloadSchema.safeParse(call.body.length === 0 ? {} : call.json).data;
      const problems =
        payload === undefined ? ['the body is not a JSON object'] : findTelegramProblems(name, payload);
      return { name, problems };
    },
    scriptOf: () => script,
    perform,
    hear: (body) => {
      const update = UpdateSchema.safeParse(body).data;
      const chat = update?.message?.chat ?? update?.my_chat_member?.chat ?? update?.callback_query?.from;
      if (update === undefined || chat === undefined) return;
      people.touch(String(chat.id), now());
      if (update.my_chat_member?.new_chat_member.status === 'kicked') people.block(String(chat.id));
      if (update.callback_query !== undefined) queries.add(update.callback_query.id);
    },
    ...script,
    sent,
    people,
    rate,
    setChatRate: (messages) => {
      state.chatLimit = messages;
      chatRates.clear();
    },
    setWebhookInfo: (info) => {
      state.webhook = { ...state.webhook, ...info };
    },
  };
}

/** An error as Telegram gives it. */
export function telegramError(
  errorCode: number,
  description: string,
  parameters?: Readonly<Record<string, unknown>>,
): PlatformAnswer {
  const body = { ok: false, error_code: errorCode, description, ...(parameters && { parameters }) };
  return { kind: 'answer', status: errorCode, body };
}

/** The usual ones, as Telegram words them. */
export const TELEGRAM_ERRORS = {
  tooMany: (retryAfterS: number) =>
    telegramError(429, `Too Many Requests: retry after ${retryAfterS}`, { retry_after: retryAfterS }),
  blocked: () => telegramError(403, 'Forbidden: bot was blocked by the user'),
  chatNotFound: () => telegramError(400, 'Bad Request: chat not found'),
  moved: (chatId: number) =>
    telegramError(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: chatId,
    }),
  queryTooOld: () =>
    telegramError(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid'),
} as const;

function accept(result: unknown): PlatformAnswer {
  return { kind: 'answer', status: 200, body: { ok: true, result } };
}

const PREFIX = `/bot${FAKE_BOT.token}/`;
const PayloadSchema = z.record(z.string(), z.unknown());
const SendSchema = z.looseObject({ chat_id: z.union([z.number(), z.string()]), text: z.string() });
const WhoSchema = z.looseObject({ id: z.number() });
const UpdateSchema = z.looseObject({
  message: z.looseObject({ chat: WhoSchema }).optional(),
  my_chat_member: z
    .looseObject({ chat: WhoSchema, new_chat_member: z.looseObject({ status: z.string() }) })
    .optional(),
  callback_query: z.looseObject({ id: z.string(), from: WhoSchema }).optional(),
});
