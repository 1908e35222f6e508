/** The language of a conversation: taken from the first plain words, later offered once, never forced. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets, readSession } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation, type TestConversation } from '../../support/conversation.ts';

const OFFER = 'system.offer-language';
const ENGLISH = 'what does the law say about fees for working abroad';

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
}, 60_000);

/** Somebody who wrote Vietnamese so far. */
const inVietnamese = (): TestConversation => {
  const chat = openConversation(assets);
  chat.take({ kind: 'start', ref: null, languageHint: null });
  chat.say('phí môi giới bao nhiêu là đúng');
  return chat;
};

describe('somebody who goes over to English', () => {
  it('is answered in Vietnamese and offered English, in English', () => {
    const chat = inVietnamese();
    const { keys, text, labels } = chat.say(ENGLISH);
    expect(keys.at(-1)).toBe(OFFER);
    expect(text).toMatch(/answer in English/);
    expect(labels).toEqual(['English', 'Keep it as it is']);
    expect(chat.session().language).toBe('vi');
  });

  it.each([
    ['a tap', (chat: TestConversation) => chat.tap('language.en')],
    ['a word', (chat: TestConversation) => chat.say('english')],
  ])('goes on in English after %s', (_name, choose) => {
    const chat = inVietnamese();
    chat.say(ENGLISH);
    expect(choose(chat).types).toContain('language_changed');
    expect(chat.session().language).toBe('en');
  });

  it.each([
    ['keeps it by a tap', (chat: TestConversation) => chat.tap('language.keep')],
    ['keeps it by a word', (chat: TestConversation) => chat.say('keep it as it is')],
    ['says something else', (chat: TestConversation) => chat.say('đi Nhật cần giấy tờ gì')],
  ])('stays in Vietnamese who %s, and is not offered it again', (_name, answer) => {
    const chat = inVietnamese();
    chat.say(ENGLISH);
    answer(chat);
    expect(chat.session().language).toBe('vi');
    expect(chat.say('please tell me how to find my sister').keys).not.toContain(OFFER);
  });

  it('answers the open question with a number, not the offer', () => {
    const chat = inVietnamese();
    chat.say(ENGLISH);
    expect(chat.say('1').types).not.toContain('language_changed');
  });

  it('keeps what was offered in a session that is stored', () => {
    const chat = inVietnamese();
    chat.say(ENGLISH);
    const stored = readSession(JSON.parse(JSON.stringify(chat.session())));
    expect(stored.kind === 'session' ? stored.session.languagesOffered : null).toEqual(['en']);
  });
});

it.each([
  ['mixes words', 'cho mình check cái job này với, apply online được không'],
  ['writes one English word', 'ok'],
  ['writes a language without reviewed texts', 'saya mau kerja di luar negeri'],
])('offers nothing to somebody who %s', (_name, text) => {
  expect(inVietnamese().say(text).keys).not.toContain(OFFER);
});

it('does not go over to the language of a pasted offer, but offers it', () => {
  const chat = openConversation(assets);
  const offer =
    'URGENT HIRING! Customer service in Cambodia, salary 1500 USD per month, no experience needed, free flight, contact Telegram @example now';
  const { keys } = chat.say(offer);
  expect(chat.session().language).toBe('vi');
  expect(keys.at(-1)).toBe(OFFER);
});

it('says which languages there are to somebody who plainly writes another one', () => {
  const { keys } = inVietnamese().say('saya mau kerja di luar negeri');
  expect(keys).toEqual(['welcome.other-language']);
});

it('changes nothing for a button of a language that is served no more', () => {
  const chat = inVietnamese();
  expect(chat.tap('language.xx').types).not.toContain('language_changed');
});
