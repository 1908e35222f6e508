/** What the Bot API takes: every call checked against an excerpt of its specification and the limits told in prose. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LIMITS } from './limits.ts';

const FieldsSchema = z.record(z.string(), z.object({ types: z.array(z.string()), required: z.boolean() }));
const SpecSchema = z.object({
  methods: z.record(z.string(), FieldsSchema),
  types: z.record(z.string(), FieldsSchema),
});
const spec = SpecSchema.parse(
  JSON.parse(readFileSync(new URL('telegram-api.excerpt.json', import.meta.url), 'utf8')),
);

/** @returns what is wrong with a call, in Telegram's words where there are any; empty when valid */
export function findTelegramProblems(method: string, payload: Readonly<Record<string, unknown>>): string[] {
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
    if (payload['text'].length > LIMITS.telegram.text.max) problems.push('message is too long');
    if (payload['parse_mode'] !== undefined) problems.push('this project sends no parse_mode');
  }
  if (method === 'sendVoice' && !/^https:\/\//.test(String(payload['voice'])))
    problems.push('wrong file identifier/HTTP URL specified');
  const buttons = listButtons(payload);
  if (buttons.length > LIMITS.telegram.buttons.max) problems.push('reply markup is too long');
  for (const button of buttons) {
    const bytes = Buffer.byteLength(button.callback_data ?? '');
    if (bytes < 1 || bytes > LIMITS.telegram.buttons.payloadMaxBytes) problems.push('BUTTON_DATA_INVALID');
    if (button.text.trim() === '') problems.push('inline keyboard button text is empty');
  }
  const secret = payload['secret_token'];
  if (typeof secret === 'string' && !/^[A-Za-z0-9_-]{1,256}$/.test(secret))
    problems.push('secret token contains unallowed characters');
  if (method === 'setWebhook' && !/^(https:\/\/|$)/.test(String(payload['url'])))
    problems.push('bad webhook: An HTTPS URL must be provided for webhook');
  const answer = method === 'answerCallbackQuery' ? payload['text'] : undefined;
  if (typeof answer === 'string' && answer.length > LIMITS.telegram.callbackAnswerTextMax)
    problems.push('MESSAGE_TOO_LONG');
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
