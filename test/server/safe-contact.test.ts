/** What a plan of safe contact says about one message. */
import { describe, expect, it } from '@jest/globals';
import { CAREFUL_PLAN, judgePlan, nextOpening, type Plan, PlanSchema } from '../../server/safe-contact.ts';

/** a Friday, 15:00 in Vietnam */
const NOW = new Date('2026-11-20T08:00:00.000Z');
const minutesAgo = (n: number): Date => new Date(NOW.getTime() - n * 60_000);
const MORNINGS = [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '10:30' }];
const OPEN_NOW = [{ days: [5], from: '14:00', to: '16:00' }];
const plan = (over: Partial<Plan> = {}): Plan => ({
  ...CAREFUL_PLAN,
  ...{ mayWriteFirst: true, ways: ['telegram'], wording: 'plain', othersRead: 'no' },
  ...over,
});

describe('a message', () => {
  const rows: {
    title: string;
    plan: Partial<Plan>;
    by?: 'bot' | 'counsellor';
    heard?: number | null;
    unasked?: boolean;
    betrays?: boolean;
    channel?: string;
    says: string;
  }[] = [
    { title: 'answers who has just written', plan: { mayWriteFirst: false, ways: [] }, heard: 5, says: 'ok' },
    { title: 'answers for half an hour', plan: { mayWriteFirst: false }, heard: 30, says: 'ok' },
    { title: 'later is no answer', plan: { mayWriteFirst: false }, heard: 31, says: 'plan_never_first' },
    { title: 'was never asked for', plan: { mayWriteFirst: false }, heard: null, says: 'plan_never_first' },
    {
      title: 'that a wait sends is no answer, however soon',
      ...{ plan: { mayWriteFirst: false }, by: 'bot', heard: 1, unasked: true, says: 'plan_never_first' },
    },
    { title: 'goes by an agreed channel only', plan: { ways: ['zalo'] }, says: 'plan_channel' },
    { title: 'may be written first in the hours', plan: { times: OPEN_NOW }, says: 'ok' },
    { title: 'waits for the hours', plan: { times: MORNINGS }, says: '2026-11-23T01:00:00.000Z' },
    { title: 'of the bot does not wait for hours', plan: { times: MORNINGS }, by: 'bot', says: 'plan_times' },
    {
      title: 'that answers waits, too, when that was agreed',
      ...{ plan: { times: MORNINGS, answers: 'times' }, by: 'bot', heard: 1 },
      says: '2026-11-23T01:00:00.000Z',
    },
    { title: 'may say anything in plain wording', plan: {}, betrays: true, says: 'ok' },
    { title: 'betrays nothing', plan: { wording: 'neutral' }, betrays: true, says: 'plan_wording' },
    {
      title: 'betrays nothing as an answer of a counsellor either',
      ...{ plan: { wording: 'neutral' }, heard: 1, betrays: true, says: 'plan_wording' },
    },
    {
      title: 'of the bot is answered with numbers when they ask',
      ...{ plan: { wording: 'neutral' }, by: 'bot', heard: 1, betrays: true, says: 'ok' },
    },
  ];
  it.each(rows)('$title', ({ plan: over, by = 'counsellor', heard = 60, unasked = false, betrays, says }) => {
    const verdict = judgePlan(plan(over), {
      ...{ author: by, channel: 'telegram', isUnasked: unasked, now: NOW },
      lastInboundAt: heard === null ? null : minutesAgo(heard),
      hasBetrayingWords: betrays ?? false,
    });
    const said =
      verdict.kind === 'ok' ? 'ok' : verdict.kind === 'wait' ? verdict.until.toISOString() : verdict.reason;
    expect(said).toBe(says);
  });
});

describe('hours', () => {
  it.each([
    ['none: always', [], 'Asia/Ho_Chi_Minh', 'open'],
    [
      'later today',
      [{ days: [5], from: '16:00', to: '17:00' }],
      'Asia/Ho_Chi_Minh',
      '2026-11-20T09:00:00.000Z',
    ],
    [
      'over today: next week',
      [{ days: [5], from: '08:00', to: '15:00' }],
      'Asia/Ho_Chi_Minh',
      '2026-11-27T01:00:00.000Z',
    ],
    [
      'over the end of the week',
      [{ days: [1], from: '00:00', to: '24:00' }],
      'Asia/Ho_Chi_Minh',
      '2026-11-22T17:00:00.000Z',
    ],
    ['until midnight', [{ days: [5], from: '15:00', to: '24:00' }], 'Asia/Ho_Chi_Minh', 'open'],
    // 08:00 in London
    ['of the person’s own clock', [{ days: [5], from: '08:00', to: '09:00' }], 'Europe/London', 'open'],
  ])('%s', (_title, times, zone, expected) => {
    const found = nextOpening({ times, zone }, NOW);
    expect(found === 'open' ? found : found.toISOString()).toBe(expected);
  });
});

describe('what a plan may hold', () => {
  it.each([
    ['hours that end before they begin', { times: [{ days: [1], from: '10:00', to: '09:00' }] }],
    ['no day', { times: [{ days: [], from: '08:00', to: '09:00' }] }],
    ['a zone that is none', { zone: 'Asia/Nowhere' }],
    ['a word that turns the direction', { safeWord: 'abc\u202edef' }],
    ['a word with nothing to see', { disguise: 'abc\u200bdef' }],
    ['an endless note', { note: 'x'.repeat(501) }],
  ])('not %s', (_title, over) => {
    expect(PlanSchema.safeParse({ ...plan(), ...over }).success).toBe(false);
  });
  it('keeps hostile text as text', () => {
    const note = "<script>alert(1)</script>\n=cmd|' /C calc'!A0 \"; drop table cases; --";
    expect(PlanSchema.parse(plan({ note })).note).toBe(note);
  });
});
