/** Cuts a message into the things it says, because one message often asks two. */
import type { Normalised, Token } from './text.ts';

/** Shorter parts ("dạ", "chào chị") say nothing by themselves. */
const FEWEST_TOKENS = 3;
const MAX_CLAUSES = 6;

/** Words that begin a new thought, folded; two tokens are joined by a space. */
const CONNECTIVES: ReadonlySet<string> = new Set([
  'va',
  'con',
  'voi lai',
  'ngoai ra',
  'the con',
  'and',
  'also',
]);

/** Parts between full stops, commas and words such as "và"; parts too short to mean anything are joined to the next. */
export function splitClauses(text: Normalised): readonly Normalised[] {
  const parts: Token[][] = [];
  let part: Token[] = [];
  text.tokens.forEach((token, at) => {
    const starts = token.breakBefore || isConnective(text.tokens, at);
    if (starts && part.length >= FEWEST_TOKENS) {
      parts.push(part);
      part = [];
    }
    part.push(token);
  });
  if (part.length >= FEWEST_TOKENS || parts.length === 0) parts.push(part);
  else parts.at(-1)?.push(...part);
  return parts.slice(0, MAX_CLAUSES).map((tokens) => ({
    raw: text.raw,
    tokens,
    folded: tokens.map(({ folded }) => folded).join(' '),
  }));
}

function isConnective(tokens: readonly Token[], at: number): boolean {
  const first = tokens[at]?.folded ?? '';
  return CONNECTIVES.has(first) || CONNECTIVES.has(`${first} ${tokens[at + 1]?.folded ?? ''}`);
}
