/** A small linear model: how much a text reads like dangerous examples. It backs up the warning signs of an offer, it never decides alone. */

export interface Likeness {
  readonly weights: ReadonlyMap<string, number>;
  readonly bias: number;
}

export interface Example {
  features: readonly string[];
  isUrgent: boolean;
}

const EPOCHS = 24;
const FIRST_STEP = 0.6;
const SHRINK = 0.0006;

/** Features of a text: its words and word pairs without diacritics, and the ideas found in it. */
export function featuresOf(words: readonly string[], concepts: Iterable<string>): string[] {
  const features = new Set<string>();
  words.forEach((word, at) => {
    const plain = /^\d/.test(word) ? '#' : word;
    const before = words[at - 1] ?? '^';
    features.add(plain);
    features.add(`${/^\d/.test(before) ? '#' : before} ${plain}`);
    const twoBack = words[at - 2];
    if (twoBack !== undefined) features.add(`${twoBack} .. ${plain}`);
  });
  for (const concept of concepts) features.add(`@${concept}`);
  return [...features];
}

/** Logistic regression by gradient steps in a fixed order: the same examples give the same model. */
export function trainLikeness(examples: readonly Example[]): Likeness {
  const index = new Map<string, number>();
  const rows = examples.map((example) => ({
    target: example.isUrgent ? 1 : 0,
    scale: 1 / Math.sqrt(example.features.length + 1),
    columns: Int32Array.from(example.features, (feature) => {
      const known = index.get(feature) ?? index.size;
      index.set(feature, known);
      return known;
    }),
  }));
  const weights = new Float64Array(index.size);
  let bias = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const step = FIRST_STEP / (1 + epoch / 4);
    for (const { target, scale, columns } of rows) {
      let total = 0;
      for (const column of columns) total += weights[column] ?? 0;
      const error = target - probability(total * scale + bias);
      bias += step * error * 0.1;
      for (const column of columns) {
        const weight = weights[column] ?? 0;
        weights[column] = weight + step * (error * scale - SHRINK * weight);
      }
    }
  }
  return { weights: new Map([...index].map(([feature, column]) => [feature, weights[column] ?? 0])), bias };
}

/** Without examples nothing is confirmed and nothing doubted. */
const UNDECIDED = 0.45;

/** 0 (harmless) to 1 (urgent). */
export function scoreLikeness(model: Likeness, features: readonly string[]): number {
  if (features.length === 0 || model.weights.size === 0) return UNDECIDED;
  return probability(sum(model.weights, features) / Math.sqrt(features.length + 1) + model.bias);
}

const probability = (margin: number) => 1 / (1 + Math.exp(-margin));

function sum(weights: ReadonlyMap<string, number>, features: readonly string[]): number {
  let total = 0;
  for (const feature of features) total += weights.get(feature) ?? 0;
  return total;
}
