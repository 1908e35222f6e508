/** Tells what is said to happen from what is denied or only asked. */
import type { Hit, ScanToken } from './lexicon.ts';

/** How a denial looks. Single words. */
export interface Negation {
  words: ReadonlySet<string>;
  /** the denial ends here: "không sao nhưng …" */
  enders: ReadonlySet<string>;
  /** "không muốn bị bán" denies nothing */
  exceptions: ReadonlySet<string>;
}

const DENIAL_REACH_WORDS = 5;
const QUESTION_REACH_WORDS = 6;

/** "không ai đánh em", "chưa bị giữ giấy tờ", "đâu có bị nhốt", "có bị gì đâu". */
export function isDenied(negation: Negation, tokens: readonly ScanToken[], hit: Hit): boolean {
  const { words, enders, exceptions } = negation;
  // "công ty không giữ hộ chiếu" fills the gap of "công ty .. giữ hộ chiếu"
  for (const at of hit.skipped ?? []) {
    const next = tokens[at + 1];
    if (
      words.has(tokens[at]?.text ?? '') &&
      !exceptions.has(next?.text ?? '') &&
      !exceptions.has(next?.folded ?? '')
    )
      return true;
  }
  for (let at = hit.from - 1; at >= hit.from - DENIAL_REACH_WORDS && at >= 0; at -= 1) {
    const token = tokens[at];
    const next = tokens[at + 1];
    if (token === undefined || next === undefined || next.closed || next.textIndex !== token.textIndex) break;
    if (enders.has(token.text)) break;
    if (words.has(token.text)) return !exceptions.has(next.text) && !exceptions.has(next.folded);
  }
  const after = tokens[hit.to];
  return after?.folded === 'dau' && !after.closed && isAsking(tokens, hit) && endsClause(tokens, hit.to + 1);
}

/** "có bị nhốt không", "bị giữ giấy tờ chưa": asks whether it happens. */
export function isQuestion(tokens: readonly ScanToken[], hit: Hit): boolean {
  if (!isAsking(tokens, hit)) return false;
  for (let at = hit.to; at <= hit.to + QUESTION_REACH_WORDS; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.closed) return false;
    if (/^(?:không|khong|chưa)$/.test(token.text) && endsClause(tokens, at + 1)) return true;
  }
  return false;
}

const POLITE_ENDINGS: ReadonlySet<string> = new Set([
  'a',
  'vay',
  'nhi',
  'ha',
  'the',
  'ad',
  'anh',
  'chi',
  'bot',
  'nhe',
  'ta',
  'z',
]);

function endsClause(tokens: readonly ScanToken[], at: number): boolean {
  const token = tokens[at];
  return token === undefined || token.closed || token.breakBefore || POLITE_ENDINGS.has(token.folded);
}

function isAsking(tokens: readonly ScanToken[], hit: Hit): boolean {
  return [1, 2, 3].some((back) => {
    const token = tokens[hit.from - back];
    return token?.folded === 'co' && (token.text === 'có' || token.text === 'co');
  });
}
