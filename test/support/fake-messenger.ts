/** A Graph API on loopback: checks every call against the contract and its limits, remembers it, and fails on demand. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type FakeHttp, type FakeHttpAnswer, type FakeHttpCall, startFakeHttp } from './fake-http.ts';

/** The page, app and secrets of test/server/channels/fixtures/messenger; none of them exists. */
export const FAKE_PAGE = {
  pageId: '110022003300440',
  appId: '550066007700880',
  appSecret: 'example-app-secret-not-real',
  verifyToken: 'example-verify-token',
  pageToken: 'EAAExample/Token+NotReal==',
} as const;

export interface FakeGraphCall extends FakeHttpCall {
  /** what the contract or a documented limit has against the call; empty when valid */
  problems: readonly string[];
}

export interface FakeMessenger extends FakeHttp<FakeGraphCall> {
  /** what `/messages` was given and accepted, oldest first */
  sent: { body: SendBody; messageId: string }[];
  /** Called for each accepted message before the answer goes out, as Meta may deliver the echo first. */
  beforeAnswer: (deliver: (echo: object) => Promise<void>) => void;
  /** Changes what the health calls tell. */
  setPage: (page: { id?: string; subscriptions?: readonly unknown[] }) => void;
}

const LimitsSchema = z.object({
  messenger: z.object({
    text: z.object({ max: z.number() }),
    quickReplies: z.object({ max: z.number(), titleMax: z.number(), payloadMax: z.number() }),
  }),
});
const limitsFile = new URL('../server/channels/fixtures/limits.json', import.meta.url);
const limits = LimitsSchema.parse(JSON.parse(readFileSync(limitsFile, 'utf8'))).messenger;

/** Strict: a field the contract does not name is a mistake. */
const SendSchema = z
  .strictObject({
    recipient: z.strictObject({ id: z.string().regex(/^\d+$/) }),
    messaging_type: z.enum(['RESPONSE', 'UPDATE', 'MESSAGE_TAG']),
    tag: z.literal('HUMAN_AGENT').optional(),
    message: z.strictObject({
      text: z.string().min(1).max(limits.text.max),
      metadata: z.string().max(1000).optional(),
      quick_replies: z
        .array(
          z.strictObject({
            content_type: z.literal('text'),
            title: z.string().min(1).max(limits.quickReplies.titleMax),
            payload: z.string().min(1).max(limits.quickReplies.payloadMax),
          }),
        )
        .min(1)
        .max(limits.quickReplies.max)
        .optional(),
    }),
  })
  .refine(({ messaging_type, tag }) => (messaging_type === 'MESSAGE_TAG') === (tag !== undefined), {
    message: 'a tag goes with MESSAGE_TAG',
  });
export type SendBody = z.infer<typeof SendSchema>;

/** Starts a fake on a free port of 127.0.0.1. Point `GRAPH_BASE` at `base` and use `FAKE_PAGE`. */
export async function startFakeMessenger(): Promise<FakeMessenger> {
  const sent: FakeMessenger['sent'] = [];
  let deliver: (echo: object) => Promise<void> = () => Promise.resolve();
  let page: { id: string; subscriptions: readonly unknown[] } = {
    id: FAKE_PAGE.pageId,
    subscriptions: [{ id: FAKE_PAGE.appId, subscribed_fields: ['messages', 'messaging_postbacks'] }],
  };

  async function perform(call: FakeGraphCall): Promise<{ status: number; body: unknown }> {
    const { access_token: token } = call.query;
    if (token !== FAKE_PAGE.pageToken) return refuse(400, 190, undefined, 'OAuthException');
    const [problem] = call.problems;
    if (problem !== undefined) return refuse(400, 100, undefined, problem);
    if (call.path === '/v26.0/me') return { status: 200, body: { id: page.id } };
    if (call.path.endsWith('/subscribed_apps')) return { status: 200, body: { data: page.subscriptions } };
    const body = SendSchema.parse(call.body);
    const messageId = `m_sent_${sent.length + 1}`;
    sent.push({ body, messageId });
    await deliver(buildEcho(body, messageId));
    return { status: 200, body: { recipient_id: body.recipient.id, message_id: messageId } };
  }

  const fake = await startFakeHttp((call) => ({ ...call, problems: findProblems(call) }), perform);
  return {
    ...fake,
    sent,
    beforeAnswer: (next) => {
      deliver = next;
    },
    setPage: (next) => {
      page = { ...page, ...next };
    },
  };
}

function findProblems({ method, path, query, body }: FakeHttpCall): string[] {
  const problems: string[] = [];
  const proof = createHmac('sha256', FAKE_PAGE.appSecret).update(FAKE_PAGE.pageToken).digest('hex');
  if (query['appsecret_proof'] !== proof)
    problems.push('Invalid appsecret_proof provided in the API argument');
  const isRead =
    method === 'GET' && [`/v26.0/me`, `/v26.0/${FAKE_PAGE.pageId}/subscribed_apps`].includes(path);
  if (isRead) return problems;
  if (method !== 'POST' || path !== `/v26.0/${FAKE_PAGE.pageId}/messages`)
    return [...problems, `${method} ${path} is not in the contract`];
  const parsed = SendSchema.safeParse(body);
  if (parsed.success) return problems;
  return [
    ...problems,
    ...parsed.error.issues.map((issue) => `(#100) ${issue.path.join('.')}: ${issue.message}`),
  ];
}

function refuse(status: number, code: number, subcode: number | undefined, message: string) {
  return {
    status,
    body: {
      error: { message, type: 'OAuthException', code, error_subcode: subcode, fbtrace_id: 'AexampleTrace' },
    },
  };
}

/** A refusal as the Graph API gives it, for `answerNext`. */
export function graphError(
  code: number,
  subcode?: number,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): FakeHttpAnswer {
  const { body } = refuse(status, code, subcode, 'a text of Meta, with https://example.org in it');
  return { kind: 'raw', status, body: JSON.stringify(body), headers };
}

/** The headers Meta sends with these bytes. */
export function signMessenger(raw: Buffer | string): { 'X-Hub-Signature-256': string } {
  const hex = createHmac('sha256', FAKE_PAGE.appSecret).update(raw).digest('hex');
  return { 'X-Hub-Signature-256': `sha256=${hex}` };
}

/** A delivery with these items in `entry[].messaging[]`, or in another list of the entry. */
export function buildDelivery(items: readonly object[], list = 'messaging'): object {
  return { object: 'page', entry: [{ id: FAKE_PAGE.pageId, time: 1790000000000, [list]: items }] };
}

/** An item from the person to the page; `fields` say what happened. */
export function buildItem(psid: string, fields: object, timestamp = 1790000000000): object {
  return { sender: { id: psid }, recipient: { id: FAKE_PAGE.pageId }, timestamp, ...fields };
}

function buildEcho(body: SendBody, mid: string): object {
  const { text, metadata } = body.message;
  const message = { mid, is_echo: true, app_id: Number(FAKE_PAGE.appId), metadata, text };
  const item = { sender: { id: FAKE_PAGE.pageId }, recipient: body.recipient, timestamp: 1790000000000 };
  return buildDelivery([{ ...item, message }]);
}
