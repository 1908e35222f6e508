/** Whom a note names. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutAtNames, findNamed } from '../../server/console/src/hooks/mention-text.ts';

const PEOPLE = [
  { id: 'lan', displayName: 'Lan', mayRead: true },
  { id: 'lananh', displayName: 'Lan Anh', mayRead: true },
  { id: 'hoa', displayName: 'Hoa', mayRead: true },
  { id: 'mai1', displayName: 'Mai', mayRead: false },
  { id: 'mai2', displayName: 'Mai', mayRead: true },
  { id: 'binh', displayName: 'Bình', mayRead: false },
];
const named = (text: string, chosen: string[] = []) => findNamed(text, PEOPLE, new Set(chosen));

describe('a note', () => {
  it.each([
    ['@Lan xem giúp', ['lan']],
    ['nhờ @Lan Anh, rồi @Hoa.', ['lananh', 'hoa']],
    ['@Lan và @Lan', ['lan']],
    ['(@Hoa)', ['hoa']],
    ['dòng một\n@Hoa', ['hoa']],
    ['Lan xem giúp', []],
    ['thư lan@Hoa.example.org', []],
    ['@Hoang không phải tên ai', []],
    ['@Hoà cũng không', []],
    ['@@Hoa', []],
    ['@', []],
    // nobody of that name could read it: the server says so by name
    ['@Bình', ['binh']],
  ])('%j names %j', (text, ids) => {
    expect(named(text)).toEqual(ids);
  });

  it('means the one who was chosen of two with one name, else whoever may read', () => {
    expect(named('@Mai')).toEqual(['mai2']);
    expect(named('@Mai', ['mai1'])).toEqual(['mai1']);
  });

  it('is cut without a letter lost or doubled', () => {
    const pieces = fc.array(fc.constantFrom('@', 'Lan', 'Lan Anh', ' ', 'x', '@Hoa', '\n', 'đ', '👩‍👧'));
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const cut = cutAtNames(text, ['Lan', 'Lan Anh', 'Hoa']);
        expect(cut.map((piece) => piece.text).join('')).toBe(text);
      }),
    );
  });
});
