import { describe, expect, it } from '@jest/globals';
import { formatDay, formatExact, formatTime, splitWait } from '../../server/console/src/hooks/time.ts';

describe('splitWait', () => {
  it.each([
    { ms: -5000, minutes: 0, clock: '0:00' },
    { ms: 7999, minutes: 0, clock: '0:07' },
    { ms: 247_000, minutes: 4, clock: '4:07' },
    { ms: 3_599_999, minutes: 59, clock: '59:59' },
    { ms: 3_600_000, minutes: 60, clock: null },
  ])('$ms ms', ({ ms, minutes, clock }) => {
    expect(splitWait(ms)).toMatchObject({ minutes, clock });
  });

  it('says hours and minutes from one hour on', () => {
    expect(splitWait(3_600_000 * 2 + 60_000 * 5)).toMatchObject({ hours: 2, rest: 5 });
  });
});

describe('times', () => {
  const at = '2026-11-20T18:05:00.000Z';
  const now = new Date('2026-12-01T00:00:00Z').getTime();
  it('are those of Vietnam, wherever the browser is', () => {
    expect(formatTime(at, 'vi')).toBe('01:05');
    expect(formatExact(at, 'vi', now)).toBe('01:05, 21/11');
    expect(formatExact(at, 'en', now)).toBe('01:05, 21/11');
    expect(formatExact(at, 'vi', new Date('2027-02-01').getTime())).toBe('01:05, 21/11/2026');
    expect(formatDay(at, 'vi')).toBe('Thứ Bảy, 21/11');
  });
});
