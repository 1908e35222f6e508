/** A linear classifier of short texts: texts and labels in, a model that names the likeliest labels and the words that decided out. */
import { joinWords, type TextFeatures, visitFeatures } from './features.ts';
import { marginsInto, trainSeparators } from './separate.ts';
import type { Normalised, Span } from './text.ts';

export interface Sample {
  features: TextFeatures;
  /** null = belongs to none of the labels: speaks against all */
  label: string | null;
}

export interface LinearModel {
  /** in the order of their first sample */
  readonly labels: readonly string[];
  /** features known, open addressing: `keys[place]` holds the feature, `columns[place]` its row of weights plus one, 0 = free */
  readonly keys: Int32Array;
  readonly columns: Int32Array;
  /** one row per feature, one number per label; the last row is the bias */
  readonly weights: Float32Array;
  readonly features: number;
}

export interface TrainOptions {
  /** how much a misplaced sample costs; larger follows the samples more closely. Balanced by label besides. */
  cost?: number;
  /** passes over the samples at most */
  passes?: number;
}

/** Margin of one label: above 0 speaks for it, the larger the surer. Not a probability: see `calibrate.ts`. */
export interface Scored {
  label: string;
  margin: number;
}

/** One feature that decided, with the place in the original text it was read from. */
export interface Influence extends Span {
  /** words or letters as the model sees them: folded */
  feature: string;
  /** its share of the margin: positive speaks for the label */
  weight: number;
}

/**
 * Trains one separator per label against all others. The same samples in the same order give the same model.
 * @throws RangeError when there are fewer than two labels
 */
export function trainLinear(samples: readonly Sample[], options: TrainOptions = {}): LinearModel {
  const labels = [...new Set(samples.map(({ label }) => label).filter((label) => label !== null))];
  if (labels.length < 2) throw new RangeError('a classifier needs samples of at least two labels');
  const table = indexFeatures(samples);
  const rows = samples.map(({ features }) => rowOf(table, features));
  const targets = samples.map(({ label }) => (label === null ? -1 : labels.indexOf(label)));
  const weights = trainSeparators(rows, targets, {
    labels: labels.length,
    columns: table.features + 1,
    cost: options.cost ?? 1,
    passes: options.passes ?? 8,
  });
  return { labels, ...table, weights };
}

/** Margins of all labels in the order of `model.labels`. */
export function marginsOf(model: LinearModel, features: TextFeatures): Float64Array {
  const margins = new Float64Array(model.labels.length);
  marginsInto(margins, rowOf(model, features), model.weights, model.labels.length);
  return margins;
}

/** Share of a text's features that some sample had, 0–1: what is hardly known cannot be judged, whatever the margins say. */
export function knownShare(model: LinearModel, features: TextFeatures): number {
  const all = features.views[0].length + features.views[1].length;
  // the last column is what every text has
  return all === 0 ? 0 : (rowOf(model, features).columns.length - 1) / all;
}

/** All labels, the likeliest first; equal margins keep the order of training. */
export function rankLabels(model: LinearModel, features: TextFeatures): readonly Scored[] {
  const margins = marginsOf(model, features);
  return model.labels
    .map((label, at) => ({ label, margin: margins[at] ?? 0 }))
    .sort((a, b) => b.margin - a.margin);
}

/** The features that speak most for (or against) a label, strongest first. */
export function explainLinear(
  model: LinearModel,
  text: Normalised,
  label: string,
  most = 5,
): readonly Influence[] {
  const at = model.labels.indexOf(label);
  if (at < 0) return [];
  const { joined, starts } = joinWords(text.tokens);
  const sums = new Map<string, Influence>();
  const known: [Set<number>, Set<number>] = [new Set(), new Set()];
  visitFeatures(text.tokens, (view, hash) => known[view].add(hash));
  const seen: [Set<number>, Set<number>] = [new Set(), new Set()];
  visitFeatures(text.tokens, (view, hash, from, to) => {
    if (seen[view].has(hash)) return;
    seen[view].add(hash);
    const column = columnOf(model, hash);
    if (column < 0) return;
    const weight = (model.weights[column * model.labels.length + at] ?? 0) / Math.sqrt(known[view].size);
    const feature = joined.slice(Math.max(0, from), to);
    const before = sums.get(feature);
    if (before !== undefined) before.weight += weight;
    else sums.set(feature, { feature, weight, ...spanOf(text, starts, from, to) });
  });
  return [...sums.values()].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, most);
}

/** Bytes of the numbers a model holds. */
export function modelBytes(model: LinearModel): number {
  return model.keys.byteLength + model.columns.byteLength + model.weights.byteLength;
}

/** Offsets in the joined words → the words of the original they touch. */
function spanOf(text: Normalised, starts: readonly number[], from: number, to: number): Span {
  const last = starts.findLastIndex((start) => start < to);
  const first = starts.findLastIndex((start) => start <= Math.max(0, from));
  return { start: text.tokens[first]?.start ?? 0, end: text.tokens[last]?.end ?? 0 };
}

type Table = Pick<LinearModel, 'keys' | 'columns' | 'features'>;

function indexFeatures(samples: readonly Sample[]): Table {
  const seen = new Set<number>();
  for (const { features } of samples)
    for (const view of features.views) for (const hash of view) seen.add(hash);
  let size = 64;
  while (size < seen.size * 2) size *= 2;
  const table = { keys: new Int32Array(size), columns: new Int32Array(size), features: seen.size };
  [...seen].forEach((hash, column) => put(table, hash, column));
  return table;
}

function put(table: Table, hash: number, column: number): void {
  const mask = table.keys.length - 1;
  let at = scatter(hash) & mask;
  while ((table.columns[at] ?? 0) !== 0) at = (at + 1) & mask;
  table.keys[at] = hash;
  table.columns[at] = column + 1;
}

/** @returns the feature's row, -1 when it was never seen in training */
function columnOf(table: Table, hash: number): number {
  const { keys, columns } = table;
  const mask = keys.length - 1;
  let at = scatter(hash) & mask;
  for (let column = columns[at] ?? 0; column !== 0; column = columns[at] ?? 0) {
    if (keys[at] === hash) return column - 1;
    at = (at + 1) & mask;
  }
  return -1;
}

function scatter(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

export interface Row {
  columns: Int32Array;
  values: Float64Array;
}

/** Known features of a text with their values; unknown ones count for the length, so that strange texts score low. */
function rowOf(table: Table, features: TextFeatures): Row {
  const most = features.views[0].length + features.views[1].length + 1;
  const columns = new Int32Array(most);
  const values = new Float64Array(most);
  let count = 0;
  for (const view of features.views) {
    const value = 1 / Math.sqrt(Math.max(1, view.length));
    for (const hash of view) {
      const column = columnOf(table, hash);
      if (column < 0) continue;
      columns[count] = column;
      values[count] = value;
      count += 1;
    }
  }
  columns[count] = table.features;
  values[count] = 1;
  count += 1;
  return { columns: columns.subarray(0, count), values: values.subarray(0, count) };
}
