/** Task `intents`: what people want, by the shipped intents or (`--train`) by the same classifier trained on any labelled file. */
import { z } from 'zod';
import {
  type Assets,
  intentSamples,
  trainIntentModel,
  judgeIntents,
  type IntentJudge,
} from '../../bot/index.ts';
import { checkRows, confusion, type Evaluation, InputFault, round, share, timeEach } from './eval-rows.ts';

const RowSchema = z.object({
  id: z.string().optional(),
  text: z.string(),
  label: z.string(),
  form: z.string().optional(),
});
type Row = z.infer<typeof RowSchema>;

export interface IntentsOptions {
  /** rows to train on instead of content/intents */
  train: readonly unknown[] | null;
  /** adds the words that decided to every prediction */
  explain: boolean;
}

/** Confused pairs shown in the scores; the rest is in the predictions. */
const MOST_PAIRS = 15;
const MOST_ERRORS = 10;

export function evaluateIntents(
  assets: Assets,
  input: readonly unknown[],
  { train, explain }: IntentsOptions,
): Evaluation {
  const rows = checkRows(RowSchema, input);
  const began = performance.now();
  const judge = train === null ? ofContent(assets) : trained(checkRows(RowSchema, train));
  const trainMs = performance.now() - began;
  const { results, usPerRow } = timeEach(rows, (row) => judge.read(row.text));
  const judged = rows.flatMap((row, at) => {
    const reading = results[at];
    return reading === undefined ? [] : [{ row, reading, first: reading.ranked[0]?.label ?? '' }];
  });
  const isRight = ({ row, first }: { row: Row; first: string }): boolean => row.label === first;
  const answered = judged.filter(({ reading }) => reading.band === 'answer');
  const suggested = judged.filter(({ reading }) => reading.band === 'suggest');
  const among = ({ row, reading }: (typeof judged)[number]): boolean =>
    reading.ranked.slice(0, 3).some(({ label }) => label === row.label);
  const forms = [...new Set(rows.map(({ form }) => form ?? 'unknown'))].sort();
  const pairs = judged.map(({ row, first }) => ({ expected: row.label, predicted: first }));
  const worst = judged
    .filter((one) => !isRight(one))
    .sort((a, b) => b.reading.share - a.reading.share)
    .slice(0, MOST_ERRORS);
  return {
    explain: () =>
      [
        ...confusion(
          'band',
          judged.map((one) => ({ expected: isRight(one) ? 'right' : 'wrong', predicted: one.reading.band })),
        ),
        '',
        'taken for each other most often:',
        ...confusions(pairs).map(
          ({ expected, predicted, times }) => `  ${expected} → ${predicted}: ${times}`,
        ),
        '',
        'surest errors:',
        ...worst.map(
          ({ row, first, reading }) =>
            `  ${row.label} → ${first} (${reading.band}, ${round(reading.share)}) "${row.text}" ${judge
              .explain(row.text, first)
              .map(({ feature, weight }) => `${feature} ${weight.toFixed(2)}`)
              .join(', ')}`,
        ),
      ].join('\n'),
    predictions: judged.map(({ row, reading, first }) => ({
      ...(row.id === undefined ? {} : { id: row.id }),
      text: row.text,
      expected: row.label,
      predicted: { label: first, band: reading.band, share: round(reading.share) },
      reasons: explain
        ? judge
            .explain(row.text, first)
            .map(({ feature, weight, start, end }) => `${feature} ${round(weight)} [${start}–${end}]`)
        : [],
    })),
    scores: {
      n: rows.length,
      accuracy: share(judged, isRight),
      top3: share(judged, among),
      macroF1: macroF1(pairs),
      accuracyFolded: share(
        rows,
        (row) => (judge.read(unmarked(row.text)).ranked[0]?.label ?? '') === row.label,
      ),
      byForm: Object.fromEntries(
        forms.map((form) => {
          const own = judged.filter(({ row }) => (row.form ?? 'unknown') === form);
          return [form, { n: own.length, accuracy: share(own, isRight) }];
        }),
      ),
      bands: {
        answer: answered.length,
        answerPrecision: share(answered, isRight),
        suggest: suggested.length,
        suggestHolds: share(suggested, among),
        none: judged.length - answered.length - suggested.length,
      },
      confusions: confusions(pairs),
      worst: worst.map(({ row, first, reading }) => ({
        text: row.text,
        expected: row.label,
        predicted: first,
        share: round(reading.share),
      })),
      trainMs: round(trainMs),
      usPerMessage: usPerRow,
      modelBytes: judge.bytes,
    },
  };
}

function ofContent(assets: Assets): IntentJudge {
  const model = assets.intents.model();
  if (model === null) throw new InputFault(1, 'cannot be judged: content/intents holds no intents');
  return judgeIntents(model);
}

/** @throws InputFault when there is nothing to tell apart */
function trained(rows: readonly Row[]): IntentJudge {
  const labels = new Set(rows.map(({ label }) => label));
  if (labels.size < 2) throw new InputFault(1, 'file to train on needs rows of at least two labels');
  const empty = rows.findIndex(({ text }) => text.trim() === '');
  if (empty >= 0) throw new InputFault(empty + 1, 'to train on has no text');
  return judgeIntents(trainIntentModel(intentSamples(rows)));
}

interface Pair {
  expected: string;
  predicted: string;
}

/** Mean F1 over the labels that occur. */
function macroF1(pairs: readonly Pair[]): number | null {
  const labels = [...new Set(pairs.map(({ expected }) => expected))];
  if (labels.length === 0) return null;
  const sum = labels.reduce((total, label) => {
    const hits = pairs.filter((pair) => pair.expected === label && pair.predicted === label).length;
    const all = pairs.filter((pair) => pair.expected === label || pair.predicted === label).length;
    return total + (2 * hits) / (all + hits);
  }, 0);
  return round(sum / labels.length);
}

function confusions(pairs: readonly Pair[]): readonly (Pair & { times: number })[] {
  const counted = new Map<string, Pair & { times: number }>();
  for (const pair of pairs.filter(({ expected, predicted }) => expected !== predicted)) {
    const key = `${pair.expected} ${pair.predicted}`;
    counted.set(key, { ...pair, times: (counted.get(key)?.times ?? 0) + 1 });
  }
  return [...counted.values()].sort((a, b) => b.times - a.times).slice(0, MOST_PAIRS);
}

function unmarked(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D');
}
