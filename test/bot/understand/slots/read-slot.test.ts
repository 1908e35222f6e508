/** What holds for every reader, whatever is typed: an answer, quickly, and the same one for the same letters. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSlot, SLOT_TYPES, type SlotType } from '../../../../bot/understand/slots/read-slot.ts';
import { countries, provinces } from './registers.ts';

const facts = { today: new Date('2026-11-25T03:00:00Z'), provinces, countries };

/** Scraps of real answers, so that the generated texts reach the rules behind the first word. */
const scraps = fc.constantFrom(
  ...(
    'hai ba năm nam mười mươi muoi trăm linh rưỡi nửa triệu tr củ k đô usd man một mot tháng thang ngày nữa sau tới thứ ' +
    'mùng mai mốt cuối đầu tuần 5 12 20 2026 5/12 31/2 1tr2 2,3 -5 +84 0900000101 o9oo000l01 không chín hà nội lào cai ' +
    'bắc giang q1 dec friday next in twenty hundred thousand and a half trên dưới - – , . ( ) / + $ $500 ' +
    '\u0301 \ud800 \u0000 📍 constructor __proto__'
  ).split(' '),
);
const answers = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(scraps, { maxLength: 14 }).map((words) => words.join(' ')),
  fc.array(scraps, { maxLength: 8 }).map((words) => words.join('')),
);

/** What patterns choke on: runs of figures, signs, blanks and of the words the rules begin with. */
const UNITS: readonly string[] = (
  '1|1.|1 |-|1-|5/|5/1 |a|o|oa|ba |năm |không |hai mươi |20tr |mai |thứ 6 |tháng |ngày 5 |hà |hà nội |+|+84 |o1| |\u0301|' +
  '1 triệu |trăm |and |(|$1|0 |k |em ba |20-30tr |cuối |q1 '
).split('|');
/** The slowest takes some 20 ms; a pattern that backtracks takes seconds. */
const SLOW_MS = 1000;

describe.each(SLOT_TYPES)('readSlot: %s', (type: SlotType) => {
  it('never throws and gives a value or not_read', () => {
    fc.assert(
      fc.property(answers, (text) => {
        const read = readSlot(type, text, facts);
        expect(read).toEqual(
          read.kind === 'read' ? { kind: 'read', value: expect.anything() } : { kind: 'not_read' },
        );
      }),
      { numRuns: 400 },
    );
  });

  it('reads composed and decomposed letters alike', () => {
    fc.assert(
      fc.property(fc.array(scraps, { maxLength: 10 }), (words) => {
        const text = words.join(' ');
        expect(readSlot(type, text.normalize('NFD'), facts)).toEqual(
          readSlot(type, text.normalize('NFC'), facts),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('takes 8,000 characters of anything without getting stuck', () => {
    const slow = UNITS.filter((unit) => {
      const start = performance.now();
      readSlot(type, unit.repeat(8000).slice(0, 8000), facts);
      return performance.now() - start > SLOW_MS;
    });
    expect(slow).toEqual([]);
  });
});
