/** The course for officers: how it is reached, what a module says at its end, what nobody remembers, what it may state. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets, type Lesson, referencesIn } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { openConversation, type TestConversation } from '../../support/conversation.ts';

let assets: Assets;
let modules: readonly Lesson[];
beforeAll(async () => {
  assets = await loadRealAssets();
  modules = [...assets.lessons.values()].filter((lesson) => lesson.for === 'officers');
});

function play(taps: readonly string[], language = 'vi'): TestConversation {
  const chat = openConversation(assets, {}, language);
  chat.take({ kind: 'start', ref: null, languageHint: null });
  for (const tap of taps) chat.tap(tap);
  return chat;
}

describe('the way in', () => {
  it.each(['cán bộ', 'can bo', 'Khóa học', 'khoá học', 'tôi là cán bộ xã', 'officer'])(
    '“%s” opens it',
    (words) => {
      expect(play([]).say(words).keys).toEqual(['officer-course.hello', 'officer-course.groups']);
    },
  );

  it.each([
    'cán bộ đòi tiền em mới cho về',
    'có cán bộ ở đây không',
    'em được mời đi khóa học tiếng Nhật rồi làm luôn',
  ])('“%s” tells something and does not', (words) => {
    expect(play([]).say(words).keys).not.toContain('officer-course.hello');
  });
});

describe('a module', () => {
  const SELF = ['learn', 'officers', 'keep', 'self', 'night-b', 'huy-b', 'fine-b', 'week-b'];
  const DONE = [...SELF, 'signs-a', 'limit-b'];

  it('without signs goes from the story straight to its questions', () => {
    expect(play(SELF.slice(0, -1)).tap('week-b').keys).toEqual([
      'lesson.officer-self-care.week-after-b',
      'lesson.officer-self-care.signs',
    ]);
  });

  it('ends with what to do at work and whom to ask, and nobody remembers who finished it', () => {
    const chat = play(DONE);
    const heard = chat.tap('share-b');
    expect(heard.keys.slice(1)).toEqual(['lesson.at-work', 'lesson.ask-at-work', 'officer-course.last']);
    expect(heard.events).toContainEqual({
      type: 'lesson_finished',
      lesson: 'officer-self-care',
      right: true,
    });
    expect(JSON.stringify(chat.session().slots)).not.toContain('officer');
  });

  it('leads to the next one', () => {
    const chat = play(['learn', 'officers', 'meet', 'recognise', 'counter-b', 'alone-a', 'reply-b']);
    for (const tap of ['parts-b', 'single-a', 'waits-b']) chat.tap(tap);
    expect(chat.tap('next').keys[0]).toBe('lesson.officer-first-contact.start');
  });
});

describe('the modules', () => {
  it('are eight or more, each of six to twelve screens by the safe choices, with a place to write and three questions', () => {
    expect(modules.length).toBeGreaterThanOrEqual(8);
    for (const { id, cards, story, questions } of modules) {
      const screens = cards.length + story.length + questions.length;
      expect([id, screens >= 6 && screens <= 12]).toEqual([id, true]);
      expect([id, questions.length, story.some(({ write }) => write !== null)]).toEqual([id, 3, true]);
    }
  });

  it('can each be begun from the menu of the course', () => {
    const flow = assets.flows.get('officer-course');
    const begun = [...(flow?.nodes.values() ?? [])].flatMap((node) =>
      node.kind === 'lesson' ? [node.lesson] : [],
    );
    expect(begun.sort()).toEqual(modules.map(({ id }) => id).sort());
  });

  it('name the same facts in Vietnamese and English, and no retired number to call', () => {
    for (const { id, texts } of modules) {
      const [vi, en] = ['vi', 'en'].map((language) =>
        [...(texts.get(language)?.sections ?? [])].map(([heading, text]) => [
          heading,
          referencesIn(text).toSorted(),
        ]),
      );
      expect([id, en]).toEqual([id, vi]);
    }
  });
});

describe('what changed', () => {
  it('says of a fact with one source whom to ask, and not the fact', () => {
    const { text } = play(['learn', 'officers', 'changed']).tap('forms');
    expect(text).toContain('hỏi 111 (ở Việt Nam)');
    for (const held of ['Mẫu số 07', '9 ngày', 'Giấy chứng nhận về nước', 'Tờ khai dùng cho'])
      expect(text).not.toContain(held);
  });

  it.each([
    ['ha giang', 'Tuyên Quang'],
    ['Bắc Kạn', 'Thái Nguyên'],
  ])('“%s” is found in %s', (typed, now) => {
    expect(play(['learn', 'officers', 'changed', 'provinces']).say(typed).text).toContain(now);
  });
});
