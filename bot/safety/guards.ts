/** Tells an event from a denial, a question, a news story or a joke. */
import type { Hit, ScanToken } from './lexicon.ts';
import { type DangerGuard, type DangerRules, guardConcept } from './rules.ts';

const DENIAL_REACH_WORDS = 5;
const QUESTION_REACH_WORDS = 6;
const LAUGHING = /[=:;][)\]dD]{2,}|[=:]\)\)|😂|🤣|😆|k{3,}|:v\b/iu;
/** Guard id that laughing signs switch on beside its phrases. */
const LAUGH = 'laugh';

/** The guards that hold in each text: `active[textIndex]`. */
export function findActiveGuards(
  rules: DangerRules,
  texts: readonly string[],
  tokens: readonly ScanToken[],
  hits: readonly Hit[],
): ReadonlySet<DangerGuard>[] {
  const conceptsByText = texts.map(() => new Set<string>());
  for (const hit of hits) conceptsByText[tokens[hit.from]?.textIndex ?? 0]?.add(hit.concept);
  return conceptsByText.map((concepts, textIndex) => {
    const isLaughing = LAUGHING.test(texts[textIndex] ?? '');
    const holds = (guard: DangerGuard) =>
      (concepts.has(guardConcept(guard.id)) || (guard.id === LAUGH && isLaughing)) &&
      !guard.unless.some((concept) => concepts.has(concept));
    return new Set(rules.guards.filter(holds));
  });
}

/** "không ai đánh em", "chưa bị giữ giấy tờ", "đâu có bị nhốt", "có bị gì đâu". */
export function isDenied(rules: DangerRules, tokens: readonly ScanToken[], hit: Hit): boolean {
  const { words, enders, exceptions } = rules.negation;
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
