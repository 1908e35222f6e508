/** Reads the simple part of FLOIP expressions: comparisons joined with AND, OR and NOT. What is beyond it is null. */

export type Formula =
  | { kind: 'and' | 'or'; items: readonly Formula[] }
  | { kind: 'not'; item: Formula }
  | { kind: 'compare'; op: '==' | '!=' | '<' | '<=' | '>' | '>='; left: Operand; right: Operand }
  | { kind: 'constant'; value: boolean };

export type Operand =
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number }
  /** `flow.age.value`, `block.response`, `channel.mode`; `LOWER(…)` around it is taken off */
  | { kind: 'reference'; path: string };

/** Nested deeper, an expression is not simple. */
const MAX_DEPTH = 12;

type Token = { kind: 'name' | 'text' | 'number' | 'sign'; text: string };

/** @param source with or without `@(…)` around it */
export function readFormula(source: string): Formula | null {
  const trimmed = source.trim();
  const inner = /^@\(([\s\S]*)\)$/.exec(trimmed)?.[1] ?? trimmed.replace(/^@/, '');
  const tokens = tokenise(inner);
  if (tokens === null) return null;
  const at = { index: 0 };
  const formula = readOne(tokens, at, 0);
  return at.index === tokens.length ? formula : null;
}

function tokenise(source: string): readonly Token[] | null {
  const pattern =
    /\s*(?:("[^"]*"|'[^']*')|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_]\w*(?:\.\w+)*)|(<>|!=|<=|>=|==|[(),=<>]))/y;
  const tokens: Token[] = [];
  const text = source.trimEnd();
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null || tokens.length > 400) return null;
    const [, quoted, number, name, sign] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1) });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign ?? '' });
  }
  return tokens;
}

function readOne(tokens: readonly Token[], at: { index: number }, depth: number): Formula | null {
  if (depth > MAX_DEPTH) return null;
  const token = tokens[at.index];
  if (token === undefined) return null;
  if (isSign(token, '(')) {
    at.index += 1;
    const inner = readOne(tokens, at, depth + 1);
    return inner !== null && take(tokens, at, ')') ? inner : null;
  }
  const word = token.kind === 'name' ? token.text.toUpperCase() : '';
  if (word === 'TRUE' || word === 'FALSE') {
    at.index += 1;
    if (isSign(tokens[at.index], '(') && !(take(tokens, at, '(') && take(tokens, at, ')'))) return null;
    return { kind: 'constant', value: word === 'TRUE' };
  }
  if (['AND', 'OR', 'NOT'].includes(word)) {
    at.index += 1;
    const items = readItems(tokens, at, depth);
    const first = items?.[0];
    if (items === null || first === undefined) return null;
    return word === 'NOT' ? { kind: 'not', item: first } : { kind: word === 'AND' ? 'and' : 'or', items };
  }
  return readComparison(tokens, at);
}

function readItems(
  tokens: readonly Token[],
  at: { index: number },
  depth: number,
): readonly Formula[] | null {
  if (!take(tokens, at, '(')) return null;
  const items: Formula[] = [];
  for (;;) {
    const item = readOne(tokens, at, depth + 1);
    if (item === null) return null;
    items.push(item);
    if (take(tokens, at, ')')) return items;
    if (!take(tokens, at, ',')) return null;
  }
}

function readComparison(tokens: readonly Token[], at: { index: number }): Formula | null {
  const left = readOperand(tokens, at);
  const sign = tokens[at.index];
  if (left === null || sign?.kind !== 'sign') return null;
  at.index += 1;
  const right = readOperand(tokens, at);
  if (right === null) return null;
  switch (sign.text) {
    case '=':
    case '==':
      return { kind: 'compare', op: '==', left, right };
    case '<>':
    case '!=':
      return { kind: 'compare', op: '!=', left, right };
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { kind: 'compare', op: sign.text, left, right };
    default:
      return null;
  }
}

function readOperand(tokens: readonly Token[], at: { index: number }): Operand | null {
  const token = tokens[at.index];
  if (token === undefined) return null;
  at.index += 1;
  if (token.kind === 'text') return { kind: 'text', text: token.text };
  if (token.kind === 'number') return { kind: 'number', number: Number(token.text) };
  if (token.kind !== 'name') return null;
  if (!['LOWER', 'UPPER', 'PROPER', 'TRIM'].includes(token.text.toUpperCase()))
    return isSign(tokens[at.index], '(') ? null : { kind: 'reference', path: token.text };
  if (!take(tokens, at, '(')) return null;
  const inner = readOperand(tokens, at);
  return take(tokens, at, ')') ? inner : null;
}

function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text;
}

function take(tokens: readonly Token[], at: { index: number }, text: string): boolean {
  if (!isSign(tokens[at.index], text)) return false;
  at.index += 1;
  return true;
}

/** Everything the value of this block is compared with for being the same: `block.value = "yes"` → yes. */
export function comparedWithAnswer(formula: Formula): readonly string[] {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return formula.items.flatMap(comparedWithAnswer);
    case 'not':
    case 'constant':
      return [];
    case 'compare': {
      if (formula.op !== '==') return [];
      const sides = [formula.left, formula.right];
      if (!sides.some((side) => side.kind === 'reference' && /^block\.(?:value|response)$/.test(side.path)))
        return [];
      return sides.flatMap((side) =>
        side.kind === 'text' ? [side.text] : side.kind === 'number' ? [String(side.number)] : [],
      );
    }
  }
}

export interface CelNames {
  /** slot and what it holds; null when nothing here holds the reference */
  slotOf: (path: string) => { slot: string; isNumber: boolean } | null;
  /** ids of choices that a text stands for where the reference is a question with choices */
  idsFor: (path: string, text: string) => readonly string[];
}

/** @returns the formula as CEL, or null when part of it cannot be said */
export function toCel(formula: Formula, names: CelNames): string | null {
  switch (formula.kind) {
    case 'constant':
      return String(formula.value);
    case 'not': {
      const inner = toCel(formula.item, names);
      return inner === null ? null : `!(${inner})`;
    }
    case 'and':
    case 'or': {
      const items = formula.items.map((item) => toCel(item, names));
      if (items.some((item) => item === null)) return null;
      const sign = formula.kind === 'and' ? ' && ' : ' || ';
      return items.length === 1 ? (items[0] ?? null) : items.map((item) => bracketed(item ?? '')).join(sign);
    }
    case 'compare':
      return compareCel(formula.op, formula.left, formula.right, names);
  }
}

function bracketed(text: string): string {
  return /&&|\|\|/.test(text) ? `(${text})` : text;
}

function compareCel(op: string, left: Operand, right: Operand, names: CelNames): string | null {
  if (left.kind !== 'reference') {
    if (right.kind !== 'reference') return null;
    const turned = op.startsWith('<') ? op.replace('<', '>') : op.replace('>', '<');
    return compareCel(turned, right, left, names);
  }
  // people write here: nobody is on the telephone
  if (left.path === 'channel.mode' && right.kind === 'text') {
    const isSame = ['text', 'rich_messaging'].includes(right.text.toLowerCase());
    return op === '==' ? String(isSame) : op === '!=' ? String(!isSame) : null;
  }
  const found = names.slotOf(left.path);
  if (found === null) return null;
  const read = `slots.${found.slot}`;
  if (right.kind === 'reference') {
    const other = names.slotOf(right.path);
    return other === null || other.isNumber !== found.isNumber ? null : `${read} ${op} slots.${other.slot}`;
  }
  if (found.isNumber) {
    const number = right.kind === 'number' ? right.number : Number(right.text);
    return Number.isInteger(number) ? `${read} ${op} ${number}` : null;
  }
  const text = right.kind === 'text' ? right.text : String(right.number);
  if (op !== '==' && op !== '!=') return null;
  const known = names.idsFor(left.path, text);
  const ids = [...new Set(known.length === 0 ? [text] : known)].map((one) => JSON.stringify(one));
  const isOne = ids.length === 1 ? `${read} == ${ids[0] ?? ''}` : `${read} in [${ids.join(', ')}]`;
  return op === '==' ? isOne : `!(${isOne})`;
}
