/** A Telegram on loopback: checks every call against the Bot API, remembers it, and fails on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A token shaped like a real one that no bot has. */
export const FAKE_TOKEN = '6000000001:AAExampleExampleExampleExampleExample';

export interface FakeCall {
  /** Bot API method, e.g. `sendMessage` */
  method: string;
  payload: Readonly<Record<string, unknown>>;
  /** what the specification or a documented limit has against the call; empty when valid */
  problems: readonly string[];
  at: Date;
}

/** What the fake answers instead of doing what was asked. */
export type FakeAnswer =
  | { kind: 'error'; errorCode: number; description: string; parameters?: Readonly<Record<string, unknown>> }
  /** any body with any status, e.g. the HTML page of a proxy */
  | { kind: 'raw'; status: number; body: string }
  /** takes the request and never answers */
  | { kind: 'hang' }
  /** takes the request and closes the connection */
  | { kind: 'reset' };

export interface FakeTelegram {
  apiRoot: string;
  token: string;
  /** every call with a right token, oldest first */
  calls: FakeCall[];
  /** what `sendMessage` was given and accepted, oldest first */
  sent: FakeCall[];
  /** The next calls are answered with these, one each, whatever they ask. */
  answerNext: (...answers: readonly FakeAnswer[]) => void;
  /** Decides over each call that `answerNext` leaves; null = do what is asked. */
  answerWhen: (decide: (call: FakeCall) => FakeAnswer | null) => void;
  /** Resolves with the first accepted or refused call from `calls[from]` on that matches; at once when it already came. */
  waitFor: (matches: (call: FakeCall) => boolean, from?: number) => Promise<FakeCall>;
  /** Changes what `getWebhookInfo` tells. */
  setWebhookInfo: (info: Readonly<Record<string, unknown>>) => void;
  close: () => Promise<void>;
}

/** Starts a fake on a free port of 127.0.0.1. Point `TELEGRAM_API_ROOT` at `apiRoot` and use `token`. */
export async function startFakeTelegram(token = FAKE_TOKEN): Promise<FakeTelegram> {
  const calls: FakeCall[] = [];
  const sent: FakeCall[] = [];
  const queue: FakeAnswer[] = [];
  const waiting: { matches: (call: FakeCall) => boolean; resolve: (call: FakeCall) => void }[] = [];
  let decide: (call: FakeCall) => FakeAnswer | null = () => null;
  let webhookInfo: Record<string, unknown> = {
    url: '',
    has_custom_certificate: false,
    pending_update_count: 0,
  };
  let lastMessageId = 100;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const prefix = `/bot${token}/`;
    if (request.url?.startsWith(prefix) !== true) {
      reply(response, 401, failure(401, 'Unauthorized'));
      return;
    }
    const method = request.url.slice(prefix.length);
    const payload = readPayload(body);
    const problems = payload === null ? ['the body is not a JSON object'] : findProblems(method, payload);
    const call = { method, payload: payload ?? {}, problems, at: new Date() };
    calls.push(call);
    answerCall(response, call, queue.shift() ?? decide(call));
    for (const waiter of waiting.filter(({ matches }) => matches(call))) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(call);
    }
  }

  function answerCall(response: ServerResponse, call: FakeCall, answer: FakeAnswer | null): void {
    const [problem] = call.problems;
    if (answer?.kind === 'reset') response.destroy();
    else if (answer?.kind === 'raw') reply(response, answer.status, answer.body);
    else if (answer?.kind === 'error')
      reply(response, answer.errorCode, failure(answer.errorCode, answer.description, answer.parameters));
    else if (answer === null && problem !== undefined)
      reply(response, 400, failure(400, `Bad Request: ${problem}`));
    else if (answer === null) reply(response, 200, { ok: true, result: perform(call) });
  }

  function perform(call: FakeCall): unknown {
    const { method, payload } = call;
    if (method === 'sendMessage') {
      sent.push(call);
      lastMessageId += 1;
      const date = Math.floor(call.at.getTime() / 1000);
      const chat = { id: payload['chat_id'], type: 'private' };
      return { message_id: lastMessageId, date, chat, from: BOT, text: payload['text'] };
    }
    if (method === 'setWebhook')
      webhookInfo = { ...webhookInfo, url: payload['url'], allowed_updates: payload['allowed_updates'] };
    if (method === 'deleteWebhook') webhookInfo = { ...webhookInfo, url: '' };
    if (method === 'getWebhookInfo') return webhookInfo;
    return method === 'getMe' ? BOT : true;
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake has no port');

  return {
    apiRoot: `http://127.0.0.1:${address.port}`,
    token,
    calls,
    sent,
    answerNext: (...answers) => void queue.push(...answers),
    answerWhen: (next) => {
      decide = next;
    },
    waitFor: (matches, from = 0) => {
      const seen = calls.slice(from).find(matches);
      if (seen) return Promise.resolve(seen);
      return new Promise((resolve) => waiting.push({ matches, resolve }));
    },
    setWebhookInfo: (info) => {
      webhookInfo = { ...webhookInfo, ...info };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer as Telegram words it, for `answerNext`. */
export const FAKE_ERRORS = {
  tooMany: (retryAfterS: number): FakeAnswer =>
    refuse(429, `Too Many Requests: retry after ${retryAfterS}`, { retry_after: retryAfterS }),
  blocked: (): FakeAnswer => refuse(403, 'Forbidden: bot was blocked by the user'),
  chatNotFound: (): FakeAnswer => refuse(400, 'Bad Request: chat not found'),
  moved: (chatId: number): FakeAnswer =>
    refuse(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chatId }),
  queryTooOld: (): FakeAnswer =>
    refuse(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid'),
  badGateway: (): FakeAnswer => ({
    kind: 'raw',
    status: 502,
    body: '<html><title>502 Bad Gateway</title></html>',
  }),
} as const;

export interface FakePerson {
  /** user id and private chat id */
  id: number;
  updateId: number;
}

/** An update as Telegram delivers it when a person writes `text` in a private chat. */
export function buildTextUpdate({ id, updateId }: FakePerson, text: string): Record<string, unknown> {
  const date = Math.floor(Date.now() / 1000);
  return {
    update_id: updateId,
    message: { message_id: updateId % 100_000, from: personUser(id), chat: personChat(id), date, text },
  };
}

/** An update as Telegram delivers it when a person taps the button with payload `data`. */
export function buildTapUpdate({ id, updateId }: FakePerson, data: string): Record<string, unknown> {
  const message = {
    message_id: 1,
    from: BOT,
    chat: personChat(id),
    date: Math.floor(Date.now() / 1000),
    text: '?',
  };
  return {
    update_id: updateId,
    callback_query: { id: `query-${updateId}`, from: personUser(id), message, chat_instance: '1', data },
  };
}

const BOT = {
  id: 6_000_000_001,
  is_bot: true,
  first_name: 'Example Bot',
  username: 'example_help_bot',
} as const;
const personUser = (id: number) => ({ id, is_bot: false, first_name: 'Hoa', language_code: 'vi' });
const personChat = (id: number) => ({ id, first_name: 'Hoa', type: 'private' });

function refuse(
  errorCode: number,
  description: string,
  parameters?: Readonly<Record<string, unknown>>,
): FakeAnswer {
  return { kind: 'error', errorCode, description, ...(parameters && { parameters }) };
}

function failure(errorCode: number, description: string, parameters?: Readonly<Record<string, unknown>>) {
  return { ok: false, error_code: errorCode, description, ...(parameters && { parameters }) };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function readPayload(body: string): Record<string, unknown> | null {
  try {
    return z.record(z.string(), z.unknown()).safeParse(body === '' ? {} : JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

const FieldsSchema = z.record(z.string(), z.object({ types: z.array(z.string()), required: z.boolean() }));
const SpecSchema = z.object({
  methods: z.record(z.string(), FieldsSchema),
  types: z.record(z.string(), FieldsSchema),
});
const spec = SpecSchema.parse(
  JSON.parse(readFileSync(new URL('telegram-api.excerpt.json', import.meta.url), 'utf8')),
);

function findProblems(method: string, payload: Readonly<Record<string, unknown>>): string[] {
  const fields = spec.methods[method];
  if (fields === undefined) return [`method ${method} is not in the excerpt`];
  return [...checkObject(fields, payload, method), ...checkLimits(method, payload)];
}

function checkObject(
  fields: z.infer<typeof FieldsSchema>,
  value: Readonly<Record<string, unknown>>,
  path: string,
): string[] {
  const unknown = Object.keys(value).filter((name) => fields[name] === undefined);
  return [
    ...unknown.map((name) => `${path}.${name} is not a field`),
    ...Object.entries(fields).flatMap(([name, { types, required }]) => {
      if (value[name] === undefined) return required ? [`${path}.${name} is missing`] : [];
      const faults = types.map((type) => checkType(type, value[name], `${path}.${name}`));
      return faults.some((list) => list.length === 0) ? [] : (faults[0] ?? []);
    }),
  ];
}

function checkType(type: string, value: unknown, path: string): string[] {
  if (type.startsWith('Array of ')) {
    if (!Array.isArray(value)) return [`${path} is no array`];
    return value.flatMap((item: unknown, index) =>
      checkType(type.slice('Array of '.length), item, `${path}[${index}]`),
    );
  }
  const simple = SIMPLE[type];
  if (simple) return simple(value) ? [] : [`${path} is no ${type}`];
  const fields = spec.types[type];
  if (fields === undefined) return [`${path} has type ${type}, which is not in the excerpt`];
  const object = z.record(z.string(), z.unknown()).safeParse(value).data;
  return object === undefined ? [`${path} is no ${type}`] : checkObject(fields, object, path);
}

const SIMPLE: Readonly<Record<string, (value: unknown) => boolean>> = {
  Integer: Number.isSafeInteger,
  Float: (value) => typeof value === 'number',
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  True: (value) => value === true,
};

/** Limits that the specification only tells in prose; the words are Telegram's. */
function checkLimits(method: string, payload: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  if (method === 'sendMessage' && typeof payload['text'] === 'string') {
    if (payload['text'].trim() === '') problems.push('message text is empty');
    if (payload['text'].length > 4096) problems.push('message is too long');
    if (payload['parse_mode'] !== undefined) problems.push('this project sends no parse_mode');
  }
  for (const button of listButtons(payload)) {
    const bytes = Buffer.byteLength(button.callback_data ?? '');
    if (bytes < 1 || bytes > 64) problems.push('BUTTON_DATA_INVALID');
    if (button.text.trim() === '') problems.push('inline keyboard button text is empty');
  }
  const secret = payload['secret_token'];
  if (typeof secret === 'string' && !/^[A-Za-z0-9_-]{1,256}$/.test(secret))
    problems.push('secret token contains unallowed characters');
  if (method === 'setWebhook' && !/^(https:\/\/|$)/.test(String(payload['url']))) {
    problems.push('bad webhook: An HTTPS URL must be provided for webhook');
  }
  return problems;
}

const KeyboardSchema = z.object({
  reply_markup: z.object({
    inline_keyboard: z.array(z.array(z.object({ text: z.string(), callback_data: z.string().optional() }))),
  }),
});

/** The buttons of a call, row after row. */
export function listButtons(payload: unknown): { text: string; callback_data?: string | undefined }[] {
  return KeyboardSchema.safeParse(payload).data?.reply_markup.inline_keyboard.flat() ?? [];
}
