/** How hard the texts are to read: length of sentences, and words that stand nowhere else; a measure for editors, no judgement. */
import type { Assets, Problem } from './assets.ts';
import { countWords, MAX_SENTENCE_WORDS, sentencesOf } from './reading-level.ts';
import { fillReferences, saidBesideMessages } from './references.ts';
import { UNDATED } from './messages.ts';
import { warning } from './yaml.ts';

/** A word (in Vietnamese: a syllable) that stands in one text only is one the reader meets once. */
const RARE_IN_TEXTS = 1;

export interface TextLevel {
  language: string;
  texts: number;
  sentences: number;
  /** words a sentence, on average */
  average: number;
  /** share of sentences with ten words at most, 0 to 1 */
  short: number;
  longest: { words: number; where: string; sentence: string };
  /** share of words that stand in one text only, 0 to 1 */
  rare: number;
  /** texts with the largest share of such words, the hardest first */
  hardest: readonly { where: string; words: readonly string[] }[];
}

const SHORT_SENTENCE_WORDS = 10;
const SHOWN = 3;
/** A text shorter than this says nothing about its words: a name of a button, a greeting. */
const MIN_WORDS = 15;

interface PlainText {
  path: string;
  line: number | null;
  where: string;
  text: string;
}

export function textLevels(assets: Assets): readonly TextLevel[] {
  return assets.languages.map((language) => levelOf(language, plainTexts(assets, language)));
}

function levelOf(language: string, texts: readonly PlainText[]): TextLevel {
  const sentences = texts.flatMap(({ where, text }) =>
    sentencesOf(text).map((sentence) => ({ where, sentence, words: countWords(sentence) })),
  );
  const none = { words: 0, where: '', sentence: '' };
  const longest = sentences.reduce((most, one) => (one.words > most.words ? one : most), none);
  const total = sentences.reduce((sum, { words }) => sum + words, 0);
  const inTexts = new Map<string, number>();
  for (const { text } of texts)
    for (const word of new Set(wordsOf(text))) inTexts.set(word, (inTexts.get(word) ?? 0) + 1);
  const isRare = (word: string): boolean => (inTexts.get(word) ?? 0) <= RARE_IN_TEXTS;
  const counted = texts.map(({ where, text }) => {
    const words = wordsOf(text);
    const rare = [...new Set(words.filter(isRare))];
    return { where, words: rare, all: words.length, share: rare.length / Math.max(1, words.length) };
  });
  const all = counted.reduce((sum, one) => sum + one.all, 0);
  const rare = counted.reduce((sum, { words }) => sum + words.length, 0);
  return {
    language,
    texts: texts.length,
    sentences: sentences.length,
    average: total / Math.max(1, sentences.length),
    short:
      sentences.filter(({ words }) => words <= SHORT_SENTENCE_WORDS).length / Math.max(1, sentences.length),
    longest,
    rare: rare / Math.max(1, all),
    hardest: counted
      .filter((one) => one.all >= MIN_WORDS && one.words.length > 0)
      .sort((a, b) => b.share - a.share)
      .slice(0, SHOWN)
      .map(({ where, words }) => ({ where, words })),
  };
}

/** Sentences that are read twice, in messages and signs; stories are measured with their lesson. */
export function inspectTextLevels(assets: Assets): readonly Problem[] {
  return assets.languages.flatMap((language) =>
    plainTexts(assets, language)
      .filter(({ path }) => !path.startsWith('content/lessons/'))
      .flatMap(({ path, line, where, text }) =>
        sentencesOf(text)
          .filter((sentence) => countWords(sentence) > MAX_SENTENCE_WORDS)
          .map((sentence) =>
            warning(
              path,
              line,
              `${where}: a sentence of ${countWords(sentence)} words: “${sentence}”`,
              `make two of it: ${MAX_SENTENCE_WORDS} at most`,
            ),
          ),
      ),
  );
}

function plainTexts(assets: Assets, language: string): readonly PlainText[] {
  const path = `content/messages/${language}.yaml`;
  const messages = [...(assets.messages.get(language)?.values() ?? [])].map(({ key, line, written }) => ({
    path,
    line,
    where: key,
    text: written.map(withoutIcu).join('\n'),
  }));
  const others = saidBesideMessages(assets)
    .filter((said) => said.language === language)
    .map(({ path: file, where, text, kind }) => ({
      path: file,
      line: null,
      where: kind === 'story' ? `${file.split('/')[2] ?? ''} ${where}` : where,
      text,
    }));
  return [...messages, ...others].map((one) => ({
    ...one,
    text: fillReferences(assets, language, UNDATED, one.text),
  }));
}

/** Each branch of a choice in a text is a line of its own; a placeholder counts as one word. */
function withoutIcu(text: string): string {
  return text
    .replace(/\{\s*[a-zA-Z]\w*\s*\}/gu, 'X')
    .replace(/\{\s*\w+\s*,\s*\w+\s*,/gu, '\n')
    .replace(/(?:=\d+|[a-zA-Z_][\w-]*)\s*\{/gu, '\n')
    .replaceAll('}', '\n');
}

/** Lower-case words; names, figures, addresses and what stands for a placeholder are left out. */
function wordsOf(text: string): readonly string[] {
  return sentencesOf(text).flatMap((sentence) =>
    (sentence.match(/\S+/gu) ?? []).flatMap((word, at) => {
      if (/[\d@.]\S/u.test(word)) return [];
      const bare = word.replace(/[^\p{L}\p{M}’'-]/gu, '');
      if (bare === '' || (at > 0 && /^\p{Lu}/u.test(bare))) return [];
      return [bare.toLowerCase()];
    }),
  );
}
