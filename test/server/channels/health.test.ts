/** How long silence is normal, and what is an alarm: learnt from made-up weeks. */
import { describe, expect, it } from '@jest/globals';
import { findAlarm, findNormalUntil, type HourCount } from '../../../server/channels/health.ts';

const HOUR = 3_600_000;
const NOW = new Date('2026-11-20T08:00:00Z');
const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR);

/** Four weeks in which somebody writes in each of these hours of the day (UTC). */
function weeks(hoursOfDay: readonly number[], days = 28): HourCount[] {
  return Array.from({ length: days * 24 }, (_, index) => hoursAgo(index))
    .filter((at) => hoursOfDay.includes(at.getUTCHours()))
    .map((at) => ({ at, hooks: 3 }));
}
const ALL_DAY = Array.from({ length: 24 }, (_, hour) => hour);
/** 7:00 to 22:00 in Vietnam */
const DAYTIME = Array.from({ length: 15 }, (_, hour) => hour);
const longAgo = hoursAgo(24 * 60);

describe('normal silence', () => {
  it.each([
    ['where somebody writes every hour, at night too', ALL_DAY, hoursAgo(0), 3],
    ['by day, where nobody writes at night', DAYTIME, hoursAgo(0), 3],
    // from 22:00 in Vietnam on nothing is expected for nine hours
    ['over the night', DAYTIME, new Date('2026-11-19T14:59:00Z'), 12],
  ])('is learnt: %s', (_what, hoursOfDay, lastHookAt, hours) => {
    const end = findNormalUntil({ firstSeenAt: longAgo, lastHookAt, hours: weeks(hoursOfDay), now: NOW });
    expect(end).toEqual(new Date(lastHookAt.getTime() + hours * HOUR));
  });

  it('is longer where people write seldom', () => {
    const seldom = weeks(ALL_DAY).filter((_, index) => index % 12 === 0);
    const end = findNormalUntil({ firstSeenAt: longAgo, lastHookAt: NOW, hours: seldom, now: NOW });
    expect((end?.getTime() ?? 0) - NOW.getTime()).toBeGreaterThan(24 * HOUR);
  });

  it.each([
    ['before a week is over', { firstSeenAt: hoursAgo(6 * 24), hours: weeks(ALL_DAY, 6), lastHookAt: NOW }],
    ['when nothing ever came', { firstSeenAt: longAgo, hours: [], lastHookAt: null }],
    ['when hardly anybody writes', { firstSeenAt: longAgo, hours: weeks([3], 1), lastHookAt: NOW }],
  ])('is not known %s', (_what, question) => {
    expect(findNormalUntil({ ...question, now: NOW })).toBeNull();
  });

  it('does not grow because of one day without anything', () => {
    const outage = weeks(ALL_DAY).filter(({ at }) => at < hoursAgo(72) || at > hoursAgo(48));
    const end = findNormalUntil({ firstSeenAt: longAgo, lastHookAt: NOW, hours: outage, now: NOW });
    expect(end).toEqual(new Date(NOW.getTime() + 3 * HOUR));
  });
});

describe('an alarm', () => {
  it.each([
    ['ok', hoursAgo(-1), null],
    ['ok', hoursAgo(0.1), 'silent'],
    ['ok', null, null],
    ['token_lost', hoursAgo(-1), 'token_lost'],
    ['token_missing', null, 'token_missing'],
    ['token_refused', hoursAgo(5), 'token_refused'],
    // shown on the page, mends itself or is told by its own alarm
    ['webhook_backlog', null, null],
    [null, null, null],
  ])('for code %s with silence normal until %s is %s', (code, normalUntil, alarm) => {
    expect(findAlarm({ code, normalUntil, now: NOW })).toBe(alarm);
  });
});
