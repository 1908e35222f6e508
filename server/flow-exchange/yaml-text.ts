/** Writes flows and messages as YAML the way the files of this repository are written: one node a line where it fits. */
import { stringify } from 'yaml';

/** As .prettierrc says, so that what is written needs no formatting. */
const MAX_LINE = 110;

export interface FlowFile {
  /** lines of the comment the file begins with */
  comment: readonly string[];
  head: Readonly<Record<string, unknown>>;
  nodes: readonly Readonly<Record<string, unknown>>[];
}

export function flowText({ comment, head, nodes }: FlowFile): string {
  const lines = comment.map((line) => `# ${oneLine(line)}`);
  for (const [name, value] of Object.entries(head)) lines.push(...entry(name, value, ''));
  lines.push('nodes:', ...nodes.flatMap(nodeLines));
  return `${lines.join('\n')}\n`;
}

export function messagesText(comment: readonly string[], entries: Readonly<Record<string, unknown>>): string {
  const lines = comment.map((line) => `# ${oneLine(line)}`);
  for (const [key, value] of Object.entries(entries)) lines.push(...messageLines(key, value));
  return `${lines.join('\n')}\n`;
}

function nodeLines(node: Readonly<Record<string, unknown>>): readonly string[] {
  const line = `  - ${flowStyle(node)}`;
  if (line.length <= MAX_LINE) return [line];
  const inner = Object.entries(node).flatMap(([name, value]) => entry(name, value, '    '));
  return inner.map((text, index) => (index === 0 ? text.replace(/^ {4}/, '  - ') : text));
}

function messageLines(key: string, value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return entry(key, value, '');
  return [`${scalar(key)}:`, ...Object.entries(value).flatMap(([name, part]) => entry(name, part, '  '))];
}

/** `name: value` on one line where it fits, else with the parts of the value below it. */
function entry(name: string, value: unknown, indent: string): readonly string[] {
  const key = `${indent}${scalar(name)}:`;
  if (typeof value === 'string' && value.includes('\n')) return block(key, value, indent);
  if (typeof value !== 'object' || value === null) return [`${key} ${scalar(value)}`];
  const line = `${key} ${flowStyle(value)}`;
  if (line.length <= MAX_LINE && !hasLineBreak(value)) return [line];
  if (Array.isArray(value)) return [key, ...value.flatMap((item) => listItem(item, `${indent}  `))];
  return [key, ...Object.entries(value).flatMap(([part, inner]) => entry(part, inner, `${indent}  `))];
}

function listItem(item: unknown, indent: string): readonly string[] {
  if (typeof item !== 'object' || item === null) return [`${indent}- ${scalar(item)}`];
  const line = `${indent}- ${flowStyle(item)}`;
  if (line.length <= MAX_LINE) return [line];
  const inner = Object.entries(item).flatMap(([name, value]) => entry(name, value, `${indent}  `));
  return inner.map((text, index) => (index === 0 ? `${indent}- ${text.slice(indent.length + 2)}` : text));
}

/** A text of several lines as a literal block; one that a block cannot hold as it is, quoted. */
function block(key: string, value: string, indent: string): readonly string[] {
  const lines = value.split('\n');
  const holds =
    !/[\r\t\u0085\u2028\u2029\p{Cc}]/u.test(value.replaceAll('\n', '')) &&
    !/^\s|\s$/.test(value) &&
    lines.every((line) => !/[ ]$/.test(line));
  if (!holds) return [`${key} ${JSON.stringify(value)}`];
  return [`${key} |-`, ...lines.map((line) => (line === '' ? '' : `${indent}  ${line}`))];
}

function hasLineBreak(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\n');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasLineBreak);
}

function flowStyle(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(flowStyle).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return flowScalar(value);
  const parts = Object.entries(value).map(([name, inner]) => `${flowScalar(name)}: ${flowStyle(inner)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** Words that are themselves in every place; most of a flow is made of them. */
const PLAIN = /^[A-Za-z][\w.-]*$/;
const NOT_TEXT = /^(?:true|false|null)$/i;

function scalar(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value) && !NOT_TEXT.test(value)) return value;
  return stringify(value, { lineWidth: 0, singleQuote: true, blockQuote: false }).trimEnd();
}

/** Inside braces, commas and brackets end a plain scalar. */
function flowScalar(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value) && !NOT_TEXT.test(value)) return value;
  const written = stringify([value], {
    lineWidth: 0,
    singleQuote: true,
    blockQuote: false,
    collectionStyle: 'flow',
  });
  return written
    .trim()
    .replace(/^\[\s*/, '')
    .replace(/\s*\]$/, '');
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
