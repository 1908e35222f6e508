/** When a message may go out: every rule of the released data, at its edges. */
import { describe, expect, it } from '@jest/globals';
import { maySend, monthOf, type Question, windowEnd } from '../../../server/channels/windows.ts';
import { rules } from '../../support/rules.ts';

/** 15:00 in Vietnam: no quiet hours */
const NOW = new Date('2026-11-20T08:00:00Z');
/** 23:30 in Vietnam */
const NIGHT = new Date('2026-11-20T16:30:00Z');
const HOUR = 3_600_000;
const before = (hours: number, from = NOW): Date => new Date(from.getTime() - hours * HOUR);
const ask = (over: Partial<Question>) =>
  maySend(rules, {
    ...{
      channel: 'telegram',
      author: 'bot',
      lastInboundAt: before(0.1),
      sentSince: 0,
      quota: null,
      now: NOW,
    },
    ...over,
  });

describe('the time to answer', () => {
  it.each([
    ['messenger', 'bot', 24, { ok: true, until: NOW, outsideWindow: false }],
    ['messenger', 'bot', 24.001, { ok: false, reason: 'window_closed', until: null }],
    ['messenger', 'counsellor', 23.9, { ok: true, outsideWindow: false }],
    ['messenger', 'counsellor', 24.1, { ok: true, until: before(24.1 - 168), outsideWindow: true }],
    ['messenger', 'counsellor', 168.001, { ok: false, reason: 'window_closed' }],
    ['zalo', 'counsellor', 167.9, { ok: true, until: before(-0.1), left: 0 }],
    ['zalo', 'counsellor', 168.1, { ok: false, reason: 'window_closed' }],
    ['telegram', 'counsellor', 9000, { ok: true, until: null, left: null, outsideWindow: false }],
    ['line', 'counsellor', 9000, { ok: true, until: null }],
    ['web', 'bot', 0.1, { ok: true, until: null }],
  ] as const)('of %s for a %s %s hours after they wrote', (channel, author, hours, permission) => {
    expect(ask({ channel, author, lastInboundAt: before(hours) })).toMatchObject(permission);
  });

  it('is closed for somebody who never wrote, where there is a window', () => {
    expect(ask({ channel: 'zalo', author: 'counsellor', lastInboundAt: null })).toMatchObject({
      ok: false,
      reason: 'window_closed',
    });
  });

  it.each([
    ['messenger', before(-68, before(100))],
    ['telegram', null],
  ])('of a counsellor on %s ends as the desk orders by it', (channel, end) => {
    expect(windowEnd(rules, channel, before(100))).toEqual(
      end === null ? null : new Date(before(100).getTime() + 168 * HOUR),
    );
  });
});

describe('the free answers of Zalo', () => {
  it.each([
    ['bot', 1, 0, { ok: true, left: 8 }],
    ['bot', 1, 7, { ok: true, left: 1 }],
    ['bot', 1, 8, { ok: false, reason: 'free_used_up' }],
    ['bot', 48.1, 0, { ok: false, reason: 'free_used_up' }],
    ['counsellor', 1, 8, { ok: true, left: 0 }],
    ['counsellor', 100, 2, { ok: true, left: 0 }],
  ] as const)('for a %s %s hours later, with %s sent', (author, hours, sentSince, permission) => {
    const asked = { channel: 'zalo', author, lastInboundAt: before(hours), sentSince } as const;
    expect(ask(asked)).toMatchObject(permission);
  });
});

describe('the monthly quota of LINE', () => {
  it.each([
    ['bot', 200, 159, { ok: true, left: 41 }],
    ['bot', 200, 160, { ok: false, reason: 'quota_reserved' }],
    ['counsellor', 200, 160, { ok: true, left: 40 }],
    ['counsellor', 200, 199, { ok: true, left: 1 }],
    ['counsellor', 200, 200, { ok: false, reason: 'quota_used_up' }],
    ['counsellor', 200, 260, { ok: false, reason: 'quota_used_up' }],
    ['bot', null, 99_999, { ok: true, left: null }],
  ] as const)('for a %s, of %s with %s used', (author, limit, used, permission) => {
    expect(ask({ channel: 'line', author, quota: { limit, used } })).toMatchObject(permission);
  });

  it('does not stop a reply that is free', () => {
    const quota = { limit: 200, used: 200 };
    expect(ask({ channel: 'line', author: 'bot', quota, isFree: true })).toMatchObject({ ok: true, left: 0 });
  });

  it('says when the next month begins where the platform is', () => {
    const asked = { channel: 'line', author: 'counsellor', quota: { limit: 1, used: 1 } } as const;
    expect(ask(asked)).toMatchObject({ until: new Date('2026-11-30T15:00:00Z') });
    expect(ask({ ...asked, now: new Date('2026-12-31T14:59:00Z') })).toMatchObject({
      until: new Date('2026-12-31T15:00:00Z'),
    });
  });

  it('counts by the calendar there', () => {
    expect(monthOf(new Date('2026-11-30T14:59:59Z'), 'Asia/Tokyo')).toBe('2026-11-01');
    expect(monthOf(new Date('2026-11-30T15:00:00Z'), 'Asia/Tokyo')).toBe('2026-12-01');
  });

  it('is none of other channels', () => {
    expect(ask({ channel: 'telegram', quota: { limit: 1, used: 1 } })).toMatchObject({
      ok: true,
      left: null,
    });
  });
});

describe('quiet hours', () => {
  it.each([
    ['what the bot says because a time is over', NIGHT, true, false],
    ['an answer, however late it comes', NIGHT, false, true],
    ['what nobody asked for, by day', NOW, true, true],
    ['at 22:00', new Date('2026-11-20T15:00:00Z'), true, false],
    ['a minute before', new Date('2026-11-20T14:59:00Z'), true, true],
    ['at 5:59', new Date('2026-11-20T22:59:30Z'), true, false],
    ['at 6:00', new Date('2026-11-20T23:00:00Z'), true, true],
  ])('%s', (_what, now, isUnasked, ok) => {
    expect(ask({ now, isUnasked, lastInboundAt: before(5, now) }).ok).toBe(ok);
  });

  it('hold back until six in the morning', () => {
    expect(ask({ now: NIGHT, isUnasked: true, lastInboundAt: before(1, NIGHT) })).toEqual({
      ok: false,
      reason: 'quiet_hours',
      until: new Date('2026-11-20T23:00:00Z'),
    });
  });

  it('may lie within one day', () => {
    const siesta = { ...rules, quiet_hours: { ...rules.quiet_hours, from: '14:00', to: '16:00' } };
    const question = {
      channel: 'web',
      author: 'bot',
      lastInboundAt: NOW,
      sentSince: 0,
      quota: null,
    } as const;
    expect(maySend(siesta, { ...question, isUnasked: true, now: NOW })).toMatchObject({
      reason: 'quiet_hours',
      until: new Date('2026-11-20T09:00:00Z'),
    });
    expect(maySend(siesta, { ...question, isUnasked: true, now: NIGHT }).ok).toBe(true);
  });

  it('are a counsellor’s own judgement', () => {
    expect(ask({ author: 'counsellor', isUnasked: true, now: NIGHT }).ok).toBe(true);
  });
});
