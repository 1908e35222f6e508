/** Turns margins into how often the model is right, measured on samples it had not seen, and finds where to trust it. */
import { rankLabels, type Sample, type Scored, trainLinear, type TrainOptions } from './linear-model.ts';

export interface Calibration {
  /** share of right answers = 1 / (1 + exp(−(offset + margin·top + gap·distance to the next))) */
  offset: number;
  margin: number;
  gap: number;
  /** from this share on the first label is taken */
  answer: number;
  /** from this share on the first three are worth showing; below, nothing was understood */
  suggest: number;
}

/** What a model said about a sample it was not trained on. */
export interface Unseen {
  label: string | null;
  ranked: readonly Scored[];
}

export interface Targets {
  /** share of right ones among what is answered */
  answerPrecision: number;
  /** share of lists of three that hold the right one, among what is suggested */
  suggestRecall: number;
}

/** A third is left out in turn. More parts would know a little more and take longer at start. */
const PARTS = 3;

/** Every sample judged by a model trained on the other parts. */
export function judgeUnseen(samples: readonly Sample[], options: TrainOptions = {}): readonly Unseen[] {
  const judged: Unseen[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    const model = trainLinear(
      samples.filter((_sample, at) => at % PARTS !== part),
      options,
    );
    samples.forEach(({ label, features }, at) => {
      if (at % PARTS === part) judged.push({ label, ranked: rankLabels(model, features).slice(0, 3) });
    });
  }
  return judged;
}

/** @returns bands that keep the targets on what was judged; with too little to go by nothing is answered or suggested */
export function calibrate(judged: readonly Unseen[], targets: Targets): Calibration {
  const rows = judged.map(({ label, ranked }) => {
    const [first, second] = ranked;
    const top = first?.margin ?? 0;
    return {
      x: [1, top, top - (second?.margin ?? top)] as const,
      right: label !== null && first?.label === label,
      among: label !== null && ranked.some((one) => one.label === label),
    };
  });
  const [offset, margin, gap] = fitLogistic(rows);
  const scored = rows
    .map(({ x, right, among }) => ({ right, among, share: logistic(offset + margin * x[1] + gap * x[2]) }))
    .sort((a, b) => b.share - a.share);
  const answer = lowestShare(scored, ({ right }) => right, targets.answerPrecision);
  const below = scored.filter(({ share }) => share < answer);
  return {
    offset,
    margin,
    gap,
    answer,
    suggest: Math.min(
      answer,
      lowestShare(below, ({ among }) => among, targets.suggestRecall),
    ),
  };
}

/** How often a model is right that ranks labels like this, 0–1. */
export function shareRight(calibration: Calibration, ranked: readonly Scored[]): number {
  const top = ranked[0]?.margin;
  if (top === undefined) return 0;
  const { offset, margin, gap } = calibration;
  return logistic(offset + margin * top + gap * (top - (ranked[1]?.margin ?? top)));
}

const FEWEST = 30;

/** The lowest share from which on, taken together, at least `wanted` of the rows hit; 1 (never reached) when there is none. */
function lowestShare<T extends { share: number }>(
  sorted: readonly T[],
  isHit: (row: T) => boolean,
  wanted: number,
): number {
  let hits = 0;
  let lowest = 1;
  sorted.forEach((row, at) => {
    if (isHit(row)) hits += 1;
    if (at + 1 >= Math.min(FEWEST, sorted.length) && hits / (at + 1) >= wanted) lowest = row.share;
  });
  return lowest;
}

type Three = readonly [number, number, number];

const STEPS = 60;
/** Keeps the weights finite where the samples can be told apart perfectly. */
const PULL = 0.01;

/** Logistic regression over three numbers by Newton's method on the diagonal: few steps, no dependency. */
function fitLogistic(rows: readonly { x: Three; right: boolean }[]): Three {
  let weights: Three = [0, 0, 0];
  for (let step = 0; step < STEPS; step += 1) {
    const slope = [0, 0, 0].map((_zero, at) => PULL * (weights[at] ?? 0));
    const bend = [0, 0, 0].map(() => PULL);
    for (const { x, right } of rows) {
      const share = logistic(weights[0] + weights[1] * x[1] + weights[2] * x[2]);
      x.forEach((value, at) => {
        slope[at] = (slope[at] ?? 0) + (share - (right ? 1 : 0)) * value;
        bend[at] = (bend[at] ?? 0) + share * (1 - share) * value * value;
      });
    }
    // a third of the step: the three are not independent
    const moved = (at: 0 | 1 | 2): number => weights[at] - (slope[at] ?? 0) / (3 * (bend[at] ?? 1));
    weights = [moved(0), moved(1), moved(2)];
  }
  return weights;
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
