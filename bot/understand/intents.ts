/** What a person wants, read from free text by a model that is trained on the phrases of content/intents. */
import { z } from 'zod';
import { calibrate, type Calibration, judgeUnseen, shareRight, type Targets } from './calibrate.ts';
import { splitClauses } from './clauses.ts';
import { featuresOf } from './features.ts';
import {
  explainLinear,
  knownShare,
  type Influence,
  type LinearModel,
  rankLabels,
  type Sample,
  trainLinear,
} from './linear-model.ts';
import { normalise } from './normalise.ts';
import type { Normalised } from './text.ts';

const PhrasesSchema = z.array(z.string().min(1));

/** What answers an intent: a flow, a text after which the open question is asked again, a word that works everywhere, or nothing. */
export const IntentAnswerSchema = z.union([
  z.strictObject({ flow: z.string(), node: z.string().optional() }),
  z.strictObject({ say: z.string() }),
  z.strictObject({ command: z.literal('stop') }),
  z.literal('none'),
]);
export type IntentAnswer = z.infer<typeof IntentAnswerSchema>;

export const IntentSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/, 'small letters, digits and _ only'),
  /** by language: shown as a button when the bot asks what was meant */
  title: z.record(z.string(), z.string().min(1)),
  answer: IntentAnswerSchema,
  /** what people write who want this */
  phrases: PhrasesSchema.min(1, 'an intent without phrases cannot be recognised: write at least twenty'),
  /** what looks like it and is not */
  not: PhrasesSchema.optional(),
  /** never trained on: shows whether unseen wordings are recognised */
  tests: PhrasesSchema.optional(),
});
export const IntentsFileSchema = z.strictObject({
  group: z.string(),
  intents: z.array(IntentSchema).min(1),
});

export interface Intent extends z.infer<typeof IntentSchema> {
  group: string;
}

export interface Guess {
  intent: Intent;
  /** how often the model is right with margins like these, 0–1 */
  share: number;
}

/**
 * Three honest outcomes. `answer`: what was meant, two when the message asks two things. `suggest`: up to three to choose
 * from, likeliest first. `none`: not understood.
 */
export type IntentReading =
  | { band: 'answer'; guesses: readonly Guess[] }
  | { band: 'suggest'; guesses: readonly Guess[] }
  | { band: 'none' };

export interface IntentModel {
  readonly linear: LinearModel;
  readonly calibration: Calibration;
}

export interface IntentSet {
  readonly byId: ReadonlyMap<string, Intent>;
  /** trains the model the first time, which takes some tenths of a second; later calls cost nothing */
  readonly model: () => IntentModel | null;
}

/**
 * Measured with a third of the phrases left out, so with a weaker model than the one that answers: on messages of another
 * plan (test/data/intents/held.jsonl) 98 of 100 answers were right at 0.92.
 */
export const TARGETS: Targets = { answerPrecision: 0.92, suggestRecall: 0.8 };
export const MAX_SUGGESTED = 3;

/** With fewer there is nothing to tell apart. */
const FEWEST_INTENTS = 2;

export function compileIntents(intents: readonly Intent[]): IntentSet {
  let trained: IntentModel | null = null;
  const byId = new Map(intents.map((intent) => [intent.id, intent]));
  return {
    byId,
    model: () => {
      if (trained === null && byId.size >= FEWEST_INTENTS) trained = trainIntents(samplesOf(intents));
      return trained;
    },
  };
}

/** Phrases as samples; what an intent is not speaks against all. */
export function samplesOf(intents: readonly Pick<Intent, 'id' | 'phrases' | 'not'>[]): readonly Sample[] {
  return intents.flatMap(({ id, phrases, not = [] }) => [
    ...phrases.map((text) => ({ label: id, features: featuresOf(normalise(text)) })),
    ...not.map((text) => ({ label: null, features: featuresOf(normalise(text)) })),
  ]);
}

export function trainIntents(samples: readonly Sample[], targets: Targets = TARGETS): IntentModel {
  return { linear: trainLinear(samples), calibration: calibrate(judgeUnseen(samples), targets) };
}

/** What is kept when a message asks two things; a third is rare and would not be read on a small screen. */
const MAX_ANSWERED = 2;

/** One or two words fit many wishes; they are guessed at only when the guess is more likely right than wrong. */
const FEWEST_TOKENS = 3;
const SHORT_SUGGEST = 0.7;

/** Reads a message. Deterministic; time grows with the first hundred words only. */
export function readIntents(set: IntentSet, text: string): IntentReading {
  const model = set.model();
  if (model === null) return { band: 'none' };
  const normalised = normalise(text);
  if (normalised.tokens.length === 0 || isBareAnswer(normalised)) return { band: 'none' };
  const whole = rank(set, model, normalised);
  const clauses = splitClauses(normalised);
  const parts = clauses.length < 2 ? [] : clauses.map((clause) => rank(set, model, clause));
  const answered = distinct([whole, ...parts].flatMap((guesses) => sure(model, guesses)));
  if (answered.length > 0) return { band: 'answer', guesses: answered.slice(0, MAX_ANSWERED) };
  const suggested = whole.filter(({ intent }) => intent.answer !== 'none').slice(0, MAX_SUGGESTED);
  // likeliest something that nothing answers: the others are no better guess
  const least = normalised.tokens.length < FEWEST_TOKENS ? SHORT_SUGGEST : model.calibration.suggest;
  const isWorthIt = whole[0]?.intent.answer !== 'none' && (whole[0]?.share ?? 0) >= least;
  return isWorthIt && suggested.length > 0 ? { band: 'suggest', guesses: suggested } : { band: 'none' };
}

/** A number alone answers a question, rightly or not ("17"); "no" typed without its mark is a refusal more often than a debt ("nợ"). */
function isBareAnswer({ tokens }: Normalised): boolean {
  const isNumber = tokens.length === 1 && /^[\d.,]+$/.test(tokens[0]?.text ?? '');
  return isNumber || tokens.every(({ text }) => text === 'no');
}

/** Why a text is read as an intent: the words that decided, with their places in the text. */
export function explainIntent(set: IntentSet, text: string, id: string, most = 5): readonly Influence[] {
  const model = set.model();
  return model === null ? [] : explainLinear(model.linear, normalise(text), id, most);
}

/** Of real messages the strangest shares two thirds with the phrases; other languages and blobs less than half. */
const LEAST_KNOWN = 0.55;

function rank(set: IntentSet, model: IntentModel, text: Normalised): readonly Guess[] {
  const features = featuresOf(text);
  if (knownShare(model.linear, features) < LEAST_KNOWN) return [];
  const ranked = rankLabels(model.linear, features).slice(0, MAX_SUGGESTED + 1);
  const share = shareRight(model.calibration, ranked);
  return ranked.flatMap(({ label }, at) => {
    const intent = set.byId.get(label);
    return intent === undefined ? [] : [{ intent, share: at === 0 ? share : 0 }];
  });
}

function sure(model: IntentModel, guesses: readonly Guess[]): readonly Guess[] {
  return guesses.slice(0, 1).filter(({ share }) => share >= model.calibration.answer);
}

/** Each intent once; a greeting or a thank-you is not what a message is about when there is more in it. */
function distinct(guesses: readonly Guess[]): readonly Guess[] {
  const byId = new Map<string, Guess>();
  for (const guess of guesses) {
    const before = byId.get(guess.intent.id);
    if (before === undefined || before.share < guess.share) byId.set(guess.intent.id, guess);
  }
  const all = [...byId.values()];
  const matters = all.filter(({ intent }) => intent.group !== 'dialogue');
  return matters.length > 0 ? matters : all.slice(0, 1);
}
