/** One node as it is drawn: how large it is, and its outline, sign, name and lines as SVG. */
import type { NodeKind } from '../../bot/index.ts';
import { escapeXml, widthOf, wrap } from './measure.ts';
import type { Box, BoxLine } from './picture.ts';
import { CLOCK, RING, outlineOf, ROOM, SIGN_PX, SIGNS } from './shapes.ts';

export interface SizedBox extends Box {
  rows: readonly Row[];
  width: number;
  height: number;
}

interface Row {
  style: BoxLine['style'];
  text: string;
  /** the first row of a text or a condition; the others continue it */
  isFirst: boolean;
}

/** How much wider bold type runs. */
export const BOLD = 1.12;

const HEAD_PX = 20;
const ROW_PX = 15;
const PAD_PX = 5;
/** of the clock or the ring before a line */
const SIGN_ROOM = 17;
const MIN_WIDTH = 84;
/** Texts show their first words; what is written in code is shown whole. */
const LINE_WIDTH = { text: 176, code: 206, wait: 176, entry: 176 } as const;
const TEXT_ROWS = 2;

const SIZE = { text: 12, code: 11, wait: 12, entry: 12, id: 13, kind: 11 } as const;

export function sizeBox(box: Box): SizedBox {
  const rows = box.lines.flatMap(rowsOf);
  const { side, below } = ROOM[box.kind];
  const widths = rows.map(
    ({ style, text }) =>
      widthOf(text, SIZE[style], style === 'code') + (style === 'wait' || style === 'entry' ? SIGN_ROOM : 0),
  );
  const width = Math.max(MIN_WIDTH, headWidth(box), ...widths) + 2 * side;
  const height = PAD_PX + HEAD_PX + rows.length * ROW_PX + PAD_PX + below;
  return { ...box, rows, width: Math.ceil(width), height: Math.ceil(height) };
}

function rowsOf({ style, text }: BoxLine): readonly Row[] {
  const lines = wrap(text, {
    widthPx: LINE_WIDTH[style],
    sizePx: SIZE[style],
    isMono: style === 'code',
    ...(style === 'text' ? { maxLines: TEXT_ROWS } : {}),
  });
  const quoted = style === 'text' ? quote(lines) : lines;
  return quoted.map((line, index) => ({ style, text: line, isFirst: index === 0 }));
}

function quote(lines: readonly string[]): readonly string[] {
  return lines.map(
    (line, index) => `${index === 0 ? '“' : ''}${line}${index === lines.length - 1 ? '”' : ''}`,
  );
}

function headWidth({ id, kind }: Box): number {
  return SIGN_PX + 6 + (widthOf(id, SIZE.id) + widthOf(kind, SIZE.kind)) * BOLD + 10;
}

/** @param at its upper left corner */
export function drawBox(box: SizedBox, at: { x: number; y: number }): string {
  const { id, kind, rows, width } = box;
  const { side } = ROOM[kind];
  const top = PAD_PX + (kind === 'subflow' ? 2 : 0);
  const head = [
    `<path class="sign" transform="translate(${side} ${top + 2})" d="${SIGNS[kind]}"/>`,
    `<text class="id" x="${side + SIGN_PX + 6}" y="${top + 14}">${escapeXml(id)}</text>`,
    `<text class="kind" x="${width - side}" y="${top + 14}" text-anchor="end">${kind}</text>`,
  ];
  const lines = rows.map((row, index) => drawRow(row, side, top + HEAD_PX + index * ROW_PX + 11));
  return (
    `<g class="${kind satisfies NodeKind}" transform="translate(${round(at.x)} ${round(at.y)})">` +
    `<path class="outline" d="${outlineOf(kind, box)}"/>${[...head, ...lines].join('')}</g>`
  );
}

function drawRow({ style, text, isFirst }: Row, x: number, y: number): string {
  if (style === 'code')
    return `<text class="code" x="${isFirst ? x : x + 8}" y="${y}">${escapeXml(text)}</text>`;
  if (style === 'text') return `<text class="words" x="${x}" y="${y}">${escapeXml(text)}</text>`;
  return (
    `<path class="sign" transform="translate(${x} ${y - 11})" d="${style === 'wait' ? CLOCK : RING}"/>` +
    `<text class="words" x="${x + SIGN_ROOM}" y="${y}">${escapeXml(text)}</text>`
  );
}

/** Half a hundredth of a pixel is not seen, and short numbers make a difference that can be read. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
