/** How somebody may be reached safely: the plan they agreed with a counsellor, and what it says about one message. Pure. */
import { z } from 'zod';
import { plainText } from './plain-text.ts';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
/** Hours in which we may write, in the zone of the plan; `days`: 1 = Monday … 7 = Sunday. They do not go over midnight. */
export const PlanTimeSchema = z
  .strictObject({
    days: z.array(z.int().min(1).max(7)).min(1).max(7),
    from: z.string().regex(TIME),
    /** `24:00` = until midnight */
    to: z.union([z.string().regex(TIME), z.literal('24:00')]),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'ends before it begins' });
export type PlanTime = z.infer<typeof PlanTimeSchema>;

/** Ways to reach somebody: our channels, and a telephone call. */
export const WAYS = ['web', 'telegram', 'messenger', 'zalo', 'line', 'phone'] as const;

export const PlanSchema = z.strictObject({
  /** false: nobody writes first, only answers */
  mayWriteFirst: z.boolean(),
  /** for what is no answer; empty = at any time */
  times: z.array(PlanTimeSchema).max(14),
  /** IANA; Vietnam's unless the person lives by another clock */
  zone: z.string().max(60).refine(isZone, 'no_zone'),
  /** at_once: whenever they write, they may read. times: answers wait for the hours above, too */
  answers: z.enum(['at_once', 'times']),
  /** by these we may write or call first; a channel they write on may always be answered */
  ways: z.array(z.enum(WAYS)).max(WAYS.length),
  /** neutral: no word that shows what this is about */
  wording: z.enum(['plain', 'neutral']),
  /** what our messages are about if somebody asks; '' = not agreed */
  disguise: plainText(60),
  /** by it we know that it is them; '' = none agreed */
  safeWord: plainText(60),
  /** does somebody else read what comes on their telephone? */
  othersRead: z.enum(['no', 'maybe', 'yes']),
  /** who, and anything else the next counsellor must know before writing */
  note: plainText(500),
});
export type Plan = z.infer<typeof PlanSchema>;

/** What cannot be read is taken as the most careful plan: answers only. */
export const CAREFUL_PLAN: Plan = {
  mayWriteFirst: false,
  times: [],
  zone: 'Asia/Ho_Chi_Minh',
  answers: 'at_once',
  ways: [],
  wording: 'neutral',
  disguise: '',
  safeWord: '',
  othersRead: 'maybe',
  note: '',
};

/**
 * Whoever wrote this recently still holds the telephone; an answer that comes later may meet somebody else's eyes and counts as
 * writing first. Our own figure.
 */
export const ANSWER_MS = 30 * 60_000;

export type PlanRefusal =
  /** nobody writes first */
  | 'plan_never_first'
  /** not by this channel */
  | 'plan_channel'
  /** not at this hour */
  | 'plan_times'
  /** a word that would show what this is about */
  | 'plan_wording';

export type PlanVerdict =
  | { kind: 'ok' }
  /** the plan allows it from then on */
  | { kind: 'wait'; until: Date; reason: PlanRefusal }
  | { kind: 'refuse'; reason: PlanRefusal };

export interface PlanQuestion {
  author: 'bot' | 'counsellor';
  channel: string;
  /** null: they never wrote */
  lastInboundAt: Date | null;
  /** decided without anything they wrote (a wait that is over, a campaign) */
  isUnasked: boolean;
  /** words of the text that would betray what this is about */
  hasBetrayingWords: boolean;
  now: Date;
}

/** The same for bot, counsellor and campaigns; who may override it is not asked here. */
export function judgePlan(plan: Plan, question: PlanQuestion): PlanVerdict {
  const { author, lastInboundAt, isUnasked, now } = question;
  const isRecent = lastInboundAt !== null && now.getTime() - lastInboundAt.getTime() <= ANSWER_MS;
  const isAnswer = isRecent && !isUnasked;
  // the bot is in quiet mode then and its answers are written so; numbers somebody asks for are never held back by a word
  const mustBeNeutral = plan.wording === 'neutral' && (author === 'counsellor' || !isAnswer);
  if (!isAnswer) {
    if (!plan.mayWriteFirst) return { kind: 'refuse', reason: 'plan_never_first' };
    if (!plan.ways.some((way) => way === question.channel)) return { kind: 'refuse', reason: 'plan_channel' };
  }
  if (mustBeNeutral && question.hasBetrayingWords) return { kind: 'refuse', reason: 'plan_wording' };
  if (isAnswer && plan.answers === 'at_once') return { kind: 'ok' };
  const opens = nextOpening(plan, now);
  if (opens === 'open') return { kind: 'ok' };
  // what the bot wanted to say unasked makes no sense hours later
  if (author === 'bot' && !isAnswer) return { kind: 'refuse', reason: 'plan_times' };
  return { kind: 'wait', until: opens, reason: 'plan_times' };
}

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;

/**
 * `open`, or when the next hours of the plan begin. Where clocks are put forward or back in between it may be an hour off; the
 * message is judged again then.
 */
export function nextOpening({ times, zone }: Pick<Plan, 'times' | 'zone'>, now: Date): 'open' | Date {
  if (times.length === 0) return 'open';
  const { day, minute } = readLocal(now, zone);
  const at = (day - 1) * DAY_MINUTES + minute;
  const windows = times.flatMap(({ days, from, to }) =>
    days.map((one) => ({
      from: (one - 1) * DAY_MINUTES + readMinute(from),
      to: (one - 1) * DAY_MINUTES + readMinute(to),
    })),
  );
  if (windows.some((window) => at >= window.from && at < window.to)) return 'open';
  const wait = Math.min(...windows.map((window) => (window.from - at + WEEK_MINUTES) % WEEK_MINUTES));
  return new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS);
}

function readMinute(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function readLocal(at: Date, zone: string): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const read = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return {
    day: WEEKDAYS.indexOf(read('weekday')) + 1,
    minute: Number(read('hour')) * 60 + Number(read('minute')),
  };
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
