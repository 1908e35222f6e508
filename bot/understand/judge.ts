/** An intent model as an evaluation sees it: labels ranked, the band, and why. */
import { shareRight } from './calibrate.ts';
import { featuresOf } from './features.ts';
import type { IntentModel } from './intents.ts';
import {
  explainLinear,
  type Influence,
  modelBytes,
  rankLabels,
  type Sample,
  type Scored,
} from './linear-model.ts';
import { normalise } from './normalise.ts';

export interface Judged {
  ranked: readonly Scored[];
  /** how often the model is right with margins like these, 0–1 */
  share: number;
  band: 'answer' | 'suggest' | 'none';
}

export interface IntentJudge {
  read: (text: string) => Judged;
  explain: (text: string, label: string) => readonly Influence[];
  bytes: number;
}

/** Reads whole messages, without cutting them into clauses. */
export function judgeIntents({ linear, calibration }: IntentModel): IntentJudge {
  return {
    read: (text) => {
      const ranked = rankLabels(linear, featuresOf(normalise(text)));
      const share = shareRight(calibration, ranked);
      const band = share >= calibration.answer ? 'answer' : share >= calibration.suggest ? 'suggest' : 'none';
      return { ranked, share, band };
    },
    explain: (text, label) => explainLinear(linear, normalise(text), label),
    bytes: modelBytes(linear),
  };
}

/** Labelled texts as samples. */
export function intentSamples(rows: readonly { text: string; label: string }[]): readonly Sample[] {
  return rows.map(({ text, label }) => ({ label, features: featuresOf(normalise(text)) }));
}
