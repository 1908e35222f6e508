/** Writes a flow as a Mermaid flowchart, for pages and tools that draw such text themselves. */
import { type Flow, NODE_KINDS, type NodeKind } from '../../bot/index.ts';
import { wrap } from './measure.ts';
import { type Arrow, type Box, type DrawOptions, pictureOf } from './picture.ts';
import { LIGHT } from './style.ts';

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
    // the colours for paper, with the ink fixed beside them: read on white and on black pages alike
    ...NODE_KINDS.filter((kind) => picture.boxes.some((box) => box.kind === kind)).map(
      (kind) => `  classDef ${className(kind)} fill:${LIGHT[kind][0]},stroke:${LIGHT[kind][1]},color:#1b1f24`,
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
