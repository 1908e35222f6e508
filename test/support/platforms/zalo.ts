/** The face of Zalo: sign-in with refresh tokens that work once, messages with window and limits, errors inside HTTP 200. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { answerJson, createGate, createScript } from './server.ts';
import type { Face, Gate, PlatformAnswer, PlatformCall, Script } from './server.ts';

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

export interface ZaloFaceOptions {
  now: () => Date;
  /** calls a minute before -32; about 4000 at the real one */
  callsPerMinute?: number;
}

export interface SentToPerson {
  userId: string;
  text: string;
  buttons: readonly { title: string; payload: string }[];
  /** the token it was sent with */
  token: string;
}

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
  sent: SentToPerson[];
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
  /** the person did something at that time: opens the window of 7 days */
  touch: (userId: string, at: Date) => void;
  block: (userId: string) => void;
  /** 22:00–06:00, in which some kinds are refused */
  setNight: (isNight: boolean) => void;
  setQuota: (messagesLeft: number) => void;
  /** faults of all calls against the contract */
  problems: () => readonly string[];
}

export function createZaloFace(options: ZaloFaceOptions): ZaloFace {
  const messages = createScript();
  const signIn = createScript();
  const gates = { message: createGate(), before: createGate(), after: createGate() };
  const codes = new Map<string, { challenge: string | null }>();
  const seen = new Map<string, Date>();
  const blocked = new Set<string>();
  const sent: SentToPerson[] = [];
  const tokens: string[] = [];
  const problems: string[] = [];
  let calledAt: number[] = [];
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
      expiresAt: new Date(options.now().getTime() + TOKEN_LIFE_S * 1000),
    };
    return answerJson(200, {
      access_token: state.access.token,
      refresh_token: state.refreshToken,
      expires_in: String(TOKEN_LIFE_S),
    });
  }

  async function answerSignIn(call: PlatformCall): Promise<PlatformAnswer> {
    const scripted = signIn.next(call);
    if (scripted !== null) return scripted;
    await gates.before.pass();
    const answer = judgeSignIn(call);
    await gates.after.pass();
    return answer;
  }

  function judgeSignIn(call: PlatformCall): PlatformAnswer {
    const form = new URLSearchParams(call.body.toString());
    if (call.method !== 'POST') call.problems.push('the sign-in takes POST');
    if (call.headers['content-type'] !== 'application/x-www-form-urlencoded')
      call.problems.push('the sign-in takes a form');
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
    call.problems.push(...findProblems(call));
    problems.push(...call.problems);
    const scripted = messages.next(call);
    if (scripted !== null) return scripted;
    const nowMs = options.now().getTime();
    calledAt = calledAt.filter((at) => nowMs - at < MINUTE_MS);
    if (calledAt.length >= (options.callsPerMinute ?? 4000)) return refuse(32);
    calledAt.push(nowMs);
    const token = String(call.headers['access_token']);
    if (token !== state.access.token) {
      state.staleUses += 1;
      return refuse(216);
    }
    if (state.access.expiresAt.getTime() <= nowMs) return refuse(220);
    return judgeMessage(call, token);
  }

  function judgeMessage(call: PlatformCall, token: string): PlatformAnswer {
    const message = MessageSchema.safeParse(call.json).data;
    if (message === undefined) return refuse(201);
    const { user_id: userId } = message.recipient;
    const { text, attachment } = message.message;
    if (text.length > limits.text.max) return refuse(210);
    if (call.problems.length > 0) return refuse(201);
    if (blocked.has(userId)) return refuse(217);
    const since = options.now().getTime() - (seen.get(userId)?.getTime() ?? 0);
    if (since > WEEK_MS) return refuse(230);
    if (state.isNight) return refuse(234);
    if (state.quota <= 0) return refuse(211);
    state.quota -= 1;
    state.messageSerial += 1;
    sent.push({ userId, text, buttons: attachment?.payload.buttons ?? [], token });
    const data = { message_id: `oa-fake-${state.messageSerial}`, user_id: userId };
    return answerJson(200, { error: 0, message: 'Success', data });
  }

  return {
    name: 'zalo',
    answer: (call) => {
      if (call.path === '/v4/oa/access_token') return answerSignIn(call);
      if (call.path === '/v3.0/oa/message/cs') return answerMessage(call);
      problems.push(`${call.path} is not in the contract`);
      return /^\/v2\.0\/oa\/message/.test(call.path) ? refuse(240) : answerJson(404, { error: -404 });
    },
    messages,
    signIn,
    messageGate: gates.message,
    beforeRotation: gates.before,
    afterRotation: gates.after,
    sent,
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
    touch: (userId, at) => void seen.set(userId, at),
    block: (userId) => void blocked.add(userId),
    setNight: (isNight) => {
      state.isNight = isNight;
    },
    setQuota: (messagesLeft) => {
      state.quota = messagesLeft;
    },
    problems: () => problems,
  };
}

/** An error as Zalo gives it: HTTP 200 and a negative number. */
export function refuse(number: number): PlatformAnswer {
  return answerJson(200, { error: -number, message: 'refused by the fake' });
}

function refuseSignIn(error: number, name: string): PlatformAnswer {
  return answerJson(200, { error, error_name: name, error_description: 'refused by the fake' });
}

/** The header Zalo signs with: plain SHA-256 over app id, bytes, time and OA secret. */
export function signZalo(raw: Buffer): Record<string, string> {
  const time = /"timestamp":\s*"?(\d+)/.exec(raw.toString())?.[1] ?? '';
  const digest = createHash('sha256')
    .update(FAKE_ZALO.appId)
    .update(raw)
    .update(time)
    .update(FAKE_ZALO.oaSecret);
  return { 'X-ZEvent-Signature': `mac=${digest.digest('hex')}` };
}

export interface ZaloPerson {
  id: string;
  messageId: string;
  at: Date;
}

/** A body as Zalo delivers it when a person writes, or taps a button whose payload is `text`. */
export function buildZaloText({ id, messageId, at }: ZaloPerson, text: string): Record<string, unknown> {
  return {
    app_id: FAKE_ZALO.appId,
    user_id_by_app: '5598877665544332211',
    event_name: 'user_send_text',
    sender: { id },
    recipient: { id: FAKE_ZALO.oaId },
    message: { msg_id: messageId, text },
    timestamp: String(at.getTime()),
  };
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

const limits = z
  .object({
    zalo: z.object({
      text: z.object({ max: z.number() }),
      buttons: z.object({ max: z.number(), titleMax: z.number(), payloadMax: z.number() }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('limits.json', import.meta.url), 'utf8'))).zalo;

function findProblems(call: PlatformCall): string[] {
  const faults: string[] = [];
  if (call.method !== 'POST') faults.push('messages are sent with POST');
  if (call.headers['content-type'] !== 'application/json') faults.push('the content type is no JSON');
  if (call.headers['access_token'] === undefined) faults.push('there is no access token');
  const parsed = MessageSchema.safeParse(call.json);
  if (!parsed.success)
    return [...faults, ...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`)];
  const { text, attachment } = parsed.data.message;
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
