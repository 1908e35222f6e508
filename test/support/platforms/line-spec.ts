/** What the Messaging API takes: calls checked against an excerpt of LINE's OpenAPI and the limits it does not carry. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { RawCall } from './server.ts';

const READS = ['info', 'channel/webhook/endpoint', 'message/quota', 'message/quota/consumption'];
/** what somebody sent */
export const CONTENT = /^message\/\d+\/content(\/transcoding)?$/;
const SENDS: Readonly<Record<string, string>> = {
  'message/reply': 'ReplyMessageRequest',
  'message/push': 'PushMessageRequest',
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What a send call says, once it is valid. */
export const LineSendSchema = z.object({
  replyToken: z.string().optional(),
  to: z.string().optional(),
  messages: z.array(
    z.object({
      type: z.enum(['text', 'audio']),
      text: z.string().default(''),
      originalContentUrl: z.string().optional(),
      duration: z.number().optional(),
      quickReply: z
        .object({
          items: z.array(
            z.object({
              action: z.object({ label: z.string(), data: z.string(), displayText: z.string().optional() }),
            }),
          ),
        })
        .optional(),
    }),
  ),
});

/** @param name below `/v2/bot/` */
export function findLineProblems(name: string, { method, path, headers, json }: RawCall): string[] {
  if (method === 'GET' && (READS.includes(name) || CONTENT.test(name))) return [];
  const schema = SENDS[name];
  if (method !== 'POST' || schema === undefined) return [`${method} ${path} is not in the excerpt`];
  const problems = [...validate(schema, json), ...findLimitProblems(json)];
  const key = headers['x-line-retry-key'];
  if (name === 'message/reply' && key !== undefined) problems.push('a reply takes no retry key');
  if (name === 'message/push' && !UUID.test(String(key))) problems.push('the retry key is no UUID');
  return problems;
}

const ExcerptSchema = z.object({
  components: z.object({
    schemas: z.record(
      z.string(),
      z.looseObject({ discriminator: z.object({ mapping: z.record(z.string(), z.string()) }).optional() }),
    ),
  }),
});
const excerpt = ExcerptSchema.parse(
  JSON.parse(readFileSync(new URL('line-api.excerpt.json', import.meta.url), 'utf8')),
);
const ajv = new Ajv({ strict: false, allErrors: true });
for (const format of ['int32', 'int64', 'double', 'uri']) ajv.addFormat(format, true);
ajv.addSchema(excerpt, 'line');

/** Plain Ajv does not follow OpenAPI's discriminators, so messages and actions are checked again as what they say they are. */
function validate(schema: string, value: unknown): string[] {
  return [
    ...checkSchema(schema, value),
    ...listBodies(value).flatMap((body) => validateAs('Message', body)),
    ...listBodies(value).flatMap((body) =>
      listActions(body).flatMap((action) => validateAs('Action', action)),
    ),
  ];
}

function validateAs(base: string, value: unknown): string[] {
  const type = z.looseObject({ type: z.string() }).safeParse(value).data?.type ?? '';
  const target = excerpt.components.schemas[base]?.discriminator?.mapping[type];
  if (target === undefined) return [`${base} of type ${type} is not in the excerpt`];
  return checkSchema(nameOf(target), value);
}

function checkSchema(name: string, value: unknown): string[] {
  const check = ajv.getSchema(`line#/components/schemas/${name}`);
  if (check === undefined) return [`${name} is not in the excerpt`];
  const own = check(value) === true ? [] : [`${name}: ${ajv.errorsText(check.errors)}`];
  return [...own, ...findUnknownFields(name, value)];
}

/** The description allows any further field; LINE ignores it, and so a misspelt one would go unnoticed. */
function findUnknownFields(name: string, value: unknown): string[] {
  const known = listFields(excerpt.components.schemas[name]);
  const given = Object.keys(z.looseObject({}).safeParse(value).data ?? {});
  return given.filter((field) => !known.includes(field)).map((field) => `${name}.${field} is not a field`);
}

const ShapeSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).default({}),
  allOf: z.array(z.unknown()).default([]),
  $ref: z.string().optional(),
});

function listFields(schema: unknown): string[] {
  const shape = ShapeSchema.safeParse(schema).data;
  if (shape === undefined) return [];
  const referred = shape.$ref === undefined ? [] : listFields(excerpt.components.schemas[nameOf(shape.$ref)]);
  return [...Object.keys(shape.properties), ...shape.allOf.flatMap(listFields), ...referred];
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

function listBodies(value: unknown): unknown[] {
  return z.looseObject({ messages: z.array(z.unknown()) }).safeParse(value).data?.messages ?? [];
}

const QuickReplySchema = z.looseObject({
  quickReply: z.looseObject({ items: z.array(z.looseObject({ action: z.unknown() })) }),
});

function listActions(message: unknown): unknown[] {
  return QuickReplySchema.safeParse(message).data?.quickReply.items.map(({ action }) => action) ?? [];
}

/** Limits that the OpenAPI does not carry. */
function findLimitProblems(body: unknown): string[] {
  const limits = LIMITS.line;
  const messages = LineSendSchema.safeParse(body).data?.messages ?? [];
  const problems: string[] = [];
  if (messages.length > limits.messagesPerCall) problems.push('too many messages');
  if (Buffer.byteLength(JSON.stringify(body)) > limits.requestBytesMax)
    problems.push('the request is too large');
  for (const [index, message] of messages.entries()) {
    const { type, text, quickReply } = message;
    if (type === 'audio' && !/^https:\/\//.test(message.originalContentUrl ?? ''))
      problems.push('the address of a recording is not https');
    if (type === 'audio' && (message.duration ?? 0) < 1) problems.push('a recording without duration');
    if (type === 'text' && (text.trim() === '' || text.length > limits.text.max))
      problems.push('the text is empty or too long');
    const items = quickReply?.items ?? [];
    if (quickReply !== undefined && items.length === 0) problems.push('quick replies without items');
    if (items.length > limits.quickReplies.max) problems.push('too many quick replies');
    if (items.length > 0 && index < messages.length - 1)
      problems.push('quick replies vanish with the next message');
    for (const { action } of items) problems.push(...findActionProblems(action));
  }
  return problems;
}

function findActionProblems(action: { label: string; data: string; displayText?: string | undefined }) {
  const { labelMax, dataMax, textMax } = LIMITS.line.quickReplies;
  const problems: string[] = [];
  if (action.label.length < 1 || action.label.length > labelMax) problems.push('a bad label');
  if (action.data.length < 1 || action.data.length > dataMax) problems.push('bad data');
  if ((action.displayText?.length ?? 0) > textMax) problems.push('a long display text');
  return problems;
}
