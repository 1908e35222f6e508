/** Finds facts that are typed into a text instead of standing in a register: figures, laws, amounts, addresses, old offices. */
import { z } from 'zod';
import { type Fact, REFERENCE } from './facts.ts';

const Words = z.array(z.string().min(1)).min(1);
const ByLanguage = z.record(z.string(), Words);

export const TypedFactsFileSchema = z.strictObject({
  laws: ByLanguage,
  abolished: ByLanguage,
  amounts: z.record(z.string(), z.strictObject({ numbers: Words, units: Words })),
  figures: z.array(
    z.strictObject({ say: z.string().regex(/#/, 'has no # for the number'), why: z.string().min(1) }),
  ),
  examples: ByLanguage,
});
type TypedFactsFile = z.infer<typeof TypedFactsFileSchema>;

export const TYPED_FACTS_PATH = 'content/typed-facts.yaml';

/** `story`: tells what invented people were offered, so amounts, ages and quotations are no statement of ours. */
export type TextKind = 'text' | 'story';

/** One thing that should not be typed, with its own words and what to do about it. */
export interface TypedFact {
  what: string;
  said: string;
  mend: string;
}

export type FindTypedFacts = (text: string, language: string, kind: TextKind) => readonly TypedFact[];

const TO_REGISTER = 'make it an entry of content/registers/facts and write its [[id]]';

/** A number as it is dialled: it is told apart because its register is another one. */
const TELEPHONE = /(?<![\d[])(?:\+84[\d ]{8,}|0\d{9}|1[89]00[ .]?\d{4,}|11[1-5]\b)/u;
const ADDRESS =
  /\S+@\S+\.\p{L}{2,}|\b(?:https?:\/\/|www\.)\S+|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.(?:vn|com|net|org|gov|info)\b/u;
const FIGURE = /\d(?:[\d.,/:%-]*[\d%])?(?:\s?\p{L}+)?/u;
/** Whose age a story tells: “Hân 19 tuổi”, “Hân is 19”. */
const AGE_OF_SOMEBODY = /\p{Lu}\p{L}*(?: is)? \d{1,2}(?: tuổi|\b(?! ?%))/gu;
const QUOTATION = /[“"][^“”"]*[”"]/gu;
/** `{date}`, and the numbers of a plural's options: `=1 {`. */
const PLACEHOLDER = /=\d+(?=\s*\{)|\{\s*[a-zA-Z]\w*\s*\}/gu;
/** Heads and option keys of ICU texts: `{place, select, vn {`. */
const ICU = /\{\s*\w+\s*,\s*\w+\s*,?|\p{L}[\w-]*\s*\{|[{}]/gu;

/** @param facts whose words (law, office, form) may stand nowhere but in the register */
export function createTypedFacts(file: TypedFactsFile, facts: Iterable<Fact>): FindTypedFacts {
  const registered = [...facts].filter(({ kind }) => ['law', 'office', 'form'].includes(kind));
  const harmless = file.figures.map(({ say }) => phrase(say, 'gu'));
  const byLanguage = new Map<string, Patterns>();
  const patternsOf = (language: string): Patterns => {
    const known = byLanguage.get(language);
    if (known !== undefined) return known;
    const made = compilePatterns(file, registered, language);
    byLanguage.set(language, made);
    return made;
  };
  return (source, language, kind) => {
    const patterns = patternsOf(language);
    const bare = source.normalize('NFC').replace(REFERENCE, ' … ').replace(PLACEHOLDER, ' … ');
    const text = withoutExamples(bare.replace(ICU, ' '), patterns.examples, kind);
    const entry = patterns.registered.find(({ words }) => words.test(text));
    if (entry !== undefined)
      return [{ what: 'words of the register', said: entry.said, mend: `write [[${entry.id}]] instead` }];
    const found: TypedFact[] = [];
    const add = (what: string, pattern: RegExp, mend = TO_REGISTER, within = text): void => {
      const said = pattern.exec(within)?.[0].trim();
      if (said !== undefined) found.push({ what, said, mend });
    };
    add('a telephone number', TELEPHONE, 'refer to the register: [[vn-111]]');
    add('an address', ADDRESS);
    for (const law of patterns.laws) add('a law', law);
    for (const office of patterns.abolished)
      add('an office that no longer exists', office, 'name the one of today');
    if (kind === 'text' && patterns.amount !== null) add('an amount', patterns.amount);
    if (found.length > 0) return found;
    const plain = harmless.reduce((rest, pattern) => rest.replace(pattern, ' '), text);
    const mend = `${TO_REGISTER}; a figure that states nothing of the world gets a pattern in ${TYPED_FACTS_PATH}`;
    add('a figure', FIGURE, mend, plain);
    return found;
  };
}

interface Patterns {
  registered: readonly { id: string; said: string; words: RegExp }[];
  laws: readonly RegExp[];
  abolished: readonly RegExp[];
  amount: RegExp | null;
  examples: readonly RegExp[];
}

/** A language without lists of its own is still searched for figures and addresses. */
function compilePatterns(file: TypedFactsFile, registered: readonly Fact[], language: string): Patterns {
  const amounts = file.amounts[language];
  const oneOf = (list: readonly string[]): string => `(?:${list.map(escape).join('|')})`;
  return {
    registered: registered.map(({ id, value }) => {
      const said = language === 'en' ? value.en : value.vi;
      return { id, said, words: phrase(said) };
    }),
    laws: (file.laws[language] ?? []).map((words) => phrase(words)),
    abolished: (file.abolished[language] ?? []).map((words) => phrase(words)),
    amount:
      amounts === undefined
        ? null
        : new RegExp(`(?<!\\p{L})${oneOf(amounts.numbers)} ${oneOf(amounts.units)}(?!\\p{L})`, 'iu'),
    examples: (file.examples[language] ?? []).map(
      (words) => new RegExp(`${escape(words)}:? ${QUOTATION.source}`, 'gu'),
    ),
  };
}

function withoutExamples(text: string, examples: readonly RegExp[], kind: TextKind): string {
  if (kind === 'story') return text.replace(QUOTATION, ' ').replace(AGE_OF_SOMEBODY, ' ');
  return examples.reduce((rest, example) => rest.replace(example, ' '), text);
}

/** Whole words; `#` stands for a number, `^` for a word that begins with a capital letter. */
function phrase(words: string, flags = 'u'): RegExp {
  const pattern = escape(words).replaceAll('#', '\\d+(?:[.,]\\d+)*').replaceAll('\\^', '\\p{Lu}\\p{L}*');
  return new RegExp(`(?<![\\p{L}\\d])${pattern}(?![\\p{L}\\d]|[./,]\\d)`, flags);
}

function escape(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
