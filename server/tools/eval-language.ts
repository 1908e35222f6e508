/** Task `language`: which language a message is written in. */
import { z } from 'zod';
import { type Assets, detectLanguage } from '../../bot/index.ts';
import { checkRows, type Evaluation, share, timeEach } from './eval-rows.ts';

const RowSchema = z.object({ id: z.string().optional(), text: z.string(), label: z.string() });

/** Told apart today: by script, and Vietnamese and English by their words. Every other label has no profile yet. */
const KNOWN: readonly string[] = ['vi', 'en', 'km', 'lo', 'th', 'my', 'zh', 'ja', 'ko', 'blt', 'cjm'];
/** Nobody is offered a minority language by mistake. */
const MAJORITY: readonly string[] = ['vi', 'en'];

export function evaluateLanguage(_assets: Assets, input: readonly unknown[]): Evaluation {
  const rows = checkRows(RowSchema, input);
  const { results, usPerRow } = timeEach(rows, (row) => detectLanguage(row.text) ?? 'unknown');
  const judged = rows.map((row, at) => ({ row, predicted: results[at] ?? 'unknown' }));
  const isRight = ({ row, predicted }: (typeof judged)[number]): boolean => row.label === predicted;
  const labels = [...new Set(rows.map(({ label }) => label))].sort();
  return {
    predictions: judged.map(({ row, predicted }) => ({
      ...(row.id === undefined ? {} : { id: row.id }),
      text: row.text,
      expected: row.label,
      predicted,
      reasons: [],
    })),
    scores: {
      n: rows.length,
      accuracy: share(judged, isRight),
      byLanguage: Object.fromEntries(
        labels.map((label) => {
          const own = judged.filter(({ row }) => row.label === label);
          return [label, { n: own.length, accuracy: share(own, isRight) }];
        }),
      ),
      withoutProfile: labels.filter((label) => !KNOWN.includes(label)),
      falseMinority: share(
        judged.filter(({ row }) => MAJORITY.includes(row.label)),
        ({ predicted }) => predicted !== 'unknown' && !MAJORITY.includes(predicted),
      ),
      usPerMessage: usPerRow,
    },
  };
}
