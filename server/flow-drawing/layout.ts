/** Gives boxes and arrows their places; a long flow is folded into columns, so that it can be read on a sheet of A4. */
import { Graph, layout, type Point } from '@dagrejs/dagre';
import { cutIntoColumns, ranksOf } from './columns.ts';

/** Something with a size: a box, the mark of a beginning, or a tag that names a box elsewhere. */
export interface Item {
  id: string;
  width: number;
  height: number;
}

export interface Link {
  from: string;
  to: string;
  /** of its label; 0 × 0 = none */
  width: number;
  height: number;
}

export interface PlacedItem extends Item {
  /** upper left corner */
  x: number;
  y: number;
}

export interface PlacedLink extends Link {
  /** the box it leads to, also when it ends at a tag that names it */
  target: string;
  /** from box to box; the last is the tip of the arrow */
  points: readonly Point[];
  /** middle of its label */
  label: Point;
}

/** `to`: an arrow goes on at a box elsewhere; `from`: arrows arrive here from boxes elsewhere */
export interface Tag {
  direction: 'to' | 'from';
  names: readonly string[];
  /** the column of the boxes it names, from 1; null = this one */
  part: number | null;
}
export type PlacedTag = PlacedItem & Tag;

export interface Column {
  x: number;
  width: number;
  /** ids of the items and tags in it */
  content: ReadonlySet<string>;
}

export interface Layout {
  width: number;
  height: number;
  columns: readonly Column[];
  items: readonly PlacedItem[];
  links: readonly PlacedLink[];
  tags: readonly PlacedTag[];
}

export type TagSize = (tag: Tag) => { width: number; height: number };

/** What can be printed on A4 with margins of 10 mm, in CSS px (96 to the inch). */
const SHEET = { long: 1047, short: 718 } as const;
const COLUMN_GAP = 30;
const MAX_COLUMNS = 4;
/** Arrows over more rows than this are cut, with a tag at either end, where the drawing is else too large. */
const LONGEST_ARROWS = [Infinity, 6, 4, 2] as const;
/** A further column, or cut arrows, must make the print this much larger: each costs the reader a jump. */
const WORTH_A_JUMP = 1.1;

/** `one`: everything on one sheet; `each`: every column on a sheet of its own, under its heading */
export type Sheets = 'one' | 'each';

/** Tries the whole in one piece first, then folded and with long arrows cut, and takes what prints largest. */
export function layOut(
  items: readonly Item[],
  links: readonly Link[],
  tagSize: TagSize,
  sheets: Sheets = 'one',
): Layout {
  const whole = runDagre(items, links);
  const ranks = ranksOf(whole.items);
  const heights = new Map(items.map(({ id, height }) => [id, height]));
  const rowOf = new Map(ranks.flatMap((ids, row) => ids.map((id) => [id, row] as const)));
  const span = ({ from, to }: Link): number => Math.abs((rowOf.get(from) ?? 0) - (rowOf.get(to) ?? 0));
  let best = place(items, links, [ranks.flat()], new Set(), tagSize);
  let bestScale = scaleOf(best, sheets);
  const tried = new Set<string>();
  for (let count = 1; count <= Math.min(MAX_COLUMNS, ranks.length); count += 1) {
    const columns = cutIntoColumns(ranks, links, count, heights);
    for (const longest of LONGEST_ARROWS) {
      if (bestScale >= LARGE_ENOUGH) return best;
      const cut = new Set(links.filter((link) => span(link) > longest));
      const key = `${count} ${cut.size}`;
      if (tried.has(key)) continue;
      tried.add(key);
      const next = place(items, links, columns, cut, tagSize);
      const scale = scaleOf(next, sheets);
      if (scale <= bestScale * WORTH_A_JUMP) continue;
      best = next;
      bestScale = scale;
    }
  }
  return sheets === 'one' ? best : splitSheets(best, items, links, tagSize);
}

/** 11 px on the screen become 5.5 pt on paper: smaller is not read. */
const SMALLEST = 0.67;
const MAX_SHEETS = 16;

/** A part that would be printed too small, mostly a question with many ways out side by side, goes on sheets of its own. */
function splitSheets(
  folded: Layout,
  items: readonly Item[],
  links: readonly Link[],
  tagSize: TagSize,
): Layout {
  let layout = folded;
  while (layout.columns.length < MAX_SHEETS) {
    const parts = layout.columns.map((column) => layout.items.filter(({ id }) => column.content.has(id)));
    const smallest = layout.columns
      .map((column, part) => ({ part, scale: printScale(column.width, layout.height + SHEET_HEAD) }))
      .filter(({ part, scale }) => scale < SMALLEST && (parts[part]?.length ?? 0) > 1)
      .sort((a, b) => a.scale - b.scale)[0];
    if (smallest === undefined) break;
    const columns = parts.flatMap((part, index) =>
      (index === smallest.part ? halves(part) : [part]).map((half) => half.map(({ id }) => id)),
    );
    layout = place(items, links, columns, new Set(), tagSize);
  }
  return layout;
}

/** Left and right of the middle where it is wide, above and below where it is high. */
function halves(part: readonly PlacedItem[]): readonly (readonly PlacedItem[])[] {
  const wide = Math.max(...part.map(({ x, width }) => x + width)) - Math.min(...part.map(({ x }) => x));
  const high = Math.max(...part.map(({ y, height }) => y + height)) - Math.min(...part.map(({ y }) => y));
  const middle = ({ x, y, width, height }: PlacedItem): number =>
    wide > high ? x + width / 2 : y + height / 2;
  const sorted = [...part].sort((a, b) => middle(a) - middle(b));
  const half = Math.ceil(sorted.length / 2);
  return [sorted.slice(0, half), sorted.slice(half)];
}

/** 12 px on the screen become 7 pt on paper: larger is not needed. */
const LARGE_ENOUGH = 0.78;
/** Title and notes over a drawing. */
const SHEET_HEAD = 90;

/** How large it comes out on paper; of several sheets the smallest. */
function scaleOf({ width, height, columns }: Layout, sheets: Sheets): number {
  const widest = sheets === 'one' ? width : Math.max(...columns.map((column) => column.width));
  return Math.min(LARGE_ENOUGH, printScale(widest, height + SHEET_HEAD));
}

/** A sheet may lie upright or across. */
function printScale(width: number, height: number): number {
  const upright = Math.min(SHEET.short / width, SHEET.long / height);
  const across = Math.min(SHEET.long / width, SHEET.short / height);
  return Math.max(upright, across);
}

function place(
  items: readonly Item[],
  links: readonly Link[],
  columns: readonly (readonly string[])[],
  cut: ReadonlySet<Link>,
  tagSize: TagSize,
): Layout {
  const partOf = new Map(columns.flatMap((ids, part) => ids.map((id) => [id, part] as const)));
  const isCut = (link: Link): boolean => partOf.get(link.from) !== partOf.get(link.to) || cut.has(link);
  const placed: PlacedItem[] = [];
  const placedLinks: PlacedLink[] = [];
  const tags: PlacedTag[] = [];
  const places: Column[] = [];
  let x = 0;
  let height = 0;
  columns.forEach((ids, part) => {
    const here = ids.flatMap((id) => items.filter((item) => item.id === id));
    const inside = links.filter((link) => partOf.get(link.from) === part && !isCut(link));
    const drafts = draftTags(ids, links.filter(isCut), partOf, part, tagSize);
    const done = runDagre(
      [...here, ...drafts.map(({ item }) => item)],
      [...inside, ...drafts.map(({ link }) => link)],
    );
    for (const item of done.items) {
      const moved = { ...item, x: item.x + x };
      const draft = drafts.find((one) => one.item.id === item.id);
      if (draft === undefined) placed.push(moved);
      else tags.push({ ...draft.tag, ...moved });
    }
    for (const { points, label, ...link } of done.links) {
      const draft = drafts.find((one) => one.link.from === link.from && one.link.to === link.to);
      placedLinks.push({
        ...link,
        target: draft?.tag.direction === 'to' ? (draft.tag.names[0] ?? link.to) : link.to,
        points: points.map((point) => ({ ...point, x: point.x + x })),
        label: { ...label, x: label.x + x },
      });
    }
    places.push({ x, width: done.width, content: new Set(done.items.map(({ id }) => id)) });
    height = Math.max(height, done.height);
    x += done.width + COLUMN_GAP;
  });
  return { width: x - COLUMN_GAP, height, columns: places, items: placed, links: placedLinks, tags };
}

interface TagDraft {
  tag: Tag;
  item: Item;
  /** between the tag and its box */
  link: Link;
}

/** The ends of the arrows that are cut: one tag where each leaves, and one, for each column they come from, where they arrive. */
function draftTags(
  ids: readonly string[],
  cut: readonly Link[],
  partOf: ReadonlyMap<string, number>,
  part: number,
  tagSize: TagSize,
): readonly TagDraft[] {
  const partNamed = (id: string): number | null => {
    const other = partOf.get(id) ?? 0;
    return other === part ? null : other + 1;
  };
  const draft = (id: string, tag: Tag, ends: (id: string) => Link): TagDraft => ({
    tag,
    item: { id, ...tagSize(tag) },
    link: ends(id),
  });
  const leaving = cut
    .filter(({ from }) => ids.includes(from))
    .map((link) =>
      draft(
        `${link.from} to ${link.to}`,
        { direction: 'to', names: [link.to], part: partNamed(link.to) },
        (id) => ({ ...link, to: id }),
      ),
    );
  const arriving = ids.flatMap((to) => {
    const sources = cut.filter((link) => link.to === to).map(({ from }) => from);
    return [...new Set(sources.map(partNamed))].map((other) =>
      draft(
        `${to} from ${other ?? 'here'}`,
        { direction: 'from', names: sources.filter((from) => partNamed(from) === other), part: other },
        (id) => ({ from: id, to, width: 0, height: 0 }),
      ),
    );
  });
  return [...leaving, ...arriving];
}

interface Placed {
  width: number;
  height: number;
  items: readonly PlacedItem[];
  links: readonly Omit<PlacedLink, 'target'>[];
}

function runDagre(items: readonly Item[], links: readonly Link[]): Placed {
  const graph = new Graph({ directed: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 16, edgesep: 10, ranksep: 22, marginx: 2, marginy: 2 });
  for (const { id, width, height } of items) graph.setNode(id, { width, height });
  for (const { from, to, width, height } of links) graph.setEdge(from, to, { width, height, labelpos: 'c' });
  layout(graph);
  const size = graph.graph();
  const placed = new Map(
    items.map((item) => {
      const { x = 0, y = 0 } = graph.node(item.id);
      return [item.id, { ...item, x: x - item.width / 2, y: y - item.height / 2 }];
    }),
  );
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    items: [...placed.values()],
    links: links.map((link) => {
      const { points = [], x, y } = graph.edge(link.from, link.to);
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      const label = { x: x ?? middle.x, y: y ?? middle.y };
      const own = placed.get(link.from);
      if (link.from !== link.to || own === undefined) return { ...link, points, label };
      return { ...link, ...loop(own, link) };
    }),
  };
}

/** Back to the same box. dagre keeps room for it at the right, but its points lie elsewhere. */
function loop({ x, y, width, height }: PlacedItem, link: Link): { points: readonly Point[]; label: Point } {
  const right = x + width;
  const middle = y + height / 2;
  const far = right + 16 + link.width / 2;
  return {
    points: [
      { x: right, y: middle - 9 },
      { x: far, y: middle - 22 },
      { x: far, y: middle + 22 },
      { x: right, y: middle + 9 },
    ],
    label: { x: far, y: middle },
  };
}
