import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  findGaps,
  findWarnings,
  isInForce,
  listShifts,
  type Plan,
  shiftsAfter,
  shiftsAt,
  type WeeklyShift,
} from '../../../server/duty/calendar.ts';

/** Friday in Vietnam, 12:00. */
const NOON = new Date('2026-11-20T05:00:00Z');
const at = (text: string): Date => new Date(`${text}:00+07:00`);

const weekly = (over: Partial<WeeklyShift>): WeeklyShift => ({
  ...{ id: 'a', userId: 'lan', weekday: 5, startsMin: 8 * 60, lengthMin: 8 * 60 },
  ...{ languages: [], firstDay: '2026-11-01', lastDay: null },
  ...over,
});
const plan = (shifts: readonly WeeklyShift[], changes: Plan['changes'] = []): Plan => ({
  weekly: shifts,
  changes,
});
const startsOf = (one: Plan, day: string, days: number): string[] =>
  listShifts(one, day, days).map(({ userId, startsAt }) => `${userId} ${startsAt.toISOString()}`);

describe('the shifts that take place', () => {
  it('come each week at the time it is in Vietnam', () => {
    expect(startsOf(plan([weekly({})]), '2026-11-20', 14)).toEqual([
      'lan 2026-11-20T01:00:00.000Z',
      'lan 2026-11-27T01:00:00.000Z',
    ]);
  });

  it('leave out days off of a person and of everybody, and days before the first and after the last', () => {
    const both = [weekly({}), weekly({ id: 'b', userId: 'mai' })];
    expect(
      startsOf(plan(both, [{ kind: 'off', id: 'x', userId: 'lan', day: '2026-11-20' }]), '2026-11-20', 1),
    ).toEqual(['mai 2026-11-20T01:00:00.000Z']);
    expect(
      startsOf(plan(both, [{ kind: 'off', id: 'x', userId: null, day: '2026-11-20' }]), '2026-11-20', 1),
    ).toEqual([]);
    const short = weekly({ firstDay: '2026-11-21', lastDay: '2026-11-27' });
    expect(startsOf(plan([short]), '2026-11-14', 28)).toEqual(['lan 2026-11-27T01:00:00.000Z']);
  });

  it('have one more where a dated exception says so, even on a day off', () => {
    const changes: Plan['changes'] = [
      { kind: 'off', id: 'x', userId: 'lan', day: '2026-11-20' },
      {
        kind: 'extra',
        id: 'y',
        userId: 'lan',
        day: '2026-11-20',
        startsMin: 780,
        lengthMin: 60,
        languages: [],
      },
    ];
    expect(startsOf(plan([weekly({})], changes), '2026-11-20', 1)).toEqual(['lan 2026-11-20T06:00:00.000Z']);
  });
});

describe('an hour', () => {
  const night = plan([weekly({ startsMin: 22 * 60, lengthMin: 8 * 60 })]);
  it.each([
    ['2026-11-20T21:59', 0],
    ['2026-11-20T22:00', 1],
    ['2026-11-21T05:59', 1],
    ['2026-11-21T06:00', 0],
  ])('%s is covered by %i shifts of Friday night', (text, count) => {
    expect(shiftsAt(night, at(text))).toHaveLength(count);
  });

  it('is followed by shifts that have not begun, as far as one looks', () => {
    const days = (n: number): string[] =>
      shiftsAfter(night, at('2026-11-20T23:00'), n).map(({ startsAt }) => startsAt.toISOString());
    expect(days(6)).toEqual([]);
    expect(days(7)).toEqual(['2026-11-27T15:00:00.000Z']);
  });
});

describe('a calendar', () => {
  it.each([
    ['nothing is planned', plan([]), false],
    ['it has begun and has no end', plan([weekly({})]), true],
    ['it begins tomorrow', plan([weekly({ firstDay: '2026-11-21' })]), false],
    ['it ended yesterday: the last night may still run', plan([weekly({ lastDay: '2026-11-19' })]), true],
    ['it ended the day before', plan([weekly({ lastDay: '2026-11-18' })]), false],
    ['there are only days off', plan([], [{ kind: 'off', id: 'x', userId: null, day: '2026-11-20' }]), false],
  ])('when %s', (_title, one, inForce) => {
    expect(isInForce(one, NOON)).toBe(inForce);
  });
});

describe('warnings', () => {
  it('name overlaps of one person, across midnight too, and never two people at once', () => {
    const one = plan([
      weekly({ id: 'a', weekday: 4, startsMin: 22 * 60, lengthMin: 10 * 60 }),
      weekly({ id: 'b', startsMin: 7 * 60, lengthMin: 60 }),
      weekly({ id: 'c', userId: 'mai', startsMin: 7 * 60, lengthMin: 60 }),
    ]);
    const overlaps = findWarnings(one, '2026-11-20', 1).filter(({ kind }) => kind === 'overlap');
    expect(overlaps).toEqual([
      {
        kind: 'overlap',
        userId: 'lan',
        day: '2026-11-20',
        from: at('2026-11-20T07:00'),
        to: at('2026-11-20T08:00'),
      },
    ]);
  });

  it('tell two equal shifts once', () => {
    const twice = plan([weekly({ id: 'a' }), weekly({ id: 'b' })]);
    expect(findWarnings(twice, '2026-11-20', 1)).toHaveLength(1);
  });

  it('name what ends on the next day, and days without anybody', () => {
    const night = plan([weekly({ startsMin: 22 * 60, lengthMin: 8 * 60 })]);
    // Saturday has the end of the night: it is not empty, it has gaps
    expect(findWarnings(night, '2026-11-20', 3).map(({ kind, day }) => `${kind} ${day}`)).toEqual([
      'empty_day 2026-11-22',
      'over_midnight 2026-11-20',
    ]);
    const toMidnight = plan([weekly({ startsMin: 16 * 60, lengthMin: 8 * 60 })]);
    expect(findWarnings(toMidnight, '2026-11-20', 1)).toEqual([]);
  });

  it('name gaps between shifts, whatever the shifts are', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 7 }),
            fc.integer({ min: 0, max: 1439 }),
            fc.integer({ min: 15, max: 1440 }),
          ),
          { maxLength: 20 },
        ),
        (rows) => {
          const one = plan(
            rows.map(([weekday, startsMin, lengthMin], i) =>
              weekly({ id: String(i), weekday, startsMin, lengthMin }),
            ),
          );
          const [from, to] = [at('2026-11-20T00:00'), at('2026-11-27T00:00')];
          const shifts = listShifts(one, '2026-11-19', 8);
          const gaps = findGaps(shifts, from, to);
          for (let ms = from.getTime(); ms < to.getTime(); ms += 60_000 * 17) {
            const inGap = gaps.some((gap) => gap.from.getTime() <= ms && ms < gap.to.getTime());
            expect(inGap).toBe(shiftsAt(one, new Date(ms)).length === 0);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
