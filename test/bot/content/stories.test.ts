/** Stories: what a lesson file may say, what is refused with a mend, and how long it takes to read. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readLesson } from '../../../bot/content/lessons.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import { type Assets, inspectReading, type Lesson, loadAssets, readingLevel } from '../../../bot/index.ts';
import { loadRealAssets, readSources } from '../../support/assets.ts';
import { changed, lean } from '../../support/broken-content.ts';

const PATH = 'content/lessons/trial/lesson.yaml';
const GOOD = `id: trial
minutes: 2
signs: [rush]
cards: [start]
story:
  - { id: car, options: { a: again, b: ride, c: reply }, safe: c }
  - { id: ride, options: { a: reply, b: again }, safe: a }
  - { id: reply, options: { a: end, b: again }, safe: a, write: end }
question: { options: [a, b], right: a }
ask: [vn-111]
`;
const HEADINGS = [
  'start',
  ...['car', 'car option a', 'car option b', 'car option c', 'car after a', 'car after b', 'car after c'],
  ...['ride', 'ride option a', 'ride option b', 'ride after a', 'ride after b'],
  ...['reply', 'reply option a', 'reply option b', 'reply after a', 'reply after b', 'reply own'],
  ...['question', 'option a', 'option b', 'right', 'wrong', 'tonight'],
];
const text = (headings: readonly string[], words = 'Xe đậu ở đầu chợ.'): string =>
  `# Thử\n\n${headings.map((heading) => `## ${heading}\n${words}\n`).join('\n')}`;

function read(yaml: string, markdown = text(HEADINGS)): ReturnType<typeof readLesson> {
  const result = readYaml({ path: PATH, text: yaml });
  if (!result.ok) throw new Error('the test file is no YAML');
  return readLesson(result.file, [{ path: 'content/lessons/trial/vi.md', text: markdown }]);
}

function lessonOf(yaml: string, markdown?: string): Lesson {
  const { lesson } = read(yaml, markdown);
  if (lesson === null) throw new Error('the lesson cannot be read');
  return lesson;
}

describe('a lesson with a story', () => {
  it('is read without faults: its moments, then its questions', () => {
    expect(read(GOOD).problems).toEqual([]);
    expect(lessonOf(GOOD).stops.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'moment car',
      'moment ride',
      'moment reply',
      'question question',
    ]);
  });

  it.each([
    ['an option that leads nowhere', 'b: ride,', 'b: bus,', /"car" leads to "bus", which does not exist/],
    ['a moment nobody reaches', 'b: ride,', 'b: again,', /no choice leads to the moment "ride"/],
    [
      'safe options that run in a circle',
      /safe: c(.*\n.*)a: reply/,
      'safe: b$1a: car',
      /the safe choices from "car" run in a circle/,
    ],
    ['a safe option that leads back', 'safe: c', 'safe: a', /"car": the safe option leads nowhere/],
    ['a safe option that is not there', 'safe: c', 'safe: d', /"car": the safe option leads nowhere/],
    ['one option only', '{ a: end, b: again }', '{ a: end }', /"reply" leaves nothing to choose/],
    ['a story that never ends', /end\b/g, 'car', /nobody comes to the end/],
    ['a moment called like a target', /ride/g, 'again', /"again" already means something else/],
    ['a story without anybody to ask', 'ask: [vn-111]\n', '', /ends without anybody to ask/],
    ['a moment called like the question', /ride/g, 'question', /"question" stands here twice/],
  ])('refuses %s, and says what to do', (_what, from, to, message) => {
    const { problems } = read(GOOD.replace(from, to));
    const found = problems.filter((problem) => message.test(problem.message));
    expect(found.length).toBeGreaterThan(0);
    for (const { mend, path } of found) expect(`${path} ${mend}`.length).toBeGreaterThan(PATH.length + 4);
  });

  it.each([
    ['a heading is missing', text(HEADINGS.filter((one) => one !== 'ride after b')), /"## ride after b"/],
    ['own words have no answer', text(HEADINGS.filter((one) => one !== 'reply own')), /"## reply own"/],
    ['a figure stands in it', text(HEADINGS, 'Lương 30 triệu.'), /## start: a figure stands in a story/],
    ['a text is longer than a screen', text(HEADINGS, 'xe '.repeat(141)), /## start: longer than 420/],
  ])('is refused when %s', (_what, markdown, message) => {
    expect(read(GOOD, markdown).problems.map((problem) => problem.message)).toContainEqual(
      expect.stringMatching(message),
    );
  });

  it('is refused when it asks to call a number that may not be shown, or none in Vietnam', async () => {
    const sources = lean(await readSources());
    const messagesFor = (ask: string): string => {
      const loaded = loadAssets(
        changed(sources, {
          'content/lessons/market-day/lesson.yaml': (yaml) => yaml.replace(/ask: .*/, `ask: ${ask}`),
        }),
      );
      return loaded.problems.map(({ message }) => message).join('\n');
    };
    expect(messagesFor('[vn-111, emb-la]')).toMatch(/ask names "emb-la", which may not be shown/);
    expect(messagesFor('[tw-1955]')).toMatch(/ask names no number of Vietnam/);
  });
});

describe('the reading level', () => {
  it('counts the way of the safe choices, and everything', () => {
    const lesson = lessonOf(GOOD);
    const level = readingLevel(lesson, lesson.texts.get('vi') ?? { title: '', sections: new Map() });
    // start, car, its way on, reply, its way on, question, right, tonight; and nine labels of five words
    expect(level.messages).toBe(8);
    expect(level.words).toEqual({ straight: (8 + 9) * 5, everything: HEADINGS.length * 5 });
    expect(level.sentence).toMatchObject({ average: 5, longest: 5 });
  });

  it('warns of minutes that are not true, and of long sentences', () => {
    const long = `${'xe '.repeat(31).trim()}.`;
    const lesson = lessonOf(GOOD.replace('minutes: 2', 'minutes: 9'), text(HEADINGS, long));
    expect(inspectReading(new Map([['trial', lesson]])).map(({ message }) => message)).toEqual([
      expect.stringContaining('a sentence of 31 words'),
      expect.stringContaining('says 9 minutes, but takes'),
    ]);
  });
});

describe('the stories of the project', () => {
  let assets: Assets;
  const stories = (): readonly Lesson[] =>
    [...assets.lessons.values()].filter(({ story }) => story.length > 0);
  beforeAll(async () => {
    assets = await loadRealAssets();
  });

  it('are twelve and one for before the journey, each with three choices or more, a quiz and a moment for own words', () => {
    expect(stories().length).toBeGreaterThanOrEqual(13);
    for (const { id, story, questions } of stories()) {
      const own = story.filter(({ write }) => write !== null).length;
      expect({ id, enough: story.length >= 3 && questions.length >= 2 && own >= 1 }).toEqual({
        id,
        enough: true,
      });
    }
  });

  it('take two to four minutes by the safe choices, in every language', () => {
    const outside = stories().flatMap((lesson) =>
      [...lesson.texts].flatMap(([language, one]) => {
        const { straight } = readingLevel(lesson, one).minutes;
        return straight < 1.9 || straight > 4.1 ? [`${lesson.id} ${language} ${straight}`] : [];
      }),
    );
    expect(outside).toEqual([]);
  });
});
