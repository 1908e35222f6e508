/** Which language a message is read in: Vietnamese unless another is sure. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type LanguageSet,
  languagesWritten,
  NO_LANGUAGES,
  readLanguage,
} from '../../../bot/understand/language.ts';
import { loadRealAssets } from '../../support/assets.ts';

let languages: LanguageSet;
beforeAll(async () => {
  languages = (await loadRealAssets()).languageSet;
}, 60_000);

it.each([
  ['vi', 'em bị giữ giấy tờ'],
  ['vi', 'em bi giu giay to khong cho ve'],
  ['vi', 'cứu em'],
  ['vi', 'cuu em'],
  ['vi', 'e dc ng ta rủ đi lm bên cpc'],
  ['vi', 'check cái offer này giúp mình'],
  ['vi', 'mình apply job này mà hr nó ghost luôn rồi'],
  ['en', 'please help my sister'],
  ['en', 'help me'],
  ['en', 'I am in a factory in Bắc Ninh and they keep my passport'],
  ['id', 'saya mau kerja di luar negeri'],
  ['km', 'មនុស្សទាំងអស់'],
])('is sure of %s: %s', (language, text) => {
  expect(readLanguage(languages, text)).toEqual({ kind: 'sure', language });
});

describe('leaves Vietnamese only when sure', () => {
  it.each([
    ['one English word', 'help'],
    ['loanwords', 'oke bye'],
    ['a mixed message', 'help em với please call police'],
    ['English words in a Vietnamese sentence', 'fake news đó mn đừng share'],
    ['names of a firm', 'cty ABC Manpower có fake k'],
    ['a language without a profile', 'kuv xav tau kev pab'],
    ['letters at random', 'hdhd fjfjf dkdkd'],
    ['a site', 'www.example.org/abc'],
  ])('%s', (_name, text) => {
    const reading = readLanguage(languages, text);
    expect(reading.kind === 'sure' && reading.language !== 'vi').toBe(false);
  });
});

describe('letters that Vietnamese does not write', () => {
  it.each([
    ['with a breve', 'ŭ ĭ', ['rad', 'jra', 'bdq']],
    ['a breve as a mark of its own', 'ơ̆ ư̆', ['rad', 'jra', 'bdq']],
    ['that Bahnar does not write', 'ƀ ĭ', ['rad', 'jra']],
    ['that only Bahnar writes', 'â̆ ĕ', ['bdq']],
  ])('name the languages that write them: %s', (_name, text, expected) => {
    expect(readLanguage(languages, text)).toEqual({ kind: 'one-of', languages: expected });
  });

  it('say nothing when there is only one', () => {
    expect(readLanguage(languages, 'ŭ').kind).not.toBe('one-of');
  });
});

it.each([
  ['nothing', ''],
  ['a wall of emoji', '😀'.repeat(5000)],
  ['right-to-left marks', '\u202e\u202d\u200f'],
  ['figures', '0900 000 001'],
  ['lone surrogates', '\ud83d\ud83d\ud83d'],
])('knows nothing of %s', (_name, text) => {
  expect(readLanguage(languages, text)).toEqual({ kind: 'unknown' });
});

it('names the languages somebody wrote besides the one of the conversation, the latest first', () => {
  const texts = ['chào bạn, mình cần hỏi', 'please tell me what to do', 'ƀ ĭ', 'ok', 'ខ្ញុំត្រូវការ'];
  expect(languagesWritten(languages, texts, 'vi')).toEqual(['km', 'rad', 'jra', 'en']);
  expect(languagesWritten(languages, texts.slice(0, 2), 'en')).toEqual(['vi']);
});

it('knows scripts without any profile', () => {
  expect(readLanguage(NO_LANGUAGES, 'ຂ້ອຍຕ້ອງການ')).toEqual({ kind: 'sure', language: 'lo' });
  expect(readLanguage(NO_LANGUAGES, 'please help')).toEqual({ kind: 'unknown' });
});
