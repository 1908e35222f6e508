/** What the editors' pages ask of the content: what the bot thinks of a text, what a phrase may be taught to, what is wrong with it. */
import {
  type Assets,
  createRedactor,
  findProposalFault,
  judgeIntents,
  type Proposal,
  type ProposalFault,
} from '../../bot/index.ts';

export interface Guess {
  intent: string;
  /** 0–1; of the first one how often the model is right with margins like these, of the others their closeness to it */
  score: number;
}

export interface Teacher {
  /** likeliest first, at most three */
  guess: (text: string) => readonly Guess[];
  intents: readonly { id: string; title: Readonly<Record<string, string>>; group: string }[];
  flows: readonly string[];
  /** `phrase_personal`: it still names, or may name, somebody or something */
  faultOf: (proposal: Proposal) => ProposalFault | 'phrase_personal' | null;
}

const MOST_GUESSES = 3;
/** Nothing leads into these by a word: they are entered by other rules. */
const NO_ROUTE: readonly string[] = ['are-you-safe', 'welcome'];

export function createTeacher(assets: Assets): Teacher {
  const redact = createRedactor(assets);
  const model = assets.intents.model();
  const judge = model === null ? null : judgeIntents(model);
  return {
    guess: (text) => {
      if (judge === null) return [];
      const { ranked, share } = judge.read(text.replace(/\[[^\]]+\]/gu, ' '));
      const top = ranked[0]?.margin ?? 0;
      return ranked.slice(0, MOST_GUESSES).map(({ label, margin }) => ({
        intent: label,
        score: round(share * Math.exp(margin - top)),
      }));
    },
    intents: [...assets.intents.byId.values()].map(({ id, title, group }) => ({ id, title, group })),
    flows: [...assets.flows.keys()].filter((id) => !NO_ROUTE.includes(id)).sort(),
    faultOf: (proposal) => {
      const redacted = redact(proposal.text);
      // nothing may have been taken out either: an editor writes what everybody may say
      if (redacted.kind === 'dropped' || redacted.text.includes('[')) return 'phrase_personal';
      return findProposalFault(assets, proposal);
    },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
