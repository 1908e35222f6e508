/** The face of Messenger: the Graph API with tokens and proofs, its windows, its error numbers, and the echo of what we send. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { createRate, createScript } from './answers.ts';
import type { PlatformAnswer, PlatformCall, Rate, Script } from './answers.ts';
import { LIMITS } from './limits.ts';
import type { People, SentMessage } from './people.ts';
import type { Face, FaceOptions, RawCall } from './server.ts';

/** The page, app and secrets of test/server/channels/fixtures/messenger; none of them exists. */
export const FAKE_PAGE = {
  pageId: '110022003300440',
  appId: '550066007700880',
  appSecret: 'example-app-secret-not-real',
  verifyToken: 'example-verify-token',
  pageToken: 'EAAExample/Token+NotReal==',
} as const;

const HOUR_MS = 3_600_000;
/** Send API, text: calls a second for one page. */
const CALLS_PER_SECOND = 300;

export interface MessengerFace extends Face, Script {
  /** accepted messages, oldest first */
  sent: SentMessage[];
  people: People;
  rate: Rate;
  /** Called for each accepted message before the answer goes out, as Meta may deliver the echo first. */
  beforeAnswer: (deliver: (echo: object) => Promise<void>) => void;
  /** the only version of the interface that is answered; v26.0 unless told */
  setVersion: (version: string) => void;
  /** changes what the health calls tell */
  setPage: (page: { id?: string; subscriptions?: readonly unknown[] }) => void;
}

/** Strict: a field the contract does not name is a mistake. */
const TextSchema = z.strictObject({
  text: z.string().min(1).max(LIMITS.messenger.text.max),
  metadata: z.string().max(1000).optional(),
  quick_replies: z
    .array(
      z.strictObject({
        content_type: z.literal('text'),
        title: z.string().min(1).max(LIMITS.messenger.quickReplies.titleMax),
        payload: z.string().min(1).max(LIMITS.messenger.quickReplies.payloadMax),
      }),
    )
    .min(1)
    .max(LIMITS.messenger.quickReplies.max)
    .optional(),
});
const RecordingSchema = z.strictObject({
  attachment: z.strictObject({
    type: z.literal('audio'),
    payload: z.strictObject({ url: z.url({ protocol: /^https$/ }), is_reusable: z.boolean().optional() }),
  }),
  metadata: z.string().max(1000).optional(),
});
function sendSchemaOf<T extends z.ZodType>(message: T) {
  return z
    .strictObject({
      recipient: z.strictObject({ id: z.string().regex(/^\d+$/) }),
      messaging_type: z.enum(['RESPONSE', 'UPDATE', 'MESSAGE_TAG']),
      tag: z.literal('HUMAN_AGENT').optional(),
      message,
    })
    .refine(({ messaging_type, tag }) => (messaging_type === 'MESSAGE_TAG') === (tag !== undefined), {
      message: 'a tag goes with MESSAGE_TAG',
    });
}
const SendSchema = sendSchemaOf(z.union([TextSchema, RecordingSchema]));
const AttachedSchema = z.looseObject({ message: z.looseObject({ attachment: z.unknown() }) });
type SendBody = z.infer<typeof SendSchema>;

export function createMessengerFace({ now, ledger, people }: FaceOptions): MessengerFace {
  const script = createScript();
  const sent: SentMessage[] = [];
  const rate = createRate(CALLS_PER_SECOND, 1000, now);
  let serial = 0;
  let version = 'v26.0';
  let deliver: (echo: object) => Promise<void> = () => Promise.resolve();
  let page: { id: string; subscriptions: readonly unknown[] } = {
    id: FAKE_PAGE.pageId,
    subscriptions: [{ id: FAKE_PAGE.appId, subscribed_fields: ['messages', 'messaging_postbacks'] }],
  };

  async function perform(call: PlatformCall): Promise<PlatformAnswer> {
    if (call.query['access_token'] !== FAKE_PAGE.pageToken) return graphError(190);
    const [problem] = call.problems;
    if (problem !== undefined) return graphError(100, undefined, 400, {}, problem);
    if (call.name === 'me') return answer({ id: page.id });
    if (call.name === 'subscribed_apps') return answer({ data: page.subscriptions });
    return sendMessage(call, SendSchema.parse(call.json));
  }

  async function sendMessage(call: PlatformCall, body: SendBody): Promise<PlatformAnswer> {
    const { id: person } = body.recipient;
    if (rate.take() > 0) return graphError(613);
    if (people.isBlocked(person)) return graphError(551, 1545041);
    const lastAt = people.lastAt(person);
    if (lastAt === null) return graphError(100, 2018001);
    const openMs = (body.tag === 'HUMAN_AGENT' ? 168 : 24) * HOUR_MS;
    if (now().getTime() - lastAt.getTime() > openMs) return graphError(10, 2018278);
    serial += 1;
    const messageId = `m_sent_${serial}`;
    const said =
      'text' in body.message
        ? { text: body.message.text, choices: body.message.quick_replies ?? [] }
        : { text: '', choices: [], recording: body.message.attachment.payload.url };
    const choices = said.choices.map(({ title: label, payload }) => ({ label, payload }));
    const how = body.tag ?? body.messaging_type;
    sent.push(
      ledger.add({
        ...{ face: 'messenger', person, messageId, requestId: call.requestId, how },
        ...said,
        choices,
      }),
    );
    await deliver(buildOwnEcho(body, messageId));
    return answer({ recipient_id: person, message_id: messageId });
  }

  return {
    name: 'messenger',
    examine: (call) => ({
      name: call.path.slice(call.path.lastIndexOf('/') + 1),
      problems: findProblems(call, version),
    }),
    scriptOf: () => script,
    perform,
    hear: (body) => {
      for (const { sender, message, postback, referral } of listItems(body)) {
        const isFromPerson = sender.id !== FAKE_PAGE.pageId;
        const isInteraction = [message, postback, referral].some((part) => part !== undefined);
        if (isFromPerson && isInteraction) people.touch(sender.id, now());
      }
    },
    ...script,
    sent,
    people,
    rate,
    beforeAnswer: (next) => {
      deliver = next;
    },
    setVersion: (next) => {
      version = next;
    },
    setPage: (next) => {
      page = { ...page, ...next };
    },
  };
}

function findProblems({ method, path, query, json }: RawCall, version: string): string[] {
  const problems: string[] = [];
  const token = query['access_token'] ?? '';
  const proof = createHmac('sha256', FAKE_PAGE.appSecret).update(token).digest('hex');
  if (query['appsecret_proof'] !== proof)
    problems.push('Invalid appsecret_proof provided in the API argument');
  const isRead =
    method === 'GET' && [`/${version}/me`, `/${version}/${FAKE_PAGE.pageId}/subscribed_apps`].includes(path);
  if (isRead) return problems;
  if (method !== 'POST' || path !== `/${version}/${FAKE_PAGE.pageId}/messages`)
    return [...problems, `${method} ${path} is not in the contract`];
  // one of two, so that a problem is told where it is
  const parsed = AttachedSchema.safeParse(json).success
    ? sendSchemaOf(RecordingSchema).safeParse(json)
    : sendSchemaOf(TextSchema).safeParse(json);
  if (parsed.success) return problems;
  return [
    ...problems,
    ...parsed.error.issues.map((issue) => `(#100) ${issue.path.join('.')}: ${issue.message}`),
  ];
}

function answer(body: unknown): PlatformAnswer {
  return { kind: 'answer', status: 200, body };
}

/** A refusal as the Graph API gives it. */
export function graphError(
  code: number,
  subcode?: number,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
  message = 'a text of Meta, with https://example.org in it',
): PlatformAnswer {
  const error = {
    ...{ message, type: 'OAuthException', code, error_subcode: subcode },
    fbtrace_id: 'AexampleTrace',
  };
  return { kind: 'answer', status, headers, body: { error } };
}

function buildOwnEcho({ message: said, recipient }: SendBody, mid: string): object {
  const message = {
    ...{ mid, is_echo: true, app_id: Number(FAKE_PAGE.appId), metadata: said.metadata },
    ...('text' in said ? { text: said.text } : { attachments: [said.attachment] }),
  };
  const item = { sender: { id: FAKE_PAGE.pageId }, recipient, timestamp: 1790000000000, message };
  return {
    object: 'page',
    entry: [{ id: FAKE_PAGE.pageId, time: 1790000000000, messaging: [item] }],
  };
}

const ItemSchema = z.looseObject({
  sender: z.looseObject({ id: z.string() }),
  message: z.unknown().optional(),
  postback: z.unknown().optional(),
  referral: z.unknown().optional(),
});
const DeliverySchema = z.looseObject({
  entry: z.array(
    z.looseObject({
      messaging: z.array(z.unknown()).default([]),
      standby: z.array(z.unknown()).default([]),
    }),
  ),
});

function listItems(body: unknown): z.infer<typeof ItemSchema>[] {
  const entries = DeliverySchema.safeParse(body).data?.entry ?? [];
  return entries
    .flatMap(({ messaging, standby }) => [...messaging, ...standby])
    .flatMap((item) => ItemSchema.safeParse(item).data ?? []);
}
