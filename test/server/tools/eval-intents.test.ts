/** The scores of intents: that they do not fall, and that bad rows are named. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Assets } from '../../../bot/index.ts';
import { evaluateIntents } from '../../../server/tools/eval-intents.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

const ScoresSchema = z.looseObject({
  n: z.number(),
  accuracy: z.number(),
  accuracyFolded: z.number(),
  top3: z.number(),
  bands: z.looseObject({ answer: z.number(), answerPrecision: z.number() }),
});

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

it('does not fall on the held-out messages', async () => {
  const text = await readFile(join(repositoryRoot, 'test/data/intents/held.jsonl'), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .map((line) => z.json().parse(JSON.parse(line)));
  const { scores } = evaluateIntents(assets, rows, { train: null, explain: false });
  const { n, accuracy, accuracyFolded, top3, bands } = ScoresSchema.parse(scores);
  expect(n).toBe(600);
  // a point below what was measured: less is a fall
  expect(accuracy).toBeGreaterThan(0.925);
  expect(accuracyFolded).toBeGreaterThan(0.925);
  expect(top3).toBeGreaterThan(0.97);
  expect(bands.answerPrecision).toBeGreaterThan(0.95);
});

describe('on any corpus', () => {
  const train = ['đỏ như lửa', 'đỏ thắm', 'màu đỏ', 'xanh như lá', 'xanh biếc', 'màu xanh'].map(
    (text, at) => ({
      text,
      label: at < 3 ? 'red' : 'green',
    }),
  );

  it('trains the same classifier and explains it', () => {
    const { scores, predictions } = evaluateIntents(assets, [{ text: 'do tham', label: 'red' }], {
      train,
      explain: true,
    });
    expect(scores['accuracy']).toBe(1);
    expect(predictions[0]?.reasons.length).toBeGreaterThan(0);
  });

  it.each([
    ['one label', train.slice(0, 3), /1: .*two labels/],
    ['an empty text', [...train, { text: ' ', label: 'red' }], /7: .*no text/],
    ['no label', [{ text: 'x' }], /1: .*label/],
  ])('names the row with %s', (_name, rows, message) => {
    const run = (): unknown =>
      evaluateIntents(assets, [{ text: 'đỏ', label: 'red' }], { train: rows, explain: false });
    expect(run).toThrow(message);
  });
});
