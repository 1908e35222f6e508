/** Folds a long flow: which rows of a drawing stand in which column. */
import type { Link, PlacedItem } from './layout.ts';

/** Ids by row, from above; a row is what was put at one height. */
export function ranksOf(items: readonly PlacedItem[]): readonly (readonly string[])[] {
  const rows = new Map<number, string[]>();
  for (const { id, y, height } of items) {
    const middle = Math.round(y + height / 2);
    rows.set(middle, [...(rows.get(middle) ?? []), id]);
  }
  return [...rows].sort(([a], [b]) => a - b).map(([, ids]) => ids);
}

/** Between two rows, with a label in px; and how much height it is worth not to cut an arrow. */
const ROW_GAP = 40;
const WORTH_OF_AN_ARROW = 14;

interface Cut {
  cost: number;
  cuts: readonly number[];
}

/** Cuts the rows into `count` columns of about one height, with few arrows from column to column. */
export function cutIntoColumns(
  ranks: readonly (readonly string[])[],
  links: readonly Link[],
  count: number,
  heights: ReadonlyMap<string, number>,
): readonly (readonly string[])[] {
  const rowHeights = ranks.map((ids) => Math.max(...ids.map((id) => heights.get(id) ?? 0)) + ROW_GAP);
  const crossings = crossingsAt(ranks, links);
  const heightOf = (from: number, to: number): number =>
    rowHeights.slice(from, to).reduce((sum, height) => sum + height, 0);
  // best[row]: the cheapest way to put the rows before `row` into as many columns as there are cuts so far
  let best: readonly Cut[] = ranks.map((_, index) => ({ cost: heightOf(0, index + 1), cuts: [] }));
  for (let columns = 2; columns <= count; columns += 1) {
    const before = best;
    best = ranks.map((_, last) => {
      let found: Cut = { cost: Infinity, cuts: [] };
      for (let at = 1; at <= last; at += 1) {
        const left = before[at - 1];
        if (left === undefined || left.cuts.length !== columns - 2) continue;
        const cost = Math.max(left.cost, heightOf(at, last + 1)) + (crossings[at] ?? 0) * WORTH_OF_AN_ARROW;
        if (cost < found.cost) found = { cost, cuts: [...left.cuts, at] };
      }
      return found;
    });
  }
  const edges = [0, ...(best.at(-1)?.cuts ?? []), ranks.length];
  return edges.slice(1).map((end, index) => ranks.slice(edges[index], end).flat());
}

/** For each row: how many arrows pass the line above it. */
function crossingsAt(ranks: readonly (readonly string[])[], links: readonly Link[]): readonly number[] {
  const rowOf = new Map(ranks.flatMap((ids, row) => ids.map((id) => [id, row] as const)));
  return ranks.map(
    (_, row) =>
      links.filter(({ from, to }) => {
        const rows = [rowOf.get(from) ?? 0, rowOf.get(to) ?? 0];
        return Math.min(...rows) < row && Math.max(...rows) >= row;
      }).length,
  );
}
