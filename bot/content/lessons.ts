/** Lessons: cards, a story with choices, questions, and why; the steps in lesson.yaml, the words in one Markdown file per language. */
import { z } from 'zod';
import type { AssetSource, Problem } from './assets.ts';
import { REFERENCE } from './facts.ts';
import { IdSchema, lintStory, type Moment, MomentSchema, momentsOf } from './stories.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

const QuestionSchema = z.strictObject({ options: z.array(IdSchema).min(2), right: IdSchema });

/** Each `describe` is read in docs/flow-language.md. */
export const LessonSchema = z.strictObject({
  id: IdSchema.describe('The name of the lesson; the folder is called the same.'),
  minutes: z.number().positive().describe('How long it takes to read, in minutes.'),
  for: z
    .literal('officers')
    .optional()
    .describe(
      '`officers`: a module of the course. It may teach no warning sign, its closing speaks of work instead of tonight, and nobody remembers who finished it.',
    ),
  signs: z
    .array(IdSchema)
    .describe(
      'The warning signs it teaches: ids of `content/signals/`. A story names them at its end, by their titles or, under `sign <id>`, in words of its own. Only a module of the course may have none.',
    ),
  cards: z.array(IdSchema).min(1).describe('Its cards, in order; each is a heading of the text.'),
  story: z
    .array(MomentSchema)
    .min(1)
    .optional()
    .describe(
      'A story after the cards: its moments, the first one first. Headings begin with the id of the moment: `market`, `market option a`, `market after a`, and `market own` where own words are taken.',
    ),
  question: QuestionSchema.optional().describe(
    'One question: its options and the right one. Headings: `question`, `option a` …, `right`, `wrong`, or `because a` for an option of its own.',
  ),
  quiz: z
    .array(QuestionSchema.extend({ id: IdSchema }))
    .min(1)
    .optional()
    .describe(
      'Or several, asked in this order, each with an id. Headings begin with it: `first`, `first option a`, `first right`, `first because a` …',
    ),
  ask: z
    .array(IdSchema)
    .min(1)
    .optional()
    .describe(
      'Whom to ask, said at the very end under the heading `tonight`: ids of `content/registers/hotlines.yaml`. A story needs it.',
    ),
});

export interface LessonText {
  title: string;
  /** heading (`question`, `right`, `option a`, a card id) → plain text */
  sections: ReadonlyMap<string, string>;
}

export interface Question extends z.infer<typeof QuestionSchema> {
  kind: 'question';
  /** heading of its text; that of a single question is `question` */
  id: string;
  /** `right` → the heading of that part of this question */
  heading: (part: string) => string;
  /** id of the button for an option: it names its question, so that a tap on an older one does not answer the next */
  choiceId: (option: string) => string;
}

/** A place in a lesson where it waits for an answer. */
export type Stop = Moment | Question;

export interface Lesson extends Omit<z.infer<typeof LessonSchema>, 'question' | 'quiz' | 'story' | 'ask'> {
  story: readonly Moment[];
  questions: readonly Question[];
  /** the moments of the story, then the questions: the step of a position counts them */
  stops: readonly Stop[];
  ask: readonly string[];
  texts: ReadonlyMap<string, LessonText>;
}

/** Longest text of a story in one message, in UTF-16 units: it is read whole on a screen of 390 by 844 points. */
export const MAX_STORY_TEXT_UTF16 = 420;

/** What is said after an answer: its own explanation, where there is one, else that of right or wrong. */
export function explanationHeading(question: Question, text: LessonText, option: string): string {
  const own = question.heading(`because ${option}`);
  if (text.sections.has(own)) return own;
  return question.heading(option === question.right ? 'right' : 'wrong');
}

export function readLesson(
  file: YamlFile,
  texts: readonly AssetSource[],
): { lesson: Lesson | null; problems: readonly Problem[] } {
  const shape = checkShape(file, LessonSchema);
  if (!shape.ok) return { lesson: null, problems: shape.problems };
  const problems: Problem[] = [];
  const { question, quiz, story: moments = [], ask = [], ...rest } = shape.value;
  const questions = questionsOf(shape.value);
  const story = momentsOf(moments);
  const stops = [...story, ...questions];
  if ((question === undefined) === (quiz === undefined))
    problems.push(
      fault(
        file.path,
        file.lineOf(['question']),
        'a lesson asks either one question or a quiz',
        'write question: or quiz:',
      ),
    );
  if (rest.signs.length === 0 && rest.for !== 'officers')
    problems.push(
      fault(file.path, file.lineOf(['signs']), 'a lesson teaches no sign', 'name one of content/signals'),
    );
  questions.forEach(({ id, options, right }, index) => {
    const at = quiz === undefined ? ['question', 'right'] : ['quiz', index, 'right'];
    if (!options.includes(right))
      problems.push(
        fault(
          file.path,
          file.lineOf(at),
          `${id}: the right answer is not among the options`,
          'name one of the options',
        ),
      );
  });
  for (const { index, message, mend } of lintStory(moments))
    problems.push(fault(file.path, file.lineOf(['story', index]), message, mend));
  const double = stops.find(({ id }, index) => stops.findIndex((one) => one.id === id) !== index);
  if (double !== undefined)
    problems.push(
      fault(file.path, file.lineOf(['story']), `"${double.id}" stands here twice`, 'rename one of them'),
    );
  if (story.length > 0 && ask.length === 0)
    problems.push(
      fault(file.path, file.lineOf(['story']), 'a story ends without anybody to ask', 'add ask: [vn-111, …]'),
    );
  const needed = (text: LessonText): readonly string[] => [
    ...rest.cards,
    ...(ask.length === 0 ? [] : ['tonight']),
    ...story.flatMap((moment) => [
      moment.id,
      ...moment.options.flatMap((option) =>
        ['option', 'after'].map((part) => moment.heading(`${part} ${option}`)),
      ),
      ...(moment.write === null ? [] : [moment.heading('own')]),
    ]),
    ...questions.flatMap((asked) => [
      asked.id,
      ...asked.options.map((option) => asked.heading(`option ${option}`)),
      ...asked.options.map((option) => explanationHeading(asked, text, option)),
    ]),
  ];
  const byLanguage = new Map<string, LessonText>();
  for (const source of texts) {
    const text = readSections(source.text);
    const missing = [...new Set(needed(text))].filter((heading) => !text.sections.has(heading));
    for (const heading of missing)
      problems.push(fault(source.path, null, `the section "## ${heading}" is missing`, 'write it'));
    if (story.length > 0) problems.push(...lintStoryText(source, text));
    byLanguage.set(languageOf(source.path), text);
  }
  return { lesson: { ...rest, story, questions, stops, ask, texts: byLanguage }, problems };
}

/** A story names no figures, because they grow old in it unseen (those of a register do not), and each of its messages is read without scrolling. */
function lintStoryText(source: AssetSource, text: LessonText): readonly Problem[] {
  return [...text.sections].flatMap(([heading, section]) => [
    ...(/\d/.test(section.replace(REFERENCE, ''))
      ? [
          fault(
            source.path,
            null,
            `## ${heading}: a figure stands in a story`,
            'say it in words; facts belong into content/registers',
          ),
        ]
      : []),
    ...(section.length > MAX_STORY_TEXT_UTF16
      ? [
          fault(
            source.path,
            null,
            `## ${heading}: longer than ${MAX_STORY_TEXT_UTF16} characters`,
            'shorten it, or make two cards of it',
          ),
        ]
      : []),
  ]);
}

function questionsOf({ question, quiz }: z.infer<typeof LessonSchema>): readonly Question[] {
  if (quiz !== undefined)
    return quiz.map((one) => ({
      ...one,
      kind: 'question',
      heading: (part) => `${one.id} ${part}`,
      choiceId: (option) => `${one.id}-${option}`,
    }));
  if (question === undefined) return [];
  return [
    { ...question, kind: 'question', id: 'question', heading: (part) => part, choiceId: (option) => option },
  ];
}

function readSections(markdown: string): LessonText {
  let title = '';
  const sections = new Map<string, string>();
  let heading: string | null = null;
  for (const line of markdown.normalize('NFC').split('\n')) {
    if (line.startsWith('## ')) {
      heading = line.slice(3).trim().toLowerCase();
      sections.set(heading, '');
    } else if (line.startsWith('# ')) {
      title = line.slice(2).trim();
    } else if (heading !== null) {
      sections.set(heading, `${sections.get(heading) ?? ''}${line}\n`);
    }
  }
  return { title, sections: new Map([...sections].map(([name, text]) => [name, text.trim()])) };
}

/** `content/lessons/x/vi.md` → `vi` */
function languageOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
}
