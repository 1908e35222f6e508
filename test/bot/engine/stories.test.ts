/** Playing a story: led on, aside and back; own words; what closes it from every place; the next one not seen yet. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation, type TestConversation } from '../../support/conversation.ts';

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

/** Taps from the opening on. */
function play(taps: readonly string[], language = 'vi'): TestConversation {
  const chat = openConversation(assets, {}, language);
  chat.take({ kind: 'start', ref: null, languageHint: null });
  for (const tap of taps) chat.tap(tap);
  return chat;
}

const MARKET = ['learn', 'love', 'market'];
const AT_REPLY = [...MARKET, 'car-c'];
const AT_MOTHER = [...AT_REPLY, 'reply-a'];
const AT_QUIZ = [...AT_MOTHER, 'mother-b'];
const key = (part: string): string => `lesson.market-day.${part}`;

describe('a choice in a story', () => {
  it.each([
    ['leads back, after telling what it costs', MARKET, 'car-a', [key('car-after-a'), 'lesson.again']],
    ['leads aside', MARKET, 'car-b', [key('car-after-b'), key('ride')]],
    [
      'leads from there back to the way',
      [...MARKET, 'car-b'],
      'ride-a',
      [key('ride-after-a'), key('mother')],
    ],
    ['leads on', MARKET, 'car-c', [key('car-after-c'), key('reply')]],
    [
      'leads to the end: the signs, then the first question',
      AT_MOTHER,
      'mother-b',
      [key('mother-after-b'), 'lesson.signs', key('sentence')],
    ],
  ])('%s', (_what, before, tap, keys) => {
    expect(play(before).tap(tap).keys).toEqual(keys);
  });

  it('shows the same buttons again when it leads back', () => {
    const chat = play(MARKET.slice(0, 2));
    const first = chat.tap('market');
    const again = chat.tap('car-a');
    expect(again.choices).toEqual(first.choices);
    expect(again.text).not.toMatch(/sai|lỗi của bạn/i);
  });

  it('counts as an answer, right when it keeps the way back open', () => {
    const chat = play(MARKET);
    const answers = [chat.tap('car-a'), chat.tap('car-c')].map((heard) =>
      heard.events.find(({ type }) => type === 'question_answered'),
    );
    expect(answers).toEqual([
      { type: 'question_answered', lesson: 'market-day', question: 'car', right: false },
      { type: 'question_answered', lesson: 'market-day', question: 'car', right: true },
    ]);
  });

  it('is taken back by the word for it', () => {
    expect(play(AT_REPLY).say('quay lại').keys).toEqual([key('car')]);
  });

  it('does not end the story with a fault when a wrong answer was given in the quiz', () => {
    const chat = play(AT_QUIZ);
    chat.tap('sentence-a');
    expect(chat.tap('already-b').events).toContainEqual({
      type: 'lesson_finished',
      lesson: 'market-day',
      right: false,
    });
  });
});

describe('own words in a story', () => {
  it.each([
    'em hỏi mẹ đã',
    'Em không đi đâu, em kể với cô rồi.',
    'chị cho em xin tên tiệm với địa chỉ',
    'em cần thêm thời gian',
    'k',
    'thoi em o nha',
  ])('“%s” are answered with an example, and kept in no slot', (words) => {
    const chat = play(AT_REPLY);
    const heard = chat.say(words);
    expect(heard.keys[0]).toMatch(/^lesson\.market-day\.reply-(own|after-a)$/);
    expect(heard.keys.at(-1)).toBe(key('mother'));
    expect(JSON.stringify(chat.session().slots)).not.toContain(words);
    expect(heard.types).not.toContain('handover_requested');
  });

  it('that may mean danger are answered with the way to a person and numbers, and the story goes on', () => {
    const heard = play(AT_REPLY).say('anh cho em xuống xe đi');
    expect(heard.keys).toEqual(['lesson.real', key('reply-own'), key('mother')]);
    expect(heard.text).toContain('111');
  });

  it.each([
    ['danger', 'họ nhốt em trong phòng, cứu em với', 'in-danger.safe'],
    ['a word for the numbers', 'số', 'system.numbers'],
    ['a word for the menu', 'menu', 'welcome.take-up'],
  ])('never hide %s', (_what, words, first) => {
    expect(play(AT_REPLY).say(words).keys[0]).toBe(first);
  });

  it('never hide a person asked for', () => {
    expect(play(AT_REPLY).say('người').types).toContain('handover_requested');
  });

  it('longer than an answer are no answer: a whole advertisement is checked', () => {
    const offer =
      'Tuyển gấp nam nữ làm chăm sóc khách hàng ở Campuchia, lương 20tr/tháng bao ăn ở, không cần bằng cấp, ' +
      'công ty giữ hộ chiếu giùm, tuần sau bay luôn, ai quan tâm nhắn chị ngay hôm nay nhé';
    expect(play(AT_REPLY).say(offer).keys[0]).toMatch(/^offer\.level/);
  });

  it('are not taken where none are asked for', () => {
    expect(play(MARKET).say('em hỏi mẹ đã').keys).toEqual([key('car')]);
  });
});

describe('the end of a story', () => {
  /** The message with the numbers, for somebody in that country. */
  function askedIn(country: string | null): string {
    const chat = play(['learn', 'away', 'office', 'offer-b', 'friend-b', 'reply-a', 'border-b'].slice(0, -1));
    const place = country === null ? {} : { person_country: country };
    Object.assign(chat.session().slots, place);
    chat.tap('border-b');
    const said = chat
      .tap('inside-a')
      .events.find((event) => event.type === 'message_created' && event.key === 'lesson.ask');
    return said?.type === 'message_created' ? said.text : '';
  }

  it.each([
    ['somewhere unknown', null, ['Ở Việt Nam:', '• 111', 'Ở nước khác:', '• 117', '+84 981 84 84 84'], []],
    ['in Vietnam', 'VN', ['Ở Việt Nam:', '• 111', 'Ở nước khác:', '+84 981 84 84 84'], []],
    ['abroad', 'KH', ['• 117', '+84 981 84 84 84', 'gọi cảnh sát nơi bạn'], ['• 111', '• 113']],
  ])('gives somebody %s numbers that work there', (_what, country, has, hasNot) => {
    const text = askedIn(country);
    for (const words of has) expect(text).toContain(words);
    for (const words of hasNot) expect(text).not.toContain(words);
  });

  it('names its signs by the register, in the language of the person', () => {
    const { text } = play(AT_MOTHER, 'en').tap('mother-b');
    expect(text).toContain('• Approached at a market, school gate or dormitory');
  });

  it('offers the next story of the group, and none twice', () => {
    const chat = play([...AT_QUIZ, 'sentence-b', 'already-b']);
    expect(chat.tap('next').keys[0]).toBe('lesson.online-love.start');
    const almost = play([...AT_QUIZ, 'sentence-b', 'already-b']);
    Object.assign(almost.session().slots, { 'lessons:finished': 'brokered-marriage market-day online-love' });
    expect(almost.tap('next').keys[0]).toBe('lesson.far-bride.start');
    const all = play([...AT_QUIZ, 'sentence-b', 'already-b']);
    Object.assign(all.session().slots, { 'lessons:finished': [...assets.lessons.keys()].join(' ') });
    expect(all.tap('next').keys).toEqual(['learn.all-read']);
  });

  it('leads to the menu when a button of an old message began it', () => {
    const chat = play([]);
    chat.take({ kind: 'choice', id: 'learn-love.pick.market' });
    for (const tap of ['car-c', 'reply-a', 'mother-b', 'sentence-b', 'already-b']) chat.tap(tap);
    expect(chat.tap('groups').keys).toEqual(['welcome.menu']);
  });

  it('says in quiet mode nothing but the neutral line', () => {
    const chat = play(AT_MOTHER);
    Object.assign(chat.session(), { mode: 'quiet' });
    expect(chat.say('b').text).toBe('Ok bạn.');
  });
});
