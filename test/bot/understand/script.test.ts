/** The language of a text by its script: sure or silent. */
import { describe, expect, it } from '@jest/globals';
import { languageByScript } from '../../../bot/understand/script.ts';

describe('the language by script', () => {
  it.each([
    ['km', 'មនុស្សទាំងអស់'],
    ['lo', 'ມະນຸດທຸກຄົນ'],
    ['th', 'มนุษย์ทั้งหลาย'],
    ['my', 'လူတိုင်းသည်'],
    ['zh', '人人生而自由'],
    ['ja', 'すべての人間は自由'],
    ['ko', '모든 인간은'],
    ['blt', 'ꪁꪫꪱꪣ ꪜꪱꪫ'],
    ['cjm', 'ꨀꨇꩉ ꨌꩌ'],
  ])('is %s: %s', (language, text) => {
    expect(languageByScript(text)).toBe(language);
  });

  it.each([
    ['nothing', ''],
    ['Vietnamese', 'em cần giúp'],
    ['a word of Khmer in a Vietnamese sentence', 'chữ ខ្មែរ này đọc là gì vậy bạn ơi'],
    ['two letters', 'ខក'],
    ['a wall of emoji', '😀'.repeat(5000)],
    ['right-to-left marks', '\u202e\u202d\u200f'],
    ['a base64 blob', 'aGVsbG8gd29ybGQ='.repeat(600)],
    ['lone surrogates', '\ud83d\ud83d\ud83d'],
  ])('stays silent for %s', (_name, text) => {
    expect(languageByScript(text)).toBeNull();
  });
});
