/** Writes values as YAML of one line, as flow files have them. */
import { Document, isSeq, visit } from 'yaml';

/** A node as one line of `nodes`. */
export function itemOf(node: object): string {
  return `  - ${flowText(node)}\n`;
}

/** `key: value`, to stand in a map of either style. */
export function pairText(key: string, value: unknown): string {
  return flowText({ [key]: value })
    .replace(/^\{ /, '')
    .replace(/ \}$/, '');
}

/** On one line, so that it can stand anywhere. */
export function flowText(value: unknown): string {
  const document = new Document([value], { version: '1.2' });
  if (isSeq(document.contents)) document.contents.flow = true;
  // in single quotes a line break would begin a new line of the file
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && scalar.value.includes('\n')) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  const line = document.toString({
    lineWidth: 0,
    singleQuote: true,
    blockQuote: false,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
  return line.trimEnd().slice('[ '.length, -' ]'.length);
}
