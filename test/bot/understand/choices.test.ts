import { describe, expect, it } from '@jest/globals';
import { matchChoice } from '../../../bot/understand/choices.ts';

const choices = [
  { id: 'yes', label: 'Có', typed: ['ừ', 'dạ có'] },
  { id: 'no', label: 'Không', typed: ['ko'] },
  { id: 'later', label: 'Để sau', typed: [] },
];

describe('matchChoice', () => {
  it.each([
    ['1', 'yes'],
    ['2.', 'no'],
    ['số 3', 'later'],
    ['(2)', 'no'],
    ['chọn 1', 'yes'],
    ['cau 3', 'later'],
    ['Có', 'yes'],
    ['co', 'yes'],
    ['CÓ!!!', 'yes'],
    ['  không ', 'no'],
    ['khong', 'no'],
    ['ko', 'no'],
    ['de sau', 'later'],
    ['Dạ, có', 'yes'],
    ['u', 'yes'],
  ])('%s → %s', (text, id) => expect(matchChoice(choices, text)).toBe(id));

  it.each([['0'], ['4'], ['12'], ['không biết'], [''], ['...'], ['1 2'], ['tôi có 3 con']])(
    'leaves %s alone',
    (text) => {
      expect(matchChoice(choices, text)).toBeNull();
    },
  );

  it('lets diacritics decide between labels that fold to the same', () => {
    const twins = [
      { id: 'a', label: 'Má', typed: [] },
      { id: 'b', label: 'Mạ', typed: [] },
    ];
    expect(matchChoice(twins, 'mạ')).toBe('b');
    expect(matchChoice(twins, 'ma')).toBeNull();
  });
});
