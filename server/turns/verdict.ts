/** What becomes of a message: may it be sent now, and what does an adapter's answer mean. Pure. */
import type { Adapter, FailureClass, SendResult } from '../channels/adapter.ts';
import type { ChannelRules } from '../channels/rules.ts';
import { maySend, type Quota, type RefusalReason } from '../channels/windows.ts';
import { assertNever } from '../errors.ts';
import { judgePlan, type Plan } from '../safe-contact.ts';
import type { HeadState, Outcome, OutboxRow } from './outbox-rows.ts';

const HOUR_MS = 3_600_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;
/** with the waits above about forty minutes: longer than most outages, shorter than the sense of an answer */
const MAX_ATTEMPTS = 15;
/** "slow down" and a refused token do not count as tries, but nothing is sent a day late */
const MAX_AGE_MS = 24 * HOUR_MS;
/** until a refreshed or replaced token is tried again */
export const TOKEN_PAUSE_MS = 60_000;

export interface Allowed {
  kind: 'allowed';
  /** past the time in which anybody may answer: only as a counsellor's own words */
  outsideWindow: boolean;
}

/** The plan of somebody who agreed one, opened. */
export interface OpenedPlan {
  plan: Plan;
  /** a counsellor gave a reason to write outside it, and it holds until then */
  overrideUntil: Date | null;
  /** the text has a word in it that would show what this is about */
  hasBetrayingWords: boolean;
}

/**
 * The rules that may have changed since the message was decided.
 * @param state with the plan opened, which costs a decryption and is done for those only who have one
 */
export function checkBeforeSend(
  row: OutboxRow,
  state: Omit<HeadState, 'plan'> & { plan: OpenedPlan | null },
  adapter: Adapter | null,
  now: Date,
  rules: ChannelRules,
  quota: Quota | null,
): Outcome | Allowed {
  if (state.isHeldBack || (row.author === 'bot' && state.owner !== 'bot')) return { kind: 'suppressed', row };
  if (state.blocked) return fail(row, 'blocked', 'contact_blocked');
  if (adapter === null) return fail(row, 'permission', 'account_missing');
  const held = state.plan === null ? null : holdByPlan(row, state.lastInboundAt, state.plan, now);
  if (held !== null) return held;
  const permission = maySend(rules, {
    channel: row.channel,
    author: row.author,
    lastInboundAt: state.lastInboundAt,
    sentSince: state.sentSince,
    quota,
    isFree: adapter.answersFree?.(row.replyHandle, now) ?? false,
    isUnasked: row.unasked,
    now,
  });
  if (permission.ok) return { kind: 'allowed', outsideWindow: permission.outsideWindow };
  return fail(row, REFUSED_AS[permission.reason], permission.reason);
}

function holdByPlan(
  row: OutboxRow,
  lastInboundAt: Date | null,
  { plan, overrideUntil, hasBetrayingWords }: OpenedPlan,
  now: Date,
): Outcome | null {
  const isOverridden = row.author === 'counsellor' && overrideUntil !== null && row.createdAt < overrideUntil;
  if (isOverridden) return null;
  const { author, channel, unasked: isUnasked, attempts, sentParts } = row;
  const verdict = judgePlan(plan, { author, channel, lastInboundAt, isUnasked, hasBetrayingWords, now });
  if (verdict.kind === 'ok') return null;
  if (verdict.kind === 'wait') return { kind: 'later', row, notBefore: verdict.until, attempts, sentParts };
  return fail(row, 'policy', verdict.reason);
}

const REFUSED_AS: Readonly<Record<RefusalReason, FailureClass>> = {
  window_closed: 'window',
  free_used_up: 'quota',
  quota_reserved: 'quota',
  quota_used_up: 'quota',
  quiet_hours: 'window',
};

export interface Judged {
  outcome: Outcome;
  /** nothing of this account is sent before then */
  pauseUntil: Date | null;
}

/** @param random 0 ≤ r < 1, spreads retries so that a recovered platform is not hit by all at once */
export function judgeResult(row: OutboxRow, result: SendResult, now: Date, random: number): Judged {
  if (result.ok) {
    const { platformIds, charged = 0 } = result;
    return { outcome: { kind: 'sent', row, platformIds, charged }, pauseUntil: null };
  }
  const sentParts = row.sentParts + result.sentParts;
  const isOld = now.getTime() - row.createdAt.getTime() > MAX_AGE_MS;
  switch (result.class) {
    case 'retry': {
      const attempts = row.attempts + 1;
      if (attempts >= MAX_ATTEMPTS || isOld) return final(fail(row, 'retry', result.code, sentParts));
      const notBefore = later(now, Math.max(result.retryAfterMs ?? 0, backoffMs(attempts, random)));
      return { outcome: { kind: 'later', row, notBefore, attempts, sentParts }, pauseUntil: null };
    }
    case 'rate':
    case 'token': {
      if (isOld) return final(fail(row, result.class, result.code, sentParts));
      const pauseMs = result.class === 'token' ? TOKEN_PAUSE_MS : backoffMs(row.attempts + 1, random);
      const notBefore = later(now, Math.max(result.retryAfterMs ?? 0, pauseMs));
      return {
        outcome: { kind: 'later', row, notBefore, attempts: row.attempts, sentParts },
        pauseUntil: notBefore,
      };
    }
    case 'window':
    case 'blocked':
    case 'quota':
    case 'permission':
    case 'invalid':
    case 'media':
    case 'policy':
      return final(fail(row, result.class, result.code, sentParts));
    default:
      return assertNever(result.class);
  }
}

/** 1 s, 2 s, 4 s … 5 min, of which the last half is random. */
export function backoffMs(attempts: number, random: number): number {
  const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

function fail(row: OutboxRow, failure: FailureClass, code: string, sentParts = row.sentParts): Outcome {
  return { kind: 'failed', row, class: failure, code, sentParts };
}

function final(outcome: Outcome): Judged {
  return { outcome, pauseUntil: null };
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
