/** Turns texts with `@expressions` into ICU texts with `{slot}` placeholders. */

export interface TemplateReader {
  /** `results.age.value` → the slot it is kept in, or null when nothing here holds it */
  slotOf: (reference: string) => string | null;
  /** names that may stand behind `@` without parentheses; anything else, like an e-mail address, stays text */
  roots: readonly string[];
  /** called once for each expression that is lost wholly, or whose formatting is */
  report: (expression: string, what: 'lost' | 'formatting') => void;
}

/** Stands where an expression was lost, so that whoever reads the text sees the gap. */
const GAP = '…';

type Part = { kind: 'text'; text: string } | { kind: 'slot'; slot: string };

export function toIcu(source: string, reader: TemplateReader): string {
  const parts = splitTemplate(source, reader.roots).map((part): Part => {
    if (part.kind === 'text') return part;
    const wrapped = /^(\w+)\(\s*([a-z_][\w.]*)\s*\)$/i.exec(part.expression);
    const slot = reader.slotOf(wrapped?.[2] ?? part.expression);
    if (slot === null) {
      reader.report(part.expression, 'lost');
      return { kind: 'text', text: GAP };
    }
    if (wrapped !== null) reader.report(part.expression, 'formatting');
    return { kind: 'slot', slot };
  });
  const needsEscapes = parts.some((part) => part.kind === 'slot' || part.text.includes('{'));
  const text = parts
    .map((part) => (part.kind === 'slot' ? `{${part.slot}}` : literal(part.text, needsEscapes)))
    .join('')
    .trim();
  return text === '' ? GAP : text;
}

/** `[[…]]` would be read as a number of the register; an apostrophe and braces are special in ICU. */
function literal(text: string, needsEscapes: boolean): string {
  const plain = text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', ' ')
    .replace(/ +\n/g, '\n')
    .replaceAll('[[', '[ [');
  if (!needsEscapes) return plain;
  // braces with apostrophes between them are quoted in one piece: two quotes that meet would be an apostrophe
  return plain.replace(/[{}](?:['{}]*[{}])?|'/g, (found) =>
    found === "'" ? "''" : `'${found.replaceAll("'", "''")}'`,
  );
}

export type TemplatePart = { kind: 'text'; text: string } | { kind: 'expression'; expression: string };

/** `@results.age`, `@(upper(contact.name))`, `@UPPER(contact.name)`; `@@` is an at sign. */
export function splitTemplate(source: string, roots: readonly string[]): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  const push = (expression: string): void => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    parts.push({ kind: 'expression', expression });
  };
  for (let index = 0; index < source.length;) {
    const rest = source.slice(index, index + 2);
    if (rest === '@@') {
      text += '@';
      index += 2;
      continue;
    }
    const found = source[index] === '@' ? expressionAt(source, index + 1, roots) : null;
    if (found === null) {
      text += source[index] ?? '';
      index += 1;
      continue;
    }
    push(found.expression);
    index = found.end;
  }
  if (text !== '' || parts.length === 0) parts.push({ kind: 'text', text });
  return parts;
}

function expressionAt(
  source: string,
  start: number,
  roots: readonly string[],
): { expression: string; end: number } | null {
  if (source[start] === '(') {
    const end = closing(source, start);
    return end === null ? null : { expression: source.slice(start + 1, end).trim(), end: end + 1 };
  }
  const name = /^[A-Za-z_]\w*(?:\.\w+)*/.exec(source.slice(start, start + 200))?.[0];
  if (name === undefined) return null;
  const after = start + name.length;
  if (source[after] === '(' && !name.includes('.')) {
    const end = closing(source, after);
    return end === null ? null : { expression: source.slice(start, end + 1), end: end + 1 };
  }
  return roots.includes((name.split('.')[0] ?? '').toLowerCase()) ? { expression: name, end: after } : null;
}

/** The parenthesis that closes the one at `open`; those inside quotes do not count. */
function closing(source: string, open: number): number | null {
  let depth = 0;
  let quote: string | null = null;
  for (let index = open; index < source.length; index += 1) {
    const sign = source[index];
    if (quote !== null) {
      if (sign === quote) quote = null;
    } else if (sign === '"' || (sign === "'" && depth > 0)) quote = sign;
    else if (sign === '(') depth += 1;
    else if (sign === ')') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return null;
}
