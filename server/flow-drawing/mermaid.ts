/** Writes a flow as a Mermaid flowchart, for pages and tools that draw such text themselves. */
import { type Flow, NODE_KINDS, type NodeKind } from '../../bot/index.ts';
import { wrap } from './measure.ts';
import { type Arrow, type Box, type DrawOptions, pictureOf } from './picture.ts';

/** Mermaid's own shapes, one for each kind. */
const SHAPES: Readonly<Record<NodeKind, readonly [open: string, close: string]>> = {
  say: ['(', ')'],
  ask: ['[/', '/]'],
  branch: ['{{', '}}'],
  set: ['[', ']'],
  check: ['[\\', '/]'],
  lesson: ['[(', ')]'],
  pick: ['[/', '\\]'],
  resume: ['>', ']'],
  subflow: ['[[', ']]'],
  handover: ['[\\', '\\]'],
  end: ['([', '])'],
};

/** A fill and a dark line that are read on white and on black pages alike: the text colour is fixed with them. */
const COLOURS: Readonly<Record<NodeKind, readonly [fill: string, line: string]>> = {
  say: ['#e6f0fb', '#2563a8'],
  ask: ['#f1eafc', '#6a3fc0'],
  branch: ['#fdf3dc', '#8a5a00'],
  set: ['#eef1f4', '#566374'],
  check: ['#dff4f1', '#0b6b63'],
  lesson: ['#e7f5e4', '#2c7232'],
  pick: ['#fce9f3', '#a02b74'],
  resume: ['#e2f4fa', '#0a6478'],
  subflow: ['#e9ecfc', '#3c49ad'],
  handover: ['#fde8e5', '#b02318'],
  end: ['#ecebe8', '#44403c'],
};

const LINE_WIDTH = 220;
const TEXT_ROWS = 2;

/** @returns a whole diagram, ending with a line break; the same for the same flow and options */
export function flowToMermaid(flow: Flow, options: DrawOptions): string {
  const picture = pictureOf(flow, options);
  const lines = [
    'flowchart TD',
    `  accTitle: ${singleLine(picture.title)}`,
    `  accDescr: ${singleLine(picture.notes[0] ?? '')}`,
    ...(flow.nodes.has(picture.start) ? [`  begin((${quoted('start')})) --> ${idOf(picture.start)}`] : []),
    ...picture.boxes.map(nodeLine),
    ...picture.arrows.map(arrowLine),
    ...NODE_KINDS.filter((kind) => picture.boxes.some((box) => box.kind === kind)).map(
      (kind) =>
        `  classDef ${className(kind)} fill:${COLOURS[kind][0]},stroke:${COLOURS[kind][1]},color:#1b1f24`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function nodeLine({ id, kind, lines }: Box): string {
  const [open, close] = SHAPES[kind];
  const written = lines.flatMap(({ style, text }) =>
    wrap(style === 'text' ? `“${text}”` : text, {
      widthPx: LINE_WIDTH,
      sizePx: 12,
      ...(style === 'text' ? { maxLines: TEXT_ROWS } : {}),
    }),
  );
  const label = [`${kind}: ${id}`, ...written].map(escapeLabel).join('<br/>');
  return `  ${idOf(id)}${open}"${label}"${close}:::${className(kind)}`;
}

function arrowLine({ from, to, exits }: Arrow): string {
  const isSilence = exits.every((exit) => exit.isSilence);
  const line = isSilence ? '-.->' : '-->';
  return `  ${idOf(from)} ${line}|${quoted(exits.map(({ name }) => name).join(' · '))}| ${idOf(to)}`;
}

/** "end", "graph" and others are Mermaid's words, and its ids know no hyphen everywhere; ours know no underscore. */
function idOf(node: string): string {
  return `node_${node.replaceAll('-', '_')}`;
}

function className(kind: NodeKind): string {
  return `kind_${kind}`;
}

function quoted(text: string): string {
  return `"${escapeLabel(text)}"`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '"': '#quot;',
  '#': '#35;',
  '&': '#amp;',
  '<': '#lt;',
  '>': '#gt;',
  '`': '#96;',
  '\\': '#92;',
};

function escapeLabel(text: string): string {
  return singleLine(text).replace(/["#&<>`\\]/g, (sign) => ENTITIES[sign] ?? sign);
}

function singleLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .trim();
}
