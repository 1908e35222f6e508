/** The script every engine plays: greeting, five questions, closing text; and what an engine has to offer to play it. */

export const LANGUAGES = ['vi', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export type Answer =
  /** a tapped button of the question named */
  { kind: 'tap'; question: string; id: string } | { kind: 'text'; text: string };

export interface Said {
  text: string;
  /** labels of the buttons shown with it, in order */
  choices: readonly string[];
}

export interface Stepped {
  /** the whole state of the conversation, as a server keeps it between two messages */
  stored: string;
  said: readonly Said[];
}

export interface ScriptEngine {
  name: string;
  version: string;
  kind: 'dialogue engine' | 'state machine';
  /** A new conversation: says the greeting and the first question. */
  start: (language: Language) => Promise<Stepped>;
  /** One message of the person. Reads the state out of its text and writes it back. */
  step: (stored: string, answer: Answer) => Promise<Stepped>;
}

/** Every question with buttons, and their ids in order. */
export const CHOICES = {
  contract: ['yes', 'no'],
  work: ['factory', 'farm', 'shop'],
  fare: ['me', 'firm'],
} as const;
export type ChoiceQuestion = keyof typeof CHOICES;

export function hasChoices(question: string): question is ChoiceQuestion {
  return question in CHOICES;
}

export interface Path {
  contract: (typeof CHOICES.contract)[number];
  work: (typeof CHOICES.work)[number];
  /** refused before the right number, one re-ask each */
  wrong: readonly string[];
  fare: (typeof CHOICES.fare)[number];
}

export const MIN_PEOPLE = 1;
export const MAX_PEOPLE = 9;

/** Invented places, so that a free text is a real one. */
const PLACES = { vi: 'Hoa Cau ở Bến Trúc', en: 'Areca Flower in Bamboo Landing' } as const;

export function answersFor(path: Path, language: Language): readonly Answer[] {
  const text = (words: string): Answer => ({ kind: 'text', text: words });
  return [
    { kind: 'tap', question: 'contract', id: path.contract },
    { kind: 'tap', question: 'work', id: path.work },
    ...path.wrong.map(text),
    text('3'),
    text(PLACES[language]),
    { kind: 'tap', question: 'fare', id: path.fare },
  ];
}

/** Every way through, for the conformance check. */
export const ALL_PATHS: readonly Path[] = CHOICES.contract.flatMap((contract) =>
  CHOICES.work.flatMap((work) =>
    CHOICES.fare.map((fare) => ({ contract, work, fare, wrong: ['12', 'xyz'] })),
  ),
);

/** The ways that are measured: together they see both sides of every branch and one wrong answer each. */
export const MEASURED_PATHS: readonly Path[] = [
  { contract: 'yes', work: 'factory', wrong: ['12'], fare: 'firm' },
  { contract: 'no', work: 'shop', wrong: ['12'], fare: 'me' },
];

/** @returns what was said at each step, and the state before each answer */
export async function play(
  engine: ScriptEngine,
  language: Language,
  answers: readonly Answer[],
): Promise<{ said: readonly (readonly Said[])[]; before: readonly string[] }> {
  let last = await engine.start(language);
  const said = [last.said];
  const before: string[] = [];
  for (const answer of answers) {
    before.push(last.stored);
    last = await engine.step(last.stored, answer);
    said.push(last.said);
  }
  return { said, before };
}
