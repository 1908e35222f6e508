/** Whose unknown wordings may teach the bot. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation, type TestConversation } from '../../support/conversation.ts';

jest.setTimeout(60_000);

const ODD = 'con trâu nhà mình leo cây';
let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
}, 60_000);

const learnables = (before: (chat: TestConversation) => void): readonly boolean[] => {
  const chat = openConversation(assets);
  chat.take({ kind: 'start', ref: null, languageHint: null });
  before(chat);
  const { events } = chat.say(ODD);
  return events.flatMap((event) => (event.type === 'not_understood' ? [event.learnable] : []));
};

describe('a text that means nothing to the bot', () => {
  it.each([
    ['at the menu', () => undefined],
    ['after another one', (chat: TestConversation) => void chat.say('mèo tha cá lên trời')],
  ])('may teach it %s', (_title, before) => {
    expect(learnables(before)).toEqual([true]);
  });

  it.each([
    ['in danger', ['họ đánh em, cứu em với']],
    ['who was asked about danger and said no', ['họ không cho về', '2']],
    ['who is a child', ['em 15 tuổi']],
    ['who asked for a person', ['cho gặp người thật']],
    ['who is asked for what is kept', ['kiểm tra lời mời']],
    ['who reads a story', ['học cách tránh lừa', '1', '1']],
  ])('teaches nothing of somebody %s', (_title, said) => {
    const heard = learnables((chat) => {
      for (const text of said) chat.say(text);
    });
    expect(heard.every((one) => !one)).toBe(true);
  });

  it('carries no word of it in its event', () => {
    const chat = openConversation(assets);
    chat.take({ kind: 'start', ref: null, languageHint: null });
    const told = chat.say(ODD).events.filter(({ type }) => type === 'not_understood');
    expect(told).toEqual([{ type: 'not_understood', learnable: true }]);
  });
});
