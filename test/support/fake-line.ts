/** A LINE Messaging API on loopback: checks every call against LINE's OpenAPI and limits, remembers it, and fails on demand. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { z } from 'zod';
import { type FakeHttp, type FakeHttpAnswer, type FakeHttpCall, startFakeHttp } from './fake-http.ts';

/** The account of test/server/channels/fixtures/line; it does not exist. */
export const FAKE_ACCOUNT = {
  channelSecret: '0123456789abcdef0123456789abcdef',
  channelToken: 'exampleLineToken/NotReal+0=',
  destination: 'Ub0dbb0dbb0dbb0dbb0dbb0dbb0dbb0db',
} as const;

export interface FakeLineCall extends FakeHttpCall {
  /** what the OpenAPI or a documented limit has against the call; empty when valid */
  problems: readonly string[];
}

export interface FakeLineMessage {
  text: string;
  quickReply?:
    { items: { action: { label: string; data: string; displayText?: string | undefined } }[] } | undefined;
}

export interface FakeLine extends FakeHttp<FakeLineCall> {
  /** messages the account accepted, oldest first, whoever they went to and by whichever call */
  sent: FakeLineMessage[];
  /** Makes reply tokens known, each good for one reply. */
  giveTokens: (...tokens: readonly string[]) => void;
  /** Changes what the health calls tell; null = 404. */
  setAccount: (account: Partial<FakeAccountState>) => void;
}

interface FakeAccountState {
  userId: string;
  endpoint: { endpoint: string; active: boolean } | null;
  quota: { type: string; value?: number };
  used: number;
}

const READS = ['info', 'channel/webhook/endpoint', 'message/quota', 'message/quota/consumption'];

/** Starts a fake on a free port of 127.0.0.1. Point `LINE_API_BASE` at `base` and use `FAKE_ACCOUNT`. */
export async function startFakeLine(): Promise<FakeLine> {
  const sent: FakeLineMessage[] = [];
  const tokens = new Set<string>();
  const retryKeys = new Set<string>();
  let account: FakeAccountState = {
    userId: FAKE_ACCOUNT.destination,
    endpoint: { endpoint: 'https://bot.example.org/hooks/line/default', active: true },
    quota: { type: 'limited', value: 200 },
    used: 10,
  };

  function perform(call: FakeLineCall): { status: number; body: unknown } {
    const [problem] = call.problems;
    if (call.headers.authorization !== `Bearer ${FAKE_ACCOUNT.channelToken}`)
      return { status: 401, body: { message: 'Authentication failed' } };
    if (problem !== undefined) return { status: 400, body: { message: problem } };
    if (call.method === 'GET') return performRead(call.path.slice(PREFIX.length));
    const body = SendSchema.parse(call.body);
    const key = String(call.headers['x-line-retry-key'] ?? '');
    if (retryKeys.has(key)) return { status: 409, body: { message: 'The retry key is already accepted' } };
    if (body.replyToken !== undefined && !tokens.delete(body.replyToken))
      return { status: 400, body: { message: 'Invalid reply token' } };
    if (key !== '') retryKeys.add(key);
    const from = sent.push(...body.messages) - body.messages.length;
    const sentMessages = body.messages.map((_message, index) => ({
      id: String(461230966842064897n + BigInt(from + index)),
    }));
    return { status: 200, body: { sentMessages } };
  }

  function performRead(name: string): { status: number; body: unknown } {
    if (name === 'message/quota') return { status: 200, body: account.quota };
    if (name === 'message/quota/consumption') return { status: 200, body: { totalUsage: account.used } };
    if (name === 'channel/webhook/endpoint') {
      return account.endpoint === null
        ? { status: 404, body: { message: 'Webhook endpoint not found' } }
        : { status: 200, body: account.endpoint };
    }
    const { userId } = account;
    return {
      status: 200,
      body: { userId, basicId: '@example', displayName: 'x', chatMode: 'bot', markAsReadMode: 'auto' },
    };
  }

  const fake = await startFakeHttp((call) => ({ ...call, problems: findProblems(call) }), perform);
  return {
    ...fake,
    sent,
    giveTokens: (...given) => {
      for (const token of given) tokens.add(token);
    },
    setAccount: (next) => {
      account = { ...account, ...next };
    },
  };
}

const PREFIX = '/v2/bot/';
const SendSchema = z.object({
  replyToken: z.string().optional(),
  messages: z.array(
    z.object({
      text: z.string(),
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

function findProblems({ method, path, headers, body }: FakeHttpCall): string[] {
  const name = path.slice(PREFIX.length);
  if (method === 'GET' && READS.includes(name)) return [];
  const schema = { 'message/reply': 'ReplyMessageRequest', 'message/push': 'PushMessageRequest' }[name];
  if (method !== 'POST' || schema === undefined) return [`${method} ${path} is not in the excerpt`];
  const problems = [...validate(schema, body), ...findLimitProblems(body)];
  const key = headers['x-line-retry-key'];
  if (name === 'message/reply' && key !== undefined) problems.push('a reply takes no retry key');
  if (name === 'message/push' && !UUID.test(String(key))) problems.push('the retry key is no UUID');
  return problems;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const excerptFile = new URL('line-api.excerpt.json', import.meta.url);
const ExcerptSchema = z.object({
  components: z.object({
    schemas: z.record(
      z.string(),
      z.looseObject({ discriminator: z.object({ mapping: z.record(z.string(), z.string()) }).optional() }),
    ),
  }),
});
const excerpt = ExcerptSchema.parse(JSON.parse(readFileSync(excerptFile, 'utf8')));
const ajv = new Ajv({ strict: false, allErrors: true });
for (const format of ['int32', 'int64', 'double', 'uri']) ajv.addFormat(format, true);
ajv.addSchema(excerpt, 'line');

/** Plain Ajv does not follow OpenAPI's discriminators, so messages and actions are checked again as what they say they are. */
function validate(schema: string, value: unknown): string[] {
  const check = ajv.getSchema(`line#/components/schemas/${schema}`);
  if (check === undefined) return [`${schema} is not in the excerpt`];
  const own = check(value) === true ? [] : [`${schema}: ${ajv.errorsText(check.errors)}`];
  return [
    ...own,
    ...findUnknownFields(schema, value),
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
  const name = target.slice(target.lastIndexOf('/') + 1);
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
  const referred =
    shape.$ref === undefined
      ? undefined
      : excerpt.components.schemas[shape.$ref.slice(shape.$ref.lastIndexOf('/') + 1)];
  return [
    ...Object.keys(shape.properties),
    ...shape.allOf.flatMap(listFields),
    ...(referred ? listFields(referred) : []),
  ];
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

const LimitsSchema = z.object({
  line: z.object({
    text: z.object({ max: z.number() }),
    messagesPerCall: z.number(),
    quickReplies: z.object({
      max: z.number(),
      labelMax: z.number(),
      dataMax: z.number(),
      textMax: z.number(),
    }),
    requestBytesMax: z.number(),
  }),
});
const limitsFile = new URL('../server/channels/fixtures/limits.json', import.meta.url);
const limits = LimitsSchema.parse(JSON.parse(readFileSync(limitsFile, 'utf8'))).line;

/** Limits that the OpenAPI does not carry. */
function findLimitProblems(body: unknown): string[] {
  const messages = SendSchema.safeParse(body).data?.messages ?? [];
  const problems: string[] = [];
  if (messages.length > limits.messagesPerCall) problems.push('too many messages');
  if (Buffer.byteLength(JSON.stringify(body)) > limits.requestBytesMax)
    problems.push('the request is too large');
  for (const [index, { text, quickReply }] of messages.entries()) {
    if (text.trim() === '' || text.length > limits.text.max) problems.push('the text is empty or too long');
    const items = quickReply?.items ?? [];
    if (quickReply !== undefined && items.length === 0) problems.push('quick replies without items');
    if (items.length > limits.quickReplies.max) problems.push('too many quick replies');
    if (items.length > 0 && index < messages.length - 1)
      problems.push('quick replies vanish with the next message');
    for (const { action } of items) {
      if (action.label.length < 1 || action.label.length > limits.quickReplies.labelMax)
        problems.push('a bad label');
      if (action.data.length < 1 || action.data.length > limits.quickReplies.dataMax)
        problems.push('bad data');
      if ((action.displayText?.length ?? 0) > limits.quickReplies.textMax)
        problems.push('a long display text');
    }
  }
  return problems;
}

/** A refusal as LINE gives it, for `answerNext`. */
export function lineError(
  status: number,
  message = 'words of LINE, with https://example.org in them',
  headers: Readonly<Record<string, string>> = {},
): FakeHttpAnswer {
  return { kind: 'raw', status, body: JSON.stringify({ message }), headers };
}

/** The headers LINE sends with these bytes. */
export function signLine(raw: Buffer | string): { 'x-line-signature': string } {
  return {
    'x-line-signature': createHmac('sha256', FAKE_ACCOUNT.channelSecret).update(raw).digest('base64'),
  };
}

export function buildLineDelivery(events: readonly object[]): object {
  return { destination: FAKE_ACCOUNT.destination, events };
}

/** An event in a private chat; `fields` say what happened and overrule the rest. */
export function buildLineEvent(userId: string, id: number, fields: object): object {
  return {
    webhookEventId: `01K5EXAMPLE${String(id).padStart(15, '0')}`,
    deliveryContext: { isRedelivery: false },
    timestamp: 1790000000000 + id,
    source: { type: 'user', userId },
    replyToken: `token-${id}`,
    mode: 'active',
    ...fields,
  };
}

export function buildLineText(userId: string, id: number, text: string): object {
  return buildLineEvent(userId, id, {
    type: 'message',
    message: { id: String(500000 + id), type: 'text', text },
  });
}
