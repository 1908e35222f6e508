/** Guides by kind of offer: reached by words, by a menu and from an offer that was checked; each has its five parts. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation, type TestConversation } from '../../support/conversation.ts';

const PARTS = ['money', 'papers', 'questions', 'tonight', 'report'] as const;

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

const atMenu = (language = 'vi'): TestConversation => {
  const chat = openConversation(assets);
  chat.take({ kind: 'start', ref: null, languageHint: language });
  return chat;
};

describe('asked for in so many words', () => {
  it.each([
    ['đi Đài Loan cần giấy gì', 'contract'],
    ['di nhat can giay gi', 'contract'],
    ['EPS', 'eps'],
    ['eps', 'eps'],
    ['thời vụ hàn', 'seasonal'],
    ['du học nghề Hàn', 'study'],
    ['bán thận', 'organ'],
    ['em muốn bán thận', 'organ'],
    ['ban than', 'organ'],
    ['đẻ thuê', 'surrogacy'],
    ['de thue', 'surrogacy'],
    ['cho con nuôi', 'adoption'],
    ['học bổng du học', 'scholarship'],
    ['giúp việc ả rập', 'domestic'],
    ['visa du lịch có làm được không', 'tourist'],
    ['đi tàu cá cần gì', 'fishing'],
    ['lấy chồng hàn cần giấy gì', 'marriage'],
  ])('“%s” gives the guide for %s', (text, kind) => {
    expect(atMenu().say(text).keys.at(-1)).toBe(`offer-guide.money.${kind}`);
  });

  it('gives the card alone to whoever asks for it', () => {
    expect(atMenu().say('lời mời hay cái bẫy').keys).toEqual([
      'offer-guide.forward',
      'offer-guide.card',
      'offer-guide.after-card',
    ]);
  });

  it('still checks what somebody offers', () => {
    const said = atMenu().say('Cần người hiến thận, bồi dưỡng 500 triệu, ib zalo');
    expect(said.keys[0]).toBe('offer.level.danger');
  });
});

describe('the guide', () => {
  it('goes through its five parts and on to the card, and back by one part', () => {
    const chat = atMenu();
    const keys = [chat.say('bán thận').keys.at(-1)];
    for (const choice of ['papers', 'questions', 'tonight', 'report'])
      keys.push(chat.tap(choice).keys.at(-1));
    expect(keys).toEqual(PARTS.map((part) => `offer-guide.${part}.organ`));
    expect(chat.tap('before').keys).toEqual(['offer-guide.tonight.organ']);
    chat.tap('report');
    expect(chat.tap('card').keys).toContain('offer-guide.card');
  });

  it('names the line of the country it is about', () => {
    const chat = atMenu();
    chat.say('đi đài loan cần giấy gì');
    for (const choice of ['papers', 'questions', 'tonight']) chat.tap(choice);
    expect(chat.tap('report').keys).toEqual(['offer-guide.there.tw', 'offer-guide.report.contract']);
  });

  it('asks again in the words of its question, whichever kind it is', () => {
    const chat = atMenu();
    chat.say('bán thận');
    expect(chat.say('xyz xyz').keys).toEqual(['offer-guide.money']);
  });

  it.each([
    ['check', 'check-offer.how'],
    ['kinds', 'offer-kinds.groups'],
    ['menu', 'welcome.menu'],
  ])('leads by “%s” to %s', (choice, key) => {
    const chat = atMenu();
    chat.say('eps');
    expect(chat.tap(choice).keys.at(-1)).toBe(key);
  });

  it('asks for a counsellor when a person is wanted', () => {
    const chat = atMenu();
    chat.say('eps');
    expect(chat.tap('human').keys[0]).toBe('talk-to-a-person.called');
  });
});

describe('after a check', () => {
  it('gives the guide for the kind the offer itself shows, with its country', () => {
    const chat = atMenu();
    chat.say('Tuyển công nhân may đi Đài Loan, hợp đồng 3 năm, lương 28 triệu, ib zalo');
    expect(chat.tap('guide').keys).toEqual(['offer-guide.money.contract']);
    for (const choice of ['papers', 'questions', 'tonight']) chat.tap(choice);
    expect(chat.tap('report').keys[0]).toBe('offer-guide.there.tw');
  });

  it('says what fits every offer when the kind is not known, and lets one choose', () => {
    const chat = atMenu();
    for (const choice of ['check', 'steps', 'skip', 'skip', 'skip', 'skip', 'enough']) chat.tap(choice);
    expect(chat.tap('guide').keys).toEqual(['offer-guide.money']);
    chat.tap('kinds');
    chat.tap('near');
    expect(chat.tap('fishing').keys).toEqual(['offer-guide.money.fishing']);
  });

  it('forgets the country of the offer when another kind is chosen', () => {
    const chat = atMenu();
    chat.say('Tuyển công nhân may đi Đài Loan, hợp đồng 3 năm, lương 28 triệu, ib zalo');
    chat.tap('guide');
    chat.tap('kinds');
    chat.tap('near');
    chat.tap('factory');
    for (const choice of ['papers', 'questions', 'tonight']) chat.tap(choice);
    expect(chat.tap('report').keys[0]).toBe('offer-guide.there');
  });
});

describe('the texts', () => {
  it('has money, papers, questions and tonight for every kind, in every language', () => {
    for (const [language, texts] of assets.messages)
      for (const { id } of assets.signals.kinds)
        for (const part of ['money', 'papers', 'questions', 'tonight'])
          expect([language, id, part, texts.has(`offer-guide.${part}.${id}`)]).toEqual([
            language,
            id,
            part,
            true,
          ]);
  });

  it.each(['vi', 'en'])('has a card to forward that holds nothing of the person, in %s', (language) => {
    const card = assets.messages.get(language)?.get('offer-guide.card');
    expect([...(card?.placeholders ?? [])]).toEqual([]);
  });
});
