/** The face of Zalo: sign-in with refresh tokens that work once, messages with window and limits, errors inside HTTP 200. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { answerJson, createRate, createScript } from './answers.ts';
import type { PlatformAnswer, PlatformCall, Rate, Script } from './answers.ts';
import { createGate, type Gate } from './gate.ts';
import { LIMITS } from './limits.ts';
import type { People, SentMessage } from './people.ts';
import type { Face, FaceOptions, RawCall } from './server.ts';

/** Invented; shaped like the real ones. */
export const FAKE_ZALO = {
  appId: '1234567890123456789',
  appSecret: 'example-app-secret-not-real',
  oaId: '2847561093847561029',
  oaSecret: 'example-oa-secret-key-not-real',
  callback: 'https://bot.example.org/hooks/zalo/default',
} as const;

/** Documented as the string "90000": 25 hours. */
const TOKEN_LIFE_S = 90_000;
const WEEK_MS = 7 * 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** Calls a minute before -32. */
const CALLS_PER_MINUTE = 4000;

export interface ZaloFace extends Face {
  /** answers of the message interface and of the sign-in, by script */
  messages: Script;
  signIn: Script;
  /** stands before a message is judged */
  messageGate: Gate;
  /** stands before the sign-in has done anything: whoever dies here has spent nothing */
  beforeRotation: Gate;
  /** stands after the tokens were rotated and before the answer: whoever dies here has lost them */
  afterRotation: Gate;
  /** accepted messages, oldest first */
  sent: SentMessage[];
  people: People;
  rate: Rate;
  /** a first refresh token, as from Zalo's own explorer */
  issueRefreshToken: () => string;
  /** the operator opens the link and agrees. @returns the address the browser is sent to; throws when Zalo would refuse */
  agree: (link: string) => string;
  /** rotations so far */
  rotations: () => number;
  /** calls that showed an access token that is not the newest, or a refresh token that is spent */
  staleUses: () => number;
  /** what every access and refresh token so far looks like, to look for in logs */
  allTokens: () => readonly string[];
  /** makes the newest access token invalid without telling anybody */
  revokeAccess: () => void;
  /** 22:00–06:00, in which some kinds are refused */
  setNight: (isNight: boolean) => void;
  setQuota: (messagesLeft: number) => void;
}

export function createZaloFace({ now, ledger, people }: FaceOptions): ZaloFace {
  const messages = createScript();
  const signIn = createScript();
  const gates = { message: createGate(), before: createGate(), after: createGate() };
  const codes = new Map<string, { challenge: string | null }>();
  const sent: SentMessage[] = [];
  const tokens: string[] = [];
  const rate = createRate(CALLS_PER_MINUTE, MINUTE_MS, now);
  const state = {
    serial: 0,
    refreshToken: '',
    access: { token: '', expiresAt: new Date(0) },
    rotations: 0,
    staleUses: 0,
    isNight: false,
    quota: Number.POSITIVE_INFINITY,
    messageSerial: 0,
  };

  const issue = (kind: string): string => {
    state.serial += 1;
    const token = `fake-${kind}-${createHash('sha256').update(`${kind}${state.serial}`).digest('hex').slice(0, 40)}`;
    tokens.push(token);
    return token;
  };

  function grant(): PlatformAnswer {
    state.rotations += 1;
    state.refreshToken = issue('refresh');
    state.access = {
      token: issue('access'),
      expiresAt: new Date(now().getTime() + TOKEN_LIFE_S * 1000),
    };
    return answerJson(200, {
      access_token: state.access.token,
      refresh_token: state.refreshToken,
      expires_in: String(TOKEN_LIFE_S),
    });
  }

  async function answerSignIn(call: PlatformCall): Promise<PlatformAnswer> {
    await gates.before.pass();
    const answer = judgeSignIn(call);
    await gates.after.pass();
    return answer;
  }

  function judgeSignIn(call: PlatformCall): PlatformAnswer {
    const form = new URLSearchParams(call.body.toString());
    if (call.problems.length > 0) return refuseSignIn(-14_001, 'Invalid request');
    if (call.headers['secret_key'] !== FAKE_ZALO.appSecret || form.get('app_id') !== FAKE_ZALO.appId)
      return refuseSignIn(-14_002, 'Invalid app');
    if (form.get('grant_type') === 'refresh_token') {
      if (form.get('refresh_token') === state.refreshToken && state.refreshToken !== '') return grant();
      state.staleUses += 1;
      return refuseSignIn(-14_014, 'Invalid refresh token');
    }
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    if (code === undefined) return refuseSignIn(-14_010, 'Invalid code');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code.challenge !== null && code.challenge !== challenge)
      return refuseSignIn(-14_011, 'Invalid verifier');
    return grant();
  }

  async function answerMessage(call: PlatformCall): Promise<PlatformAnswer> {
    await gates.message.pass();
    const nowMs = now().getTime();
    if (rate.take() > 0) return refuse(32);
    const token = String(call.headers['access_token']);
    if (token !== state.access.token) {
      state.staleUses += 1;
      return refuse(216);
    }
    if (state.access.expiresAt.getTime() <= nowMs) return refuse(220);
    return judgeMessage(call);
  }

  function judgeMessage(call: PlatformCall): PlatformAnswer {
    const message = MessageSchema.safeParse(call.json).data;
    if (message === undefined) return refuse(201);
    const { user_id: person } = message.recipient;
    const { text, attachment } = message.message;
    if (text.length > LIMITS.zalo.text.max) return refuse(210);
    if (call.problems.length > 0) return refuse(201);
    if (people.isBlocked(person)) return refuse(217);
    const sinceMs = now().getTime() - (people.lastAt(person)?.getTime() ?? 0);
    if (sinceMs > WEEK_MS) return refuse(230);
    if (state.isNight) return refuse(234);
    if (state.quota <= 0) return refuse(211);
    state.quota -= 1;
    state.messageSerial += 1;
    const messageId = `oa-fake-${state.messageSerial}`;
    const choices =
      attachment?.payload.buttons.map(({ title: label, payload }) => ({ label, payload })) ?? [];
    const { requestId } = call;
    sent.push(ledger.add({ face: 'zalo', person, text, choices, messageId, requestId, how: 'cs' }));
    const data = { message_id: messageId, user_id: person };
    return answerJson(200, { error: 0, message: 'Success', data });
  }

  return {
    name: 'zalo',
    examine: (call) => ({
      name: call.path.slice(call.path.lastIndexOf('/') + 1),
      problems: findProblems(call),
    }),
    scriptOf: ({ path }) => (path === SIGN_IN ? signIn : messages),
    perform: (call) => {
      if (call.path === SIGN_IN) return answerSignIn(call);
      if (call.path === SEND) return answerMessage(call);
      return /^\/v2\.0\/oa\/message/.test(call.path) ? refuse(240) : answerJson(404, { error: -404 });
    },
    hear: (body) => {
      const event = EventSchema.safeParse(body).data;
      const person = event?.follower?.id ?? event?.user_id ?? event?.sender?.id;
      if (event === undefined || person === undefined) return;
      if (event.event_name === 'unfollow') people.block(person);
      else if (/^(user_(send|submit|click)_|follow$)/.test(event.event_name)) people.touch(person, now());
    },
    messages,
    signIn,
    messageGate: gates.message,
    beforeRotation: gates.before,
    afterRotation: gates.after,
    sent,
    people,
    rate,
    issueRefreshToken: () => {
      state.refreshToken = issue('refresh');
      return state.refreshToken;
    },
    agree: (link) => {
      const { pathname, searchParams: query } = new URL(link);
      if (!pathname.endsWith('/v4/oa/permission')) throw new Error('not the permission page');
      if (query.get('app_id') !== FAKE_ZALO.appId) throw new Error('unknown app');
      if (query.get('redirect_uri') !== FAKE_ZALO.callback) throw new Error('-14003 Invalid redirect uri');
      const code = issue('code');
      codes.set(code, { challenge: query.get('code_challenge') });
      const back = new URLSearchParams({ code, oa_id: FAKE_ZALO.oaId, state: query.get('state') ?? '' });
      return `${FAKE_ZALO.callback}?${back.toString()}`;
    },
    rotations: () => state.rotations,
    staleUses: () => state.staleUses,
    allTokens: () => tokens,
    revokeAccess: () => {
      state.access = { token: '', expiresAt: new Date(0) };
    },
    setNight: (isNight) => {
      state.isNight = isNight;
    },
    setQuota: (messagesLeft) => {
      state.quota = messagesLeft;
    },
  };
}

/** An error as Zalo gives it: HTTP 200 and a negative number. */
export function refuse(number: number): PlatformAnswer {
  return answerJson(200, { error: -number, message: 'refused by the fake' });
}

function refuseSignIn(error: number, name: string): PlatformAnswer {
  return answerJson(200, { error, error_name: name, error_description: 'refused by the fake' });
}

const ButtonSchema = z.strictObject({
  title: z.string(),
  type: z.enum(['oa.query.hide', 'oa.query.show']),
  payload: z.string(),
});
/** What this project sends: a text, with buttons under it or without. Anything else is a fault. */
const MessageSchema = z.strictObject({
  recipient: z.strictObject({ user_id: z.string().regex(/^\d+$/) }),
  message: z.strictObject({
    text: z.string(),
    attachment: z
      .strictObject({
        type: z.literal('template'),
        payload: z.strictObject({ buttons: z.array(ButtonSchema).min(1) }),
      })
      .optional(),
  }),
});

const SIGN_IN = '/v4/oa/access_token';
const SEND = '/v3.0/oa/message/cs';
const WhoSchema = z.looseObject({ id: z.string() });
const EventSchema = z.looseObject({
  event_name: z.string(),
  sender: WhoSchema.optional(),
  follower: WhoSchema.optional(),
  user_id: z.string().optional(),
});

function findProblems(call: RawCall): string[] {
  const form = call.headers['content-type'] ?? '';
  if (call.path === SIGN_IN) {
    const isForm = call.method === 'POST' && form === 'application/x-www-form-urlencoded';
    return isForm ? [] : ['the sign-in takes a form with POST'];
  }
  if (call.path !== SEND) return [`${call.path} is not in the contract`];
  const faults: string[] = [];
  if (call.method !== 'POST') faults.push('messages are sent with POST');
  if (form !== 'application/json') faults.push('the content type is no JSON');
  if (call.headers['access_token'] === undefined) faults.push('there is no access token');
  const parsed = MessageSchema.safeParse(call.json);
  if (!parsed.success)
    return [...faults, ...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`)];
  return [...faults, ...findLimitProblems(parsed.data.message)];
}

function findLimitProblems({ text, attachment }: z.infer<typeof MessageSchema>['message']): string[] {
  const limits = LIMITS.zalo;
  const faults: string[] = [];
  const buttons = attachment?.payload.buttons ?? [];
  if (text.trim() === '') faults.push('the text is empty');
  if (text.length > limits.text.max) faults.push('the text is too long');
  if (buttons.length > limits.buttons.max) faults.push('too many buttons');
  for (const { title, payload } of buttons) {
    if (title.trim() === '' || title.length > limits.buttons.titleMax)
      faults.push('a title is empty or too long');
    if (payload === '' || payload.length > limits.buttons.payloadMax)
      faults.push('a payload is empty or too long');
  }
  return faults;
}
