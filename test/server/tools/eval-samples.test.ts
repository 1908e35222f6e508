/** The published samples through all five evaluations: no figure falls, a second run says the same, and each explains itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Assets } from '../../../bot/index.ts';
import { evaluateAgencies } from '../../../server/tools/eval-agencies.ts';
import { evaluateIntents } from '../../../server/tools/eval-intents.ts';
import { evaluateLanguage } from '../../../server/tools/eval-language.ts';
import { evaluateOffers } from '../../../server/tools/eval-offers.ts';
import { evaluateRisk } from '../../../server/tools/eval-risk.ts';
import type { Evaluation } from '../../../server/tools/eval-rows.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

const RiskSchema = z.looseObject({ text: z.string(), intent: z.string(), form: z.string() });
const OfferSchema = z.looseObject({
  company_mention: z.string().nullable(),
  company_match: z.array(z.string()),
  match_kind: z.string(),
});

async function readRows(name: string): Promise<readonly unknown[]> {
  const text = await readFile(join(repositoryRoot, 'test/fixtures', name), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => z.json().parse(JSON.parse(line)));
}

type Task = 'risk' | 'offers' | 'agencies' | 'intents' | 'language';
let run: Readonly<Record<Task, () => Evaluation>>;

beforeAll(async () => {
  const assets: Assets = await loadRealAssets();
  assets.intents.model();
  const risk = await readRows('risk.seed.jsonl');
  const offers = await readRows('offers.seed.jsonl');
  const messages = z.array(RiskSchema).parse(risk);
  const agencies = z
    .array(OfferSchema)
    .parse(offers)
    .filter(({ match_kind: kind }) => kind === 'exact' || kind === 'abbrev')
    .map((row) => ({ text: row.company_mention ?? '', accept: row.company_match, expect: 'match' }));
  run = {
    risk: () => evaluateRisk(assets, risk),
    offers: () => evaluateOffers(assets, offers),
    agencies: () => evaluateAgencies(assets, agencies),
    intents: () =>
      evaluateIntents(
        assets,
        messages.map(({ text, intent, form }) => ({ text, label: intent, form })),
        { train: null, explain: false },
      ),
    language: () =>
      evaluateLanguage(
        assets,
        messages.map(({ text, form }) => ({ text, form, label: form === 'en' ? 'en' : 'vi' })),
      ),
  };
}, 120_000);

/** What was measured, less one row where a row is more than a point. */
const LEAST: readonly (readonly [Task, string, number])[] = [
  ['risk', 'urgentRecall', 0.97],
  ['risk', 'imminentRecallWithAsked', 1],
  ['offers', 'levelAccuracy', 0.96],
  ['offers', 'dangerRecall', 1],
  ['offers', 'signalF1', 0.95],
  ['offers', 'companyRecall', 1],
  ['agencies', 'recallAt1', 1],
  ['intents', 'accuracy', 0.88],
  ['intents', 'top3', 0.96],
  ['language', 'accuracy', 1],
];
const MOST: readonly (readonly [Task, string, number])[] = [
  ['risk', 'falseAlarm', 0],
  ['risk', 'overAlarm', 0],
  ['risk', 'askedOnNone', 0.09],
  ['offers', 'dangerAsVerify', 0],
  ['offers', 'falseFound', 0],
  ['agencies', 'falseExact', 0],
  ['language', 'leftVietnamese', 0],
  ['language', 'falseMinority', 0],
];

const figure = (task: Task, name: string): number => z.number().parse(run[task]().scores[name]);

describe('the samples', () => {
  it.each(LEAST)('%s: %s does not fall below %d', (task, name, least) => {
    expect(figure(task, name)).toBeGreaterThanOrEqual(least);
  });

  it.each(MOST)('%s: %s does not rise above %d', (task, name, most) => {
    expect(figure(task, name)).toBeLessThanOrEqual(most);
  });
});

const TASKS: readonly Task[] = ['risk', 'offers', 'agencies', 'intents', 'language'];

it.each(TASKS)('%s says the same a second time', (task) => {
  const first = run[task]();
  const second = run[task]();
  expect(second.predictions).toEqual(first.predictions);
  expect(second.explain?.()).toBe(first.explain?.());
});

it.each(TASKS)('%s explains itself with a table', (task) => {
  expect(run[task]().explain?.()).toMatch(/\w+ .*\n\w+/);
});
