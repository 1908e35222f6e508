/** The finder of what can be asked for: every combination of answers gives a list that is true, short and quiet at its top. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { findBetrayal } from '../../../bot/content/wording.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation, type TestConversation } from '../../support/conversation.ts';

const PLACES = ['vn', 'abroad', 'skip'] as const;
const PAPERS = ['given', 'pending', 'none', 'skip'] as const;
const AGES = ['under18', 'adult', 'skip'] as const;
const CHILDREN = ['yes', 'no', 'skip'] as const;
const combinations = PLACES.flatMap((place) =>
  PAPERS.flatMap((paper) => AGES.flatMap((age) => CHILDREN.map((child) => ({ place, paper, age, child })))),
);

/** The shortest limit of all channels (Zalo, Messenger), in UTF-16 units. */
const ONE_MESSAGE_UTF16 = 2000;

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

function atFinder(language: string): TestConversation {
  const chat = openConversation(assets, {}, language);
  chat.say(language === 'vi' ? 'em được hưởng gì' : 'what am i entitled to');
  return chat;
}

function answer(chat: TestConversation, one: (typeof combinations)[number]): string {
  chat.tap(`entitlements.where.${one.place}`);
  chat.tap(`entitlements.paper.${one.paper}`);
  chat.tap(`entitlements.age.${one.age}`);
  const heard = chat.tap(`entitlements.child.${one.child}`);
  expect(heard.keys).toEqual(['entitlements.keep', 'entitlements.list', 'entitlements.after']);
  const said = heard.events.find(
    (event) => event.type === 'message_created' && event.key === 'entitlements.list',
  );
  return said?.type === 'message_created' ? said.text : '';
}

describe.each(['vi', 'en'])('the list in %s', (language) => {
  it.each(combinations)(
    'fits one message and says nothing at its top ($place, $paper, $age, $child)',
    (one) => {
      const chat = atFinder(language);
      const list = answer(chat, one);
      expect(list.length).toBeLessThan(ONE_MESSAGE_UTF16);
      expect(list).not.toMatch(/[{}[\]]|\n{3,}| {2}/);
      expect(findBetrayal(assets.wording, language, list.split('\n')[0] ?? '')).toBeNull();
      expect(list).toContain('53/2024/QH15');
      const kept = Object.keys(chat.session().slots).filter((slot) => slot.startsWith('return_'));
      expect(kept).toEqual([]);
    },
  );
});

describe('what the list says', () => {
  it.each([
    [
      { place: 'vn', paper: 'none', age: 'adult', child: 'no' },
      ['chỗ ở tạm', 'lời kể', '3 ngày'],
      ['Đã có giấy', 'đại sứ quán', 'miễn học phí', 'Con, em'],
    ],
    [
      { place: 'vn', paper: 'given', age: 'under18', child: 'yes' },
      ['Đã có giấy', 'miễn học phí', 'Con, em', 'Sở Y tế trong tỉnh'],
      ['lời kể'],
    ],
    [
      { place: 'abroad', paper: 'pending', age: 'skip', child: 'skip' },
      ['đại sứ quán', 'giấy hẹn', 'ai chưa đủ 18 tuổi'],
      ['Đã có giấy'],
    ],
  ] as const)('%j', (one, says, saysNot) => {
    const list = answer(atFinder('vi'), one);
    for (const words of says) expect(list).toContain(words);
    for (const words of saysNot) expect(list).not.toContain(words);
  });

  it('states no figure of the register that is held', () => {
    for (const paper of PAPERS) {
      const list = answer(atFinder('vi'), { place: 'vn', paper, age: 'skip', child: 'skip' });
      for (const fact of assets.facts.values())
        if (fact.display !== 'live') expect(list).not.toContain(fact.value.vi);
    }
  });

  it('starts anew without the answers of before', () => {
    const chat = atFinder('vi');
    answer(chat, { place: 'vn', paper: 'given', age: 'under18', child: 'yes' });
    chat.tap('entitlements.after.again');
    chat.tap('entitlements.paper.skip');
    chat.tap('entitlements.age.skip');
    const { text } = chat.tap('entitlements.child.skip');
    expect(text).not.toContain('Đã có giấy');
    expect(text).not.toContain('Con, em');
  });
});
