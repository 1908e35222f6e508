/** Support vector machines for few, wide rows: dual coordinate descent, squared hinge loss, one separator per label. */
import type { Row } from './linear-model.ts';

export interface SeparateOptions {
  labels: number;
  /** highest column plus one; the last is the bias */
  columns: number;
  cost: number;
  passes: number;
}

/** A pass that finds nothing further off than this ends the training: finer steps do not change what is answered. */
const SMALLEST_STEP = 0.1;

/**
 * Minimises |w|²/2 + Σ cost·max(0, 1 − y·w·x)² for each label against the rest, by Hsieh et al., "A dual coordinate descent
 * method for large-scale linear SVM" (2008). The rarer side of a label weighs as much as the other.
 *
 * @param targets the label of each row by its index, -1 = none of them
 * @returns weights by column, then label
 */
export function trainSeparators(
  rows: readonly Row[],
  targets: readonly number[],
  options: SeparateOptions,
): Float32Array {
  const { labels, columns, cost, passes } = options;
  const weights = new Float32Array(columns * labels);
  const alphas = new Float64Array(rows.length * labels);
  const lengths = rows.map(({ values }) => values.reduce((sum, value) => sum + value * value, 0));
  const sizes = countByLabel(targets, labels);
  const softness = (own: number): number => (2 * own) / (2 * cost * rows.length);
  const soft = Array.from(sizes, (size) => ({
    own: softness(size),
    other: softness(rows.length - size),
  }));
  const margins = new Float64Array(labels);
  const order = rows.map((_row, at) => at);
  const next = shuffler();
  for (let pass = 0; pass < passes; pass += 1) {
    let worst = 0;
    for (const sample of next(order)) {
      const row = rows[sample];
      if (row === undefined) continue;
      // all labels at once: the row is read from memory once instead of forty times
      marginsInto(margins, row, weights, labels);
      for (let label = 0; label < labels; label += 1) {
        const isOwn = targets[sample] === label;
        const sign = isOwn ? 1 : -1;
        const give = (isOwn ? soft[label]?.own : soft[label]?.other) ?? 1;
        const at = sample * labels + label;
        const alpha = alphas[at] ?? 0;
        const gradient = sign * (margins[label] ?? 0) - 1 + give * alpha;
        if (alpha === 0 && gradient >= 0) continue;
        worst = Math.max(worst, Math.abs(gradient));
        const moved = Math.max(0, alpha - gradient / ((lengths[sample] ?? 1) + give));
        alphas[at] = moved;
        addTo(weights, row, labels, label, (moved - alpha) * sign);
      }
    }
    if (worst <= SMALLEST_STEP) break;
  }
  return weights;
}

/** Margins of one row for every label. */
export function marginsInto(
  margins: Float64Array,
  { columns, values }: Row,
  weights: Float32Array,
  labels: number,
): void {
  margins.fill(0);
  // four features at a time: half the time of one by one
  let at = 0;
  for (; at + 3 < columns.length; at += 4) {
    const [first, second, third, fourth] = [
      values[at] ?? 0,
      values[at + 1] ?? 0,
      values[at + 2] ?? 0,
      values[at + 3] ?? 0,
    ];
    const one = (columns[at] ?? 0) * labels;
    const two = (columns[at + 1] ?? 0) * labels;
    const three = (columns[at + 2] ?? 0) * labels;
    const four = (columns[at + 3] ?? 0) * labels;
    for (let label = 0; label < labels; label += 1)
      margins[label] =
        (margins[label] ?? 0) +
        first * (weights[one + label] ?? 0) +
        second * (weights[two + label] ?? 0) +
        third * (weights[three + label] ?? 0) +
        fourth * (weights[four + label] ?? 0);
  }
  for (; at < columns.length; at += 1) {
    const value = values[at] ?? 0;
    const start = (columns[at] ?? 0) * labels;
    for (let label = 0; label < labels; label += 1)
      margins[label] = (margins[label] ?? 0) + value * (weights[start + label] ?? 0);
  }
}

function addTo(
  weights: Float32Array,
  { columns, values }: Row,
  labels: number,
  label: number,
  step: number,
): void {
  if (step === 0) return;
  for (let at = 0; at < columns.length; at += 1) {
    const place = (columns[at] ?? 0) * labels + label;
    weights[place] = (weights[place] ?? 0) + step * (values[at] ?? 0);
  }
}

function countByLabel(targets: readonly number[], labels: number): Float64Array {
  const sizes = new Float64Array(labels);
  for (const target of targets) if (target >= 0) sizes[target] = (sizes[target] ?? 0) + 1;
  return sizes;
}

/** Shuffles in place, always the same way: the same samples always give the same weights. */
function shuffler(): (order: number[]) => readonly number[] {
  let state = 0x2545f491;
  return (order) => {
    for (let at = order.length - 1; at > 0; at -= 1) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      const other = (state >>> 8) % (at + 1);
      const kept = order[at] ?? 0;
      order[at] = order[other] ?? 0;
      order[other] = kept;
    }
    return order;
  };
}
