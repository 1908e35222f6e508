/** May this be written to this person now, and until when: pure, over the dated rules of content/registers/channel-rules.yaml. */
import { type ChannelRules, ruleOf } from './rules.ts';

export interface Quota {
  /** messages of this month; null = no limit, or the platform has not told us one */
  limit: number | null;
  used: number;
}

export interface Question {
  channel: string;
  author: 'bot' | 'counsellor';
  /** null: they never wrote */
  lastInboundAt: Date | null;
  /** messages of ours, by whoever, since then */
  sentSince: number;
  /** of the account; null = nothing known */
  quota: Quota | null;
  /** costs nothing of the quota (a reply whose token is fresh) */
  isFree?: boolean;
  /** no answer to something written just now */
  isUnasked?: boolean;
  now: Date;
}

export type RefusalReason =
  /** the channel's time to answer is over; it begins again when they write */
  | 'window_closed'
  /** free answers are used up, and what costs is a counsellor's decision */
  | 'free_used_up'
  /** only what is kept for people is left of the month's quota */
  | 'quota_reserved'
  /** nothing is left of the month's quota */
  | 'quota_used_up'
  /** nobody asked for it just now, and it is night */
  | 'quiet_hours';

export type Permission =
  | {
      ok: true;
      /** the window closes then; null = never */
      until: Date | null;
      /** how many more cost nothing or are left of the quota; null = no count. 0 = this one costs */
      left: number | null;
      /** only as a counsellor's own words: past the time in which anybody may answer */
      outsideWindow: boolean;
    }
  /** `until`: from then on again; null = not before they write */
  | { ok: false; reason: RefusalReason; until: Date | null };

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The channel's rules first, then the quota, then our own night. */
export function maySend(rules: ChannelRules, question: Question): Permission {
  const { channel, author, lastInboundAt, now } = question;
  const rule = ruleOf(rules, channel);
  const closesForAll = closes(lastInboundAt, rule.answer_hours);
  const outsideWindow = closesForAll !== null && now > closesForAll;
  const until =
    author === 'counsellor' ? closes(lastInboundAt, rule.people_hours ?? rule.answer_hours) : closesForAll;
  if (until !== null && now > until) return { ok: false, reason: 'window_closed', until: null };

  const freeLeft = countFree(rules, question);
  if (author === 'bot' && freeLeft === 0) return { ok: false, reason: 'free_used_up', until: null };
  const quota = judgeQuota(rules, question);
  if (quota.refusal !== null) return quota.refusal;
  const night = author === 'bot' ? findNight(rules, question) : null;
  if (night !== null) return { ok: false, reason: 'quiet_hours', until: night };
  return { ok: true, until, left: freeLeft ?? quota.left, outsideWindow };
}

/** When a counsellor's time to answer ends; null = never. */
export function windowEnd(rules: ChannelRules, channel: string, lastInboundAt: Date | null): Date | null {
  const { answer_hours: hours, people_hours: people } = ruleOf(rules, channel);
  return closes(lastInboundAt, people ?? hours);
}

/** Somebody who never wrote opened no window. */
function closes(lastInboundAt: Date | null, hours: number | null): Date | null {
  return hours === null ? null : new Date((lastInboundAt?.getTime() ?? 0) + hours * HOUR_MS);
}

function countFree(rules: ChannelRules, { channel, lastInboundAt, sentSince, now }: Question): number | null {
  const { free } = ruleOf(rules, channel);
  if (free === undefined) return null;
  const isOver = now.getTime() - (lastInboundAt?.getTime() ?? 0) > free.hours * HOUR_MS;
  return isOver ? 0 : Math.max(0, free.messages - sentSince);
}

function judgeQuota(
  rules: ChannelRules,
  { channel, author, quota, isFree, now }: Question,
): { left: number | null; refusal: Extract<Permission, { ok: false }> | null } {
  const rule = ruleOf(rules, channel).quota;
  if (rule === undefined || quota === null || quota.limit === null) return { left: null, refusal: null };
  const left = Math.max(0, quota.limit - quota.used);
  if (isFree === true) return { left, refusal: null };
  const until = nextMonth(now, rule.zone);
  if (left === 0) return { left, refusal: { ok: false, reason: 'quota_used_up', until } };
  const kept = Math.ceil(quota.limit * rule.reserve_for_people);
  if (author === 'bot' && left <= kept)
    return { left, refusal: { ok: false, reason: 'quota_reserved', until } };
  return { left, refusal: null };
}

/** @returns when the night ends, for what is no answer; else null */
function findNight(rules: ChannelRules, { isUnasked, now }: Question): Date | null {
  const { from, to, zone } = rules.quiet_hours;
  if (isUnasked !== true) return null;
  const minute = minuteOfDay(now, zone);
  const [start, end] = [readMinute(from), readMinute(to)];
  const isNight = start <= end ? minute >= start && minute < end : minute >= start || minute < end;
  if (!isNight) return null;
  const wait = (end - minute + 1440) % 1440;
  return new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS);
}

function readMinute(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function minuteOfDay(at: Date, zone: string): number {
  const { hour, minute } = readParts(at, zone);
  return hour * 60 + minute;
}

/** The first day of the month in the platform's calendar, `2026-11-01`. */
export function monthOf(at: Date, zone: string): string {
  const { year, month } = readParts(at, zone);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`;
}

/** Midnight of the next first day, in the platform's calendar. */
function nextMonth(now: Date, zone: string): Date {
  const { year, month } = readParts(now, zone);
  const utc = Date.UTC(year, month, 1);
  // what the clocks there show at that moment of UTC tells how far they are off
  const there = readParts(new Date(utc), zone);
  const shown = Date.UTC(there.year, there.month - 1, there.day, there.hour, there.minute);
  return new Date(utc - (shown - utc));
}

function readParts(at: Date, zone: string) {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
  };
}
