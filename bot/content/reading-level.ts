/** How long a lesson is to read and how long its sentences are: a small measure for editors, no judgement of a text. */
import type { Problem } from './assets.ts';
import { explanationHeading, type Lesson, type LessonText } from './lessons.ts';
import { straightWay } from './stories.ts';
import { warning } from './yaml.ts';

/**
 * Words (in Vietnamese: syllables) read in a minute. Adults read about 240 English words a minute in silence; a young person on
 * a small screen, who also chooses, was taken to need a third more time. Not measured with readers yet.
 */
export const WORDS_PER_MINUTE = 180;

/** A sentence with more words than this is read twice. */
export const MAX_SENTENCE_WORDS = 30;

export interface ReadingLevel {
  /** words on the way of the safe choices and right answers, and of everything there is to read */
  words: { straight: number; everything: number };
  minutes: { straight: number; everything: number };
  /** messages on the straight way */
  messages: number;
  sentence: { average: number; longest: number; text: string };
}

export function readingLevel(lesson: Lesson, text: LessonText): ReadingLevel {
  const section = (heading: string): string => text.sections.get(heading) ?? '';
  const labels = lesson.stops.flatMap((stop) =>
    stop.options.map((option) => section(stop.heading(`option ${option}`))),
  );
  const said = [
    ...lesson.cards,
    ...straightWay(lesson.story).flatMap(({ id, heading, safe }) => [id, heading(`after ${safe}`)]),
    ...lesson.questions.flatMap((question) => [
      question.id,
      explanationHeading(question, text, question.right),
    ]),
    ...(lesson.ask.length === 0 ? [] : ['tonight']),
  ];
  const straight = countWords([...said.map(section), ...labels].join(' '));
  const everything = countWords([...text.sections.values()].join(' '));
  const sentences = [...text.sections]
    .filter(([heading]) => !heading.includes(' option '))
    .flatMap(([, body]) => sentencesOf(body));
  const lengths = sentences.map(countWords);
  const longest = Math.max(0, ...lengths);
  return {
    words: { straight, everything },
    minutes: { straight: straight / WORDS_PER_MINUTE, everything: everything / WORDS_PER_MINUTE },
    messages: said.length,
    sentence: {
      average: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length),
      longest,
      text: sentences[lengths.indexOf(longest)] ?? '',
    },
  };
}

/** What an editor should look at again; nothing here keeps a lesson from being served. */
export function inspectReading(lessons: ReadonlyMap<string, Lesson>): readonly Problem[] {
  return [...lessons.values()].flatMap((lesson) =>
    [...lesson.texts].flatMap(([language, text]) => {
      const path = `content/lessons/${lesson.id}/${language}.md`;
      const { minutes, sentence } = readingLevel(lesson, text);
      const isLong = sentence.longest > MAX_SENTENCE_WORDS;
      const fits = lesson.minutes >= minutes.straight - 0.5 && lesson.minutes <= minutes.everything + 0.5;
      return [
        ...(isLong
          ? [
              warning(
                path,
                null,
                `a sentence of ${sentence.longest} words: “${sentence.text}”`,
                `make two of it: ${MAX_SENTENCE_WORDS} at most`,
              ),
            ]
          : []),
        ...(fits
          ? []
          : [
              warning(
                path,
                null,
                `says ${lesson.minutes} minutes, but takes ${minutes.straight.toFixed(1)} to ${minutes.everything.toFixed(1)}`,
                'correct minutes, or the text',
              ),
            ]),
      ];
    }),
  );
}

/** Words of a text; in Vietnamese: syllables. */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{M}\p{N}]+(?:[’'-][\p{L}\p{M}\p{N}]+)*/gu)?.length ?? 0;
}

/** A line ends a sentence too, and so does a colon before a quotation: the eye rests there. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/\n+|(?<=[.!?…]”?)\s+|(?<=:)\s+(?=“)/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => countWords(sentence) > 0);
}
