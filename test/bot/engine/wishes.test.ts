/** Wishes in a person's own words, inside a conversation: asked about, chosen, declined, and never where they must not act. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets, readSession } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation, type TestConversation } from '../../support/conversation.ts';

const UNSURE = 'vợ chồng em hay cãi nhau';
const SURE = 'phí môi giới bao nhiêu là đúng';

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

const atMenu = (overrides = {}): TestConversation => {
  const chat = openConversation(assets, overrides);
  chat.take({ kind: 'start', ref: null, languageHint: null });
  return chat;
};

describe('asked what was meant', () => {
  it.each([
    ['by its number', (chat: TestConversation) => chat.say('1')],
    ['by its label', (chat: TestConversation) => chat.say('lay chong nuoc ngoai')],
    ['by its button', (chat: TestConversation) => chat.tap('intent.ask_marriage_abroad')],
  ])('takes what is chosen %s', (_name, choose) => {
    const chat = atMenu();
    expect(chat.say(UNSURE).labels.at(0)).toBe('Lấy chồng nước ngoài');
    expect(choose(chat).keys.at(-1)).toBe('lesson.brokered-marriage.question');
  });

  it('reads a number again as an answer to the open question once something else came between', () => {
    const chat = atMenu();
    chat.say(UNSURE);
    chat.say(SURE);
    expect(chat.say('5').keys[0]).toBe('numbers.where');
  });

  it('gives a person to whoever is not understood a third time', () => {
    const chat = atMenu();
    chat.say(UNSURE);
    chat.say(UNSURE);
    expect(chat.say(UNSURE).types).toContain('handover_requested');
  });

  it('keeps what was offered in a session that is stored', () => {
    const chat = atMenu();
    chat.say(UNSURE);
    const stored = readSession(JSON.parse(JSON.stringify(chat.session())));
    expect(stored.kind === 'session' ? stored.session.meant?.at(-1) : null).toBe('none');
  });

  it('shows nothing wrong for a button of an intent that is gone', () => {
    const chat = atMenu();
    expect(chat.tap('intent.no_more').keys).toEqual(['welcome.menu']);
  });
});

describe('where wishes must not act', () => {
  it.each(['17', '99', 'no'])('stays at the open question when %j is none of its answers', (text) => {
    const reply = atMenu().say(text);
    expect(reply.keys).toEqual(['welcome.menu']);
    expect(reply.text).toMatch(/Mình chưa hiểu/);
  });

  it('leads to nothing in quiet mode', () => {
    const chat = atMenu();
    chat.tap('danger');
    chat.tap('watched');
    expect(chat.session().mode).toBe('quiet');
    for (const text of [SURE, UNSURE]) expect(chat.say(text).text).not.toMatch(/môi giới|Ý bạn/);
    expect(chat.tap('intent.ask_ransom').text).not.toMatch(/tiền/);
  });

  it('says nothing while a counsellor owns the conversation', () => {
    const chat = openConversation(assets, { muted: true });
    expect(chat.say(SURE).keys).toEqual([]);
    expect(chat.say(UNSURE).keys).toEqual([]);
  });

  it('lets danger come first', () => {
    expect(atMenu().say('họ nhốt em, đánh em, cứu em với').types).toContain('danger_raised');
  });

  it('keeps an answer an answer', () => {
    const chat = atMenu();
    chat.tap('check');
    chat.tap('steps');
    expect(chat.say(SURE).keys).toEqual(['check-offer.contact']);
  });

  it('stays at an open question for a word or two', () => {
    const chat = atMenu();
    chat.tap('check');
    chat.tap('steps');
    chat.tap('skip');
    expect(chat.say('nợ lương').keys).toEqual(['check-offer.contact']);
  });
});

it('answers two texts in one turn', () => {
  const chat = atMenu();
  const heard = chat.say('phí môi giới bao nhiêu là đúng. muốn đi làm ở nước ngoài thì làm sao');
  expect(heard.keys).toEqual(expect.arrayContaining(['intents.fees', 'intents.work-abroad']));
});
