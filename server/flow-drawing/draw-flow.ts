/** Draws a flow as one SVG file that stands alone: no script, no font or address from outside, readable in print and aloud. */
import type { Flow, NodeKind } from '../../bot/index.ts';
import { drawArrow, drawLabel, labelSize } from './arrow.ts';
import { BOLD, drawBox, round, sizeBox } from './box.ts';
import { type Layout, layOut, type PlacedItem, type PlacedTag, type Sheets, type Tag } from './layout.ts';
import { escapeXml, widthOf, wrap } from './measure.ts';
import { type Arrow, type DrawOptions, type Picture, pictureOf } from './picture.ts';
import { styleSheet } from './style.ts';

const MARGIN = 18;
const TITLE_PX = 26;
const NOTE_PX = 17;
const MIN_NOTE_WIDTH = 420;
const MARK = { width: 66, height: 18 } as const;
const TAG_HEIGHT = 20;
const PART_PX = 20;

/** @returns the same text for the same flow and options, always */
export function drawFlow(flow: Flow, options: DrawOptions): string {
  const { picture, place, body } = compose(flow, options, 'one');
  return svgOf(picture, place, body, 0, place.width, '');
}

/** @returns one SVG for each A4 sheet, upright or across, in reading size; arrows from sheet to sheet end at tags */
export function drawSheets(flow: Flow, options: DrawOptions): readonly string[] {
  const { picture, place, body } = compose(flow, options, 'each');
  if (place.columns.length === 1) return [svgOf(picture, place, body, 0, place.width, '')];
  return place.columns.map(({ x, width, content }, index) => {
    const inside = body.filter(({ id }) => content.has(id));
    return svgOf(picture, place, inside, x, width, `, part ${index + 1} of ${place.columns.length}`);
  });
}

/** A piece of the drawing, and the box or tag it belongs to. */
interface Piece {
  id: string;
  svg: string;
}

function compose(
  flow: Flow,
  options: DrawOptions,
  sheets: Sheets,
): { picture: Picture; place: Layout; body: readonly Piece[] } {
  const picture = pictureOf(flow, options);
  const boxes = new Map(picture.boxes.map((box) => [box.id, sizeBox(box)]));
  const hasStart = boxes.has(picture.start);
  const place = layOut(
    [...(hasStart ? [{ id: START, ...MARK }] : []), ...boxes.values()],
    [
      ...(hasStart ? [{ from: START, to: picture.start, width: 0, height: 0 }] : []),
      ...picture.arrows.map((arrow) => ({ from: arrow.from, to: arrow.to, ...labelSize(arrow) })),
    ],
    tagSize,
    sheets,
  );
  const arrows = new Map(picture.arrows.map((arrow) => [`${arrow.from} ${arrow.to}`, arrow]));
  const arrowOf = ({ from, target }: { from: string; target: string }): Arrow | null =>
    arrows.get(`${from} ${target}`) ?? null;
  const items = new Map(place.items.map((item) => [item.id, item]));
  const outlined = (id: string): (PlacedItem & { kind: NodeKind }) | null => {
    const item = items.get(id);
    const box = boxes.get(id);
    return item === undefined || box === undefined ? null : { ...item, kind: box.kind };
  };
  const body = [
    ...place.links.map((link) => ({
      id: link.from,
      svg: drawArrow(link, arrowOf(link), outlined(link.from), outlined(link.to)),
    })),
    ...place.items.map((item) => {
      const box = boxes.get(item.id);
      return { id: item.id, svg: box === undefined ? drawStart(item) : drawBox(box, item) };
    }),
    ...place.tags.map((tag) => ({ id: tag.id, svg: drawTag(tag) })),
    // labels last: nothing may cross them
    ...place.links.map((link) => ({ id: link.from, svg: drawLabel(link, arrowOf(link)) })),
  ];
  return { picture, place, body };
}

function svgOf(
  picture: Picture,
  place: Layout,
  body: readonly Piece[],
  left: number,
  across: number,
  part: string,
): string {
  const head = headOf(picture, `${picture.title}${part}`, across);
  const isWhole = part === '';
  const folds = isWhole ? drawFolds(place) : [];
  const top = head.height + (folds.length > 0 ? PART_PX : 0);
  const width = Math.ceil(Math.max(across, head.width) + 2 * MARGIN);
  const height = Math.ceil(place.height + top + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="flow-drawing" role="img" aria-labelledby="flow-title flow-desc" ` +
      `lang="en" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title id="flow-title">${escapeXml(`${picture.title}${part}`)}</title>`,
    `<desc id="flow-desc">${escapeXml(picture.description)}</desc>`,
    `<style>\n${styleSheet(width > height)}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">${head.svg}</g>`,
    `<g transform="translate(${round(MARGIN - left)} ${MARGIN + top})">`,
    ...folds,
    ...body.map(({ svg }) => svg).filter((svg) => svg !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** No node is called like this: node ids have no spaces. */
const START = 'the start';

function headOf(
  picture: Picture,
  title: string,
  across: number,
): { svg: string; width: number; height: number } {
  const widthPx = Math.max(across, MIN_NOTE_WIDTH);
  const notes = picture.notes.flatMap((note) => wrap(note, { widthPx, sizePx: 12 }));
  const width = Math.max(widthOf(title, 18) * BOLD, ...notes.map((note) => widthOf(note, 12)));
  const lines = notes.map(
    (note, index) =>
      `<text class="note" x="0" y="${TITLE_PX + index * NOTE_PX + 10}">${escapeXml(note)}</text>`,
  );
  return {
    svg: `<text class="title" x="0" y="16">${escapeXml(title)}</text>${lines.join('')}`,
    width,
    height: TITLE_PX + notes.length * NOTE_PX + 12,
  };
}

function drawStart({ x, y, height }: PlacedItem): string {
  const middle = round(y + height / 2);
  const left = round(x + 8);
  return (
    `<circle class="dot" cx="${left}" cy="${middle}" r="6"/>` +
    `<text class="kind" x="${round(left + 11)}" y="${round(middle + 4)}">start</text>`
  );
}

const TAG_SIZE = 11;

function tagSize(tag: Tag): { width: number; height: number } {
  return { width: Math.ceil(widthOf(tagText(tag), TAG_SIZE) * BOLD + 18), height: TAG_HEIGHT };
}

function tagText({ direction, names, part }: Tag): string {
  return `${direction} ${names.join(', ')}${part === null ? '' : ` (part ${part})`}`;
}

function drawTag(tag: PlacedTag): string {
  const { x, y, width, height } = tag;
  return (
    `<rect class="tag" x="${round(x)}" y="${round(y)}" width="${width}" height="${height}" rx="${height / 2}"/>` +
    `<text class="exit" x="${round(x + width / 2)}" y="${round(y + height / 2 + 4)}" text-anchor="middle">` +
    `${escapeXml(tagText(tag))}</text>`
  );
}

function drawFolds({ columns, height }: Layout): readonly string[] {
  if (columns.length < 2) return [];
  return columns.map(({ x, width }, index) => {
    const fold = index === 0 ? '' : `<path class="fold" d="M${round(x - 15)} -14V${round(height)}"/>`;
    return `${fold}<text class="part" x="${round(x + width / 2)}" y="-8" text-anchor="middle">part ${index + 1}</text>`;
  });
}
