/** The face of LINE: reply tokens that work once and not for long, retry keys, the quota of a month, blocked people. */
import { createRate, createScript } from './answers.ts';
import type { PlatformAnswer, PlatformCall, Rate, Script } from './answers.ts';
import { CONTENT, LineSendSchema, findLineProblems } from './line-spec.ts';
import type { People, SentMessage } from './people.ts';
import type { Face, FaceOptions } from './server.ts';
import { z } from 'zod';

/** The account of test/server/channels/fixtures/line; it does not exist. */
export const FAKE_LINE = {
  channelSecret: '0123456789abcdef0123456789abcdef',
  channelToken: 'exampleLineToken/NotReal+0=',
  destination: 'Ub0dbb0dbb0dbb0dbb0dbb0dbb0dbb0db',
} as const;

/** "About a minute". */
const TOKEN_LIFE_MS = 60_000;
const RETRY_KEY_LIFE_MS = 24 * 3_600_000;
/** Requests to one endpoint. */
const CALLS_PER_SECOND = 2000;

interface AccountState {
  userId: string;
  endpoint: { endpoint: string; active: boolean } | null;
  quota: { type: string; value?: number };
  used: number;
}

export interface LineFace extends Face, Script {
  /** messages people were shown, oldest first, by whichever call */
  sent: SentMessage[];
  /** messages that were accepted and never shown: to people who blocked us */
  lost: SentMessage[];
  people: People;
  rate: Rate;
  /** makes a reply token known, good for one reply to this person and for a minute */
  giveToken: (token: string, person: string) => void;
  /** changes what the health calls tell, and what counts as the quota; endpoint null = 404 */
  setAccount: (account: Partial<AccountState>) => void;
  /** messages pushed so far this month */
  used: () => number;
}

/** A reply token that says whom it answers: a face that knows everybody takes it without having seen its webhook. */
export function nameReplyToken(person: string, id: number): string {
  return `reply-${person}-${id}`;
}

export function createLineFace({ now, ledger, people, knowsEverybody }: FaceOptions): LineFace {
  const script = createScript();
  const sent: SentMessage[] = [];
  const lost: SentMessage[] = [];
  const rate = createRate(CALLS_PER_SECOND, 1000, now);
  const tokens = new Map<string, { person: string; at: Date; isUsed: boolean }>();
  const accepted = new Map<string, { requestId: string; at: Date }>();
  let serial = 461230966842064897n;
  let account: AccountState = {
    userId: FAKE_LINE.destination,
    endpoint: { endpoint: 'https://bot.example.org/hooks/line/default', active: true },
    quota: { type: 'limited', value: 100_000 },
    used: 10,
  };

  function perform(call: PlatformCall): PlatformAnswer {
    const [problem] = call.problems;
    if (call.headers.authorization !== `Bearer ${FAKE_LINE.channelToken}`)
      return lineError(401, 'Authentication failed');
    if (problem !== undefined) return lineError(400, problem);
    if (rate.take() > 0) return lineError(429, 'The API rate limit has been exceeded');
    if (call.method === 'GET') return read(call.name);
    return call.name === 'message/reply' ? reply(call) : push(call);
  }

  function read(name: string): PlatformAnswer {
    const ok = (body: unknown): PlatformAnswer => ({ kind: 'answer', status: 200, body });
    // files are another server's (test/support/media-server.ts): here nobody ever sent one
    if (CONTENT.test(name)) return lineError(404, 'Not found');
    if (name === 'message/quota') return ok(account.quota);
    if (name === 'message/quota/consumption') return ok({ totalUsage: account.used });
    if (name === 'channel/webhook/endpoint')
      return account.endpoint === null ? lineError(404, 'Webhook endpoint not found') : ok(account.endpoint);
    const { userId } = account;
    return ok({ userId, basicId: '@example', displayName: 'x', chatMode: 'bot', markAsReadMode: 'auto' });
  }

  function reply(call: PlatformCall): PlatformAnswer {
    const { replyToken = '', messages } = LineSendSchema.parse(call.json);
    const person = redeem(replyToken);
    return person === null ? lineError(400, 'Invalid reply token') : show(call, person, messages, 'reply');
  }

  /** @returns whom the token answers; null when it is used up, too old or unknown */
  function redeem(token: string): string | null {
    const named = knowsEverybody ? /^reply-(U[0-9a-f]{32})-\d+$/.exec(token)?.[1] : undefined;
    if (!tokens.has(token) && named !== undefined) giveToken(token, named);
    const known = tokens.get(token);
    if (known === undefined || known.isUsed || now().getTime() - known.at.getTime() > TOKEN_LIFE_MS)
      return null;
    known.isUsed = true;
    return known.person;
  }

  function push(call: PlatformCall): PlatformAnswer {
    const key = String(call.headers['x-line-retry-key']);
    const before = accepted.get(key);
    if (before !== undefined && now().getTime() - before.at.getTime() < RETRY_KEY_LIFE_MS)
      return lineError(409, 'The retry key is already accepted', {
        'x-line-accepted-request-id': before.requestId,
      });
    const { to = '', messages } = LineSendSchema.parse(call.json);
    if (account.quota.value !== undefined && account.used + messages.length > account.quota.value)
      return lineError(429, 'You have reached your monthly limit.');
    if (people.lastAt(to) === null) return lineError(400, 'Failed to send messages');
    accepted.set(key, { requestId: call.requestId, at: now() });
    account = { ...account, used: account.used + messages.length };
    return show(call, to, messages, 'push');
  }

  function show(
    { requestId }: PlatformCall,
    person: string,
    messages: z.infer<typeof LineSendSchema>['messages'],
    how: string,
  ): PlatformAnswer {
    const sentMessages = messages.map(({ text, quickReply, originalContentUrl }) => {
      serial += 1n;
      const id = String(serial);
      const choices =
        quickReply?.items.map(({ action }) => ({ label: action.label, payload: action.data })) ?? [];
      const message = {
        ...({ face: 'line', person, text, choices, requestId, messageId: id, how } as const),
        ...(originalContentUrl !== undefined && { recording: originalContentUrl }),
      };
      if (people.isBlocked(person)) lost.push({ ...message, serial: 0, at: now() });
      else sent.push(ledger.add(message));
      return { id };
    });
    return {
      kind: 'answer',
      status: 200,
      body: { sentMessages },
      headers: { 'x-line-request-id': requestId },
    };
  }

  function giveToken(token: string, person: string): void {
    // delivered again, a token gets no second life
    if (!tokens.has(token)) tokens.set(token, { person, at: now(), isUsed: false });
  }

  return {
    name: 'line',
    examine: (call) => {
      const name = call.path.slice(PREFIX.length);
      return { name, problems: findLineProblems(name, call) };
    },
    scriptOf: () => script,
    perform,
    hear: (body) => {
      for (const event of EventsSchema.safeParse(body).data?.events ?? []) {
        const { type, source, replyToken } = EventSchema.safeParse(event).data ?? {};
        if (source === undefined) continue;
        if (type === 'unfollow') people.block(source.userId);
        else people.touch(source.userId, now());
        if (replyToken !== undefined) giveToken(replyToken, source.userId);
      }
    },
    ...script,
    sent,
    lost,
    people,
    rate,
    giveToken,
    setAccount: (next) => {
      account = { ...account, ...next };
    },
    used: () => account.used,
  };
}

const PREFIX = '/v2/bot/';
const EventsSchema = z.looseObject({ events: z.array(z.unknown()) });
const EventSchema = z.looseObject({
  type: z.string(),
  source: z.looseObject({ userId: z.string() }),
  replyToken: z.string().optional(),
});

/** A refusal as LINE gives it. */
export function lineError(
  status: number,
  message = 'words of LINE, with https://example.org in them',
  headers: Readonly<Record<string, string>> = {},
): PlatformAnswer {
  return { kind: 'answer', status, headers, body: { message } };
}
