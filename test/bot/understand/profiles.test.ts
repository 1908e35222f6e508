/** Profiles of letter groups: counted the same every time, and faults of editors named. */
import { describe, expect, it } from '@jest/globals';
import {
  compileProfiles,
  countGroups,
  FEWEST_LETTERS_OF_A_PROFILE,
  type ProfileFile,
  rankLanguages,
  wordsOf,
} from '../../../bot/understand/profiles.ts';

const origin = { source: 'written for this test', rights: 'none needed' };
const text = (language: string, words: string): ProfileFile => ({
  ...origin,
  language,
  text: `${words} `.repeat(Math.ceil(FEWEST_LETTERS_OF_A_PROFILE / words.replace(/ /g, '').length)),
});

it('counts the groups of a word with its edges', () => {
  expect(countGroups(['ab', 'ab'])).toEqual({
    counted: 14,
    groups: ['_a 2', '_ab 2', 'a 2', 'ab 2', 'ab_ 2', 'b 2', 'b_ 2'].join('\n'),
  });
});

it.each([
  ['small letters, without figures and signs', 'Đi, 20TR!', ['đi', 'tr']],
  ['stretched letters', 'cứuuuuu', ['cứuu']],
  ['letters and marks in pieces as one', 'e\u0302\u0301', ['ế']],
  ['other scripts left out', 'ok ខ្មែរ', ['ok']],
])('reads %s', (_name, given, expected) => {
  expect(wordsOf(given)).toEqual(expected);
});

it('ranks by a text an editor brought, without any building', () => {
  const set = compileProfiles([text('aa', 'kolo molo'), text('bb', 'tsiv xwb')]);
  expect(rankLanguages(set, wordsOf('molo')).ranked[0]?.language).toBe('aa');
  expect(rankLanguages(set, wordsOf('tsiv')).ranked[0]?.language).toBe('bb');
});

describe('a faulty profile is named', () => {
  it.each([
    ['two of one language', [text('aa', 'x y'), text('aa', 'x y')], /aa has two profiles/],
    ['too short a text', [{ ...origin, language: 'aa', text: 'chào' }], /text of aa has 4 letters.*1000/],
    [
      'a line that is no count',
      [{ ...origin, language: 'aa', counted: 3, groups: 'ab two' }],
      /"ab two" of aa is no letter group/,
    ],
  ])('%s', (_name, files, message) => {
    expect(() => compileProfiles(files)).toThrow(message);
  });
});
