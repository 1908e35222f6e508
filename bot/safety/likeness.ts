/** A linear model of how much a text reads like the urgent examples of content/safety. It confirms the rules or makes the bot ask; it never silences them. */
import type { Token } from '../understand/text.ts';
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
/** Of the length of the whole vector: what the diacritics add to the folded words ("bán" is no "bạn"). */
const SPELT_SHARE = 0.4;
/** A property of a single example says nothing about the next text; without those the model is a quarter as large. */
const LEAST_EXAMPLES = 2;
/** Every so many examples with diacritics are learned without them too, so that people who leave them out are read as well. */
const BARE_EVERY = 2;
/** How the name of a word with its diacritics begins. */
const SPELT = '=';
/** Weight of one example against the size of the weights. Between 0.2 and 1 nothing changed in cross-validation. */
const COST = 0.5;
/** More passes change no decision on the development messages. */
const PASSES = 10;
/** Any start gives much the same model; a fixed one gives exactly the same. */
const SEED = 12_345;

/**
 * Words, word pairs, pairs with one word in between (all without diacritics), the words that have diacritics, and the ideas
 * found. Each of the three groups has a fixed length, so that long texts do not weigh more than short ones.
 */
export function featuresOf(
  words: readonly Pick<Token, 'text' | 'folded'>[],
  ideas: readonly Idea[],
): Feature[] {
  const plain = words.map(({ folded }) => (/^\d/.test(folded) ? '#' : folded));
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
  words.forEach(({ text, folded }, at) => {
    if (text !== folded) add(SPELT + text, at, at + 1);
  });
  const ofSpelt = byName.size - ofWords;
  for (const { concept, from, to, denied, asked } of ideas)
    add(`@${denied ? 'not ' : asked ? 'whether ' : ''}${concept}`, from, to);
  const ofIdeas = byName.size - ofWords - ofSpelt;
  const features = [...byName.values()];
  features.forEach((feature, at) => {
    if (at < ofWords) feature.value = 1 / Math.sqrt(ofWords);
    else if (at < ofWords + ofSpelt) feature.value = SPELT_SHARE / Math.sqrt(ofSpelt);
    else feature.value = IDEAS_SHARE / Math.sqrt(ofIdeas);
  });
  return features;
}

/** Linear SVM (squared hinge) by dual coordinate descent in a fixed order: the same examples give the same model. */
export function trainLikeness(examples: readonly Example[]): Likeness {
  const columns = columnsOf(examples);
  const rows = rowsOf(examples, columns);
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
    // plain loops: this runs fifty thousand times at every start
    for (let place = 0; place < row.columns.length; place += 1) {
      const value = row.values[place] ?? 0;
      margin += (weights[row.columns[place] ?? 0] ?? 0) * value;
      length += value * value;
    }
    const next = Math.max(0, share - (row.target * margin - 1 + share * spread) / length);
    const step = (next - share) * row.target;
    if (step === 0) continue;
    shares[at] = next;
    bias += step;
    for (let place = 0; place < row.columns.length; place += 1) {
      const column = row.columns[place] ?? 0;
      weights[column] = (weights[column] ?? 0) + step * (row.values[place] ?? 0);
    }
  }
  return {
    weights: new Map([...columns].map(([name, column]) => [name, weights[column] ?? 0])),
    bias,
  };
}

/** The properties that are learned, numbered. */
function columnsOf(examples: readonly Example[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { features } of examples)
    for (const { name } of features) counts.set(name, (counts.get(name) ?? 0) + 1);
  const columns = new Map<string, number>();
  for (const [name, count] of counts) if (count >= LEAST_EXAMPLES) columns.set(name, columns.size);
  return columns;
}

interface Row {
  target: 1 | -1;
  columns: Int32Array;
  values: Float64Array;
}

function rowsOf(examples: readonly Example[], columns: ReadonlyMap<string, number>): readonly Row[] {
  const toRow = (features: readonly Feature[], isUrgent: boolean): Row => {
    const known = features.filter(({ name }) => columns.has(name));
    return {
      target: isUrgent ? 1 : -1,
      columns: Int32Array.from(known, ({ name }) => columns.get(name) ?? 0),
      values: Float64Array.from(known, ({ value }) => value),
    };
  };
  const isSpelt = ({ name }: Feature) => name.startsWith(SPELT);
  return [
    ...examples.map(({ features, isUrgent }) => toRow(features, isUrgent)),
    ...examples
      .filter(({ features }) => features.some(isSpelt))
      .filter((_, at) => at % BARE_EVERY === 0)
      .map(({ features, isUrgent }) =>
        toRow(
          features.filter((feature) => !isSpelt(feature)),
          isUrgent,
        ),
      ),
  ];
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
