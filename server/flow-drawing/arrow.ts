/** The way from one node to the next: a line with its tip, and the names of the exits that take it. */
import type { Point } from '@dagrejs/dagre';
import type { NodeKind } from '../../bot/index.ts';
import { BOLD, round } from './box.ts';
import type { PlacedItem, PlacedLink } from './layout.ts';
import { escapeXml, widthOf } from './measure.ts';
import type { Arrow, ExitName } from './picture.ts';
import { insetOf } from './shapes.ts';

const ROW_PX = 14;
const SIZE = 11;
/** Exits that share an arrow stand above each other when they are wider than this together. */
const ROW_WIDTH = 120;
/** A line begins this far within its box, under it: some outlines are narrower than the box. */
const UNDER_PX = 14;

type Outlined = PlacedItem & { kind: NodeKind };

export function labelSize({ exits }: Arrow): { width: number; height: number } {
  const rows = rowsOf(exits);
  return { width: Math.ceil(Math.max(...rows.map(widthOfRow)) + 8), height: rows.length * ROW_PX + 2 };
}

function rowsOf(exits: readonly ExitName[]): readonly (readonly ExitName[])[] {
  const rows: ExitName[][] = [];
  for (const exit of exits) {
    const row = rows.at(-1);
    if (row !== undefined && widthOfRow([...row, exit]) <= ROW_WIDTH) row.push(exit);
    else rows.push([exit]);
  }
  return rows;
}

function widthOfRow(row: readonly ExitName[]): number {
  return widthOf(row.map(({ name }) => name).join(' · '), SIZE) * BOLD;
}

/** @param arrow null for the line that comes from the start or from a tag: nothing is written beside it */
export function drawLabel({ label }: PlacedLink, arrow: Arrow | null): string {
  if (arrow === null) return '';
  const rows = rowsOf(arrow.exits);
  return rows
    .map((row, index) => {
      const y = round(label.y + (index - (rows.length - 1) / 2) * ROW_PX + 4);
      const names = row.map(
        ({ name, isReserved }) => `<tspan${isReserved ? ' class="reserved"' : ''}>${escapeXml(name)}</tspan>`,
      );
      return `<text class="exit halo" x="${round(label.x)}" y="${y}" text-anchor="middle">${names.join(' · ')}</text>`;
    })
    .join('');
}

/** Round where it turns; the tip follows its last piece. Boxes are drawn over its beginning. */
export function drawArrow(
  { points }: PlacedLink,
  arrow: Arrow | null,
  from: Outlined | null,
  to: Outlined | null,
): string {
  const first = points[0];
  const before = points.at(-2);
  const end = points.at(-1);
  if (first === undefined || end === undefined || before === undefined) return '';
  const tip = to === null ? end : touch(end, to);
  const begin = from === null ? first : inside(first, from);
  const path = [`M${at(begin)}L${at(first)}`];
  points.slice(1, -1).forEach((corner, index) => {
    const next = points[index + 2] ?? tip;
    const isLast = index === points.length - 3;
    const until = isLast ? tip : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 };
    path.push(`Q${at(corner)} ${at(until)}`);
  });
  if (points.length === 2) path.push(`L${at(tip)}`);
  const angle = round((Math.atan2(tip.y - before.y, tip.x - before.x) * 180) / Math.PI);
  const silent = arrow?.exits.every(({ isSilence }) => isSilence) === true ? ' silence' : '';
  return (
    `<path class="arrow${silent}" d="${path.join('')}"/>` +
    `<path class="tip" transform="translate(${at(tip)}) rotate(${angle})" d="M0 0L-9 4.2V-4.2Z"/>`
  );
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function inside(point: Point, { x, y, width, height }: Outlined): Point {
  const away = { x: x + width / 2 - point.x, y: y + height / 2 - point.y };
  const distance = Math.hypot(away.x, away.y);
  const share = distance === 0 ? 0 : Math.min(1, UNDER_PX / distance);
  return { x: point.x + away.x * share, y: point.y + away.y * share };
}

/** Where a tip at the side of a box meets its outline. */
function touch(point: Point, { x, y, width, height, kind }: Outlined): Point {
  const isLeft = Math.abs(point.x - x) < 1;
  if (!isLeft && Math.abs(point.x - x - width) >= 1) return point;
  const inset = insetOf(kind, isLeft ? 'left' : 'right', { width, height }, point.y - y);
  return { x: isLeft ? point.x + inset : point.x - inset, y: point.y };
}
