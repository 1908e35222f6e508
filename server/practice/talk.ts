/** A practice conversation: pure, so that what was written gives the same talk and the same review again. Nothing is kept. */
import { foldWords } from '../../bot/index.ts';
import type { Answer, Expect, Line, MoveRule, PracticeContent, Scenario } from './content.ts';

export type PracticeLanguage = 'vi' | 'en';

export interface Talk {
  messages: readonly { author: 'person' | 'counsellor'; text: string }[];
  /** the person writes no more, or enough was said */
  isOver: boolean;
  /** what was recognised in each message of the counsellor */
  heard: readonly (readonly string[])[];
}

export interface PracticeDeps {
  content: PracticeContent;
  /** every number of the register that may be shown, digits only */
  numbers: ReadonlySet<string>;
}

/** Plays a scenario against what the counsellor wrote, from the beginning. */
export function playTalk(
  { content, numbers }: PracticeDeps,
  scenario: Scenario,
  said: readonly string[],
  language: PracticeLanguage,
): Talk {
  const messages: { author: 'person' | 'counsellor'; text: string }[] = [];
  const speak = (lines: readonly Line[]): void => {
    for (const line of lines) messages.push({ author: 'person', text: line[language] });
  };
  speak(scenario.opening);
  const heard: (readonly string[])[] = [];
  const used = new Set<Answer>();
  let spare = 0;
  let isOver = false;
  for (const text of said.slice(0, scenario.length)) {
    if (isOver) break;
    messages.push({ author: 'counsellor', text });
    heard.push(hearMoves(content.moves, numbers, text));
    const answer = scenario.answers.find((one) => !used.has(one) && fits(one, heard));
    if (answer !== undefined) used.add(answer);
    isOver = answer?.ends === true || heard.length >= scenario.length;
    const otherwise = scenario.otherwise[spare % scenario.otherwise.length];
    if (answer !== undefined) speak(answer.says);
    else if (otherwise !== undefined) {
      spare += 1;
      speak([otherwise]);
    }
  }
  return { messages, isOver, heard };
}

function fits({ when }: Answer, heard: readonly (readonly string[])[]): boolean {
  const now = heard.at(-1) ?? [];
  const ever = heard.flat();
  const has = (moves: readonly string[], among: readonly string[]): boolean =>
    moves.some((move) => among.includes(move));
  return (
    (when.hears === undefined || has(when.hears, now)) &&
    (when.heard === undefined || has(when.heard, ever)) &&
    (when.not === undefined || !has(when.not, ever)) &&
    (when.from === undefined || heard.length >= when.from)
  );
}

/** What a message does, as far as its words tell. */
export function hearMoves(
  moves: readonly MoveRule[],
  numbers: ReadonlySet<string>,
  text: string,
): readonly string[] {
  const plain = text.normalize('NFC').toLowerCase().replaceAll('’', "'");
  // whoever types without diacritics is understood; whoever types them means them
  const isBare = foldWords(plain) === plain;
  const form = (words: string): string => (isBare ? foldWords(words) : words.normalize('NFC').toLowerCase());
  const has = (where: string, phrase: string): boolean => wholeWords(form(phrase)).test(where);
  const heard = moves
    .filter(({ phrases, unless }) => {
      const rest = unless.reduce((left, one) => left.replaceAll(wholeWords(form(one), 'g'), ' '), plain);
      return phrases.some((phrase) => has(rest, phrase));
    })
    .map(({ id }) => id);
  const given = listNumbers(plain);
  return [
    ...heard,
    ...(given.some((number) => numbers.has(number)) ? ['gives_number'] : []),
    ...(given.some((number) => !numbers.has(number)) ? ['unknown_number'] : []),
  ];
}

function wholeWords(phrase: string, flags = ''): RegExp {
  const escaped = phrase.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, `u${flags}`);
}

/** What somebody may dial: three digits alone, or eight and more, however they are grouped. Times and years are none. */
function listNumbers(text: string): readonly string[] {
  const found = text.match(/\+?\d[\d .-]*\d/g) ?? [];
  return found.map((one) => one.replace(/\D/g, '')).filter(({ length }) => length === 3 || length >= 8);
}

export interface Finding {
  item: string;
  /** missing: was not done; harm: something was done that should not be */
  kind: 'good' | 'missing' | 'harm';
  /** the message of the counsellor that shows it, from 0; null: none does */
  message: number | null;
  why: Line;
}

/** What was good and what was missing, in the order of the scenario's expectations. */
export function reviewTalk(scenario: Scenario, said: readonly string[], talk: Talk): readonly Finding[] {
  return scenario.expects.map((expect) => ({
    item: expect.item,
    why: expect.why,
    ...judge(expect, said, talk),
  }));
}

function judge(
  { good }: Expect,
  said: readonly string[],
  { heard }: Talk,
): Pick<Finding, 'kind' | 'message'> {
  const first = (moves: readonly string[]): number =>
    heard.findIndex((one) => moves.some((move) => one.includes(move)));
  if (good.said !== undefined) {
    const at = first(good.said.moves);
    const before = good.said.before === undefined ? -1 : first(good.said.before);
    if (at === -1) return { kind: 'missing', message: null };
    const isLate = (good.said.by !== undefined && at >= good.said.by) || (before !== -1 && before < at);
    return { kind: isLate ? 'missing' : 'good', message: at };
  }
  if (good.never !== undefined) {
    const at = first(good.never.moves);
    const until = good.never.until === undefined ? -1 : first(good.never.until);
    const isHarm = at !== -1 && (good.never.until === undefined || until === -1 || at <= until);
    return isHarm ? { kind: 'harm', message: at } : { kind: 'good', message: null };
  }
  const limit = good.shorter ?? Infinity;
  const long = said.slice(0, heard.length).findIndex((text) => text.length > limit);
  return long === -1 ? { kind: 'good', message: null } : { kind: 'harm', message: long };
}
