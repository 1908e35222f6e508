/** A linear model of how much a text reads like the urgent examples of content/safety. It confirms the rules or makes the bot ask; it never silences them. */
import type { Idea } from './ideas.ts';

export interface Likeness {
  /** feature → weight; sums to a margin: above 0 rather urgent, below 0 rather harmless */
  readonly weights: ReadonlyMap<string, number>;
  readonly bias: number;
}

/** One property of a text and the words it was read from: `from`..`to`, end exclusive. */
export interface Feature {
  name: string;
  value: number;
  from: number;
  to: number;
}

export interface Example {
  features: readonly Feature[];
  isUrgent: boolean;
}

/** Of the length of the whole vector: words say more than ideas, which were made from the same examples. */
const IDEAS_SHARE = 0.25;
/** Weight of one example against the size of the weights. Between 0.2 and 1 nothing changed in cross-validation. */
const COST = 0.5;
/** More passes change no decision on the development messages. */
const PASSES = 10;
/** Any start gives much the same model; a fixed one gives exactly the same. */
const SEED = 12_345;

/**
 * Words, word pairs, pairs with one word in between (all without diacritics), and the ideas found. Each of the two groups has
 * a fixed length, so that long texts do not weigh more than short ones.
 */
export function featuresOf(words: readonly string[], ideas: readonly Idea[]): Feature[] {
  const plain = words.map((word) => (/^\d/.test(word) ? '#' : word));
  const byName = new Map<string, Feature>();
  const add = (name: string, from: number, to: number) => {
    if (!byName.has(name)) byName.set(name, { name, value: 0, from, to });
  };
  plain.forEach((word, at) => {
    add(word, at, at + 1);
    add(`${plain[at - 1] ?? '^'} ${word}`, Math.max(0, at - 1), at + 1);
    if (at >= 2) add(`${plain[at - 2] ?? ''} .. ${word}`, at - 2, at + 1);
  });
  if (plain.length > 0) add(`${plain.at(-1) ?? ''} $`, plain.length - 1, plain.length);
  const ofWords = byName.size;
  for (const { concept, from, to, denied, asked } of ideas)
    add(`@${denied ? 'not ' : asked ? 'whether ' : ''}${concept}`, from, to);
  const ofIdeas = byName.size - ofWords;
  return [...byName.values()].map((feature, at) => ({
    ...feature,
    value: at < ofWords ? 1 / Math.sqrt(ofWords) : IDEAS_SHARE / Math.sqrt(ofIdeas),
  }));
}

/** Linear SVM (squared hinge) by dual coordinate descent in a fixed order: the same examples give the same model. */
export function trainLikeness(examples: readonly Example[]): Likeness {
  const columns = new Map<string, number>();
  const rows = examples.map(({ features, isUrgent }) => ({
    target: isUrgent ? 1 : -1,
    columns: Int32Array.from(features, ({ name }) => {
      const column = columns.get(name) ?? columns.size;
      columns.set(name, column);
      return column;
    }),
    values: Float64Array.from(features, ({ value }) => value),
  }));
  const weights = new Float64Array(columns.size);
  const shares = new Float64Array(rows.length);
  const spread = 1 / (2 * COST);
  let bias = 0;
  for (const at of inMixedOrder(rows.length)) {
    const row = rows[at];
    if (row === undefined) continue;
    const share = shares[at] ?? 0;
    let margin = bias;
    let length = 1 + spread;
    row.columns.forEach((column, place) => {
      const value = row.values[place] ?? 0;
      margin += (weights[column] ?? 0) * value;
      length += value * value;
    });
    const next = Math.max(0, share - (row.target * margin - 1 + share * spread) / length);
    const step = (next - share) * row.target;
    if (step === 0) continue;
    shares[at] = next;
    bias += step;
    row.columns.forEach((column, place) => {
      weights[column] = (weights[column] ?? 0) + step * (row.values[place] ?? 0);
    });
  }
  return {
    weights: new Map([...columns].map(([name, column]) => [name, weights[column] ?? 0])),
    bias,
  };
}

/** The margin: about -1 for the harmless examples, about 1 for the urgent ones, 0 without a model. */
export function scoreLikeness(model: Likeness, features: readonly Feature[]): number {
  if (features.length === 0) return 0;
  return features.reduce((sum, { name, value }) => sum + (model.weights.get(name) ?? 0) * value, model.bias);
}

/** Each pass over all rows in another order, always the same. */
function* inMixedOrder(rows: number): Generator<number> {
  const order = Array.from({ length: rows }, (_, at) => at);
  let state = SEED;
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (let last = rows - 1; last > 0; last -= 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      const other = state % (last + 1);
      [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
    }
    yield* order;
  }
}
