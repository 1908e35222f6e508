/** Warning signs as editors write them (content/signals): shapes, clear errors, and the compiled set the check uses. */
import { z } from 'zod';
import { addPhrase, compileSequence, createLexicon } from './lexicon.ts';
import type { Lexicon, Sequence } from './lexicon.ts';
import type { Likeness } from './likeness.ts';
import type { OfferFacts } from './offer.ts';
import { trainOfferLikeness } from './offer-likeness.ts';
import { READ_CONCEPTS } from './read-concepts.ts';
import type { OfferExamples } from './offer-likeness.ts';

export const SIGNAL_GROUPS = ['promise', 'recruiter', 'control', 'money', 'route', 'behaviour'] as const;

const BothLanguages = z.strictObject({ vi: z.string().min(1), en: z.string().min(1) });
const Phrases = z.array(z.string().min(1)).min(1);
/** Inner lists are alternatives: `[["@deposit", "@fee"], "@abroad"]` = (deposit or fee) and abroad. */
const AllOf = z.array(z.union([z.string().min(1), Phrases])).min(1);

const PatternSchema = z.union([
  z.string().min(1),
  z
    .strictObject({
      /** a phrase (or any of several) that is the evidence */
      say: z.union([z.string().min(1), Phrases]).optional(),
      /** several phrases in any order, all within `within` words; together they are the evidence */
      all: AllOf.optional(),
      /** words from the first to the last of `all`; 12 unless told */
      within: z.int().min(2).max(60).optional(),
      /** has to stand somewhere in the text, or follow from an answer */
      with: AllOf.optional(),
      /** must not stand anywhere in the text */
      unless: Phrases.optional(),
    })
    .refine(
      (pattern) => (pattern.say === undefined) !== (pattern.all === undefined),
      'needs either say or all',
    ),
]);

const AnswerSchema = z.strictObject({
  field: z.enum(['contact', 'country', 'payment', 'contract', 'papers', 'visa', 'age']),
  is: z.array(z.string().min(1)).min(1),
  with: AllOf.optional(),
  unless: Phrases.optional(),
});

const SignalSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words-with-dashes'),
  /** 1 weak … 5 strong */
  weight: z.int().min(1).max(5),
  /** a person has to be offered at once, whatever else is found */
  hard: z.boolean(),
  title: BothLanguages,
  /** shown to the person when the sign is found */
  reason: BothLanguages,
  /** what to do tonight; names no number, numbers live in the register of hotlines */
  tonight: BothLanguages,
  ask_next: BothLanguages,
  ilo: z.array(z.string()),
  confidence: z.enum(['confirmed', 'single_source', 'general_knowledge']),
  sources: z.array(z.string()).min(1),
  false_positive_note: z.string(),
  patterns: z.array(PatternSchema),
  answers: z.array(AnswerSchema).optional(),
});

const SignalsFileSchema = z.strictObject({
  group: z.enum(SIGNAL_GROUPS),
  signals: z.array(SignalSchema).min(1),
});
const ConceptsFileSchema = z.strictObject({
  concepts: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), Phrases),
});
const PlacesFileSchema = z.strictObject({
  /** words that hold a place name but are none: "sinh nhật", "thuốc lào" */
  decoys: Phrases,
  /** words after which a `short` name is a place: "sang Mỹ", "đơn Đức" */
  before: Phrases,
  places: z.array(
    z.strictObject({
      /** ISO 3166-1 alpha-2; `XX` = abroad, not said where */
      country: z.string().regex(/^[A-Z]{2}$/),
      /** concepts this place counts for, besides `abroad` (everything but VN) */
      tags: z.array(z.string()).optional(),
      /** a region or town: an answer that only names the country does not count for its tags */
      part: z.boolean().optional(),
      names: Phrases,
      short: Phrases.optional(),
    }),
  ),
});

const ExamplesFileSchema = z.strictObject({
  examples: z.strictObject({ danger: Phrases, other: Phrases }),
});
const SourcesFileSchema = z.strictObject({
  sources: z.record(z.string(), z.strictObject({ what: z.string(), address: z.string(), date: z.string() })),
});
const KindsFileSchema = z.strictObject({
  /** the first that fits is the kind; its guide is `offer-guide.<part>.<id>` in the messages */
  kinds: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z]+(-[a-z]+)*$/, 'must be words-with-dashes'),
        /** signs that say it by themselves, when they were found */
        signs: z.array(z.string().min(1)).optional(),
        patterns: z.array(PatternSchema).optional(),
      }),
    )
    .min(1),
});
const Concept = z.string().regex(/^@[a-z][a-z0-9-]*$/, 'must be @concept');
const LimitsFileSchema = z.strictObject({
  limits: z.strictObject({
    pay: z.array(
      z.strictObject({ work: Concept, market: z.enum(['rich', 'other']), month_vnd: z.int().positive() }),
    ),
    exempt: z.array(Concept),
    fee_vnd: z.int().positive(),
    fee_months: z.number().positive(),
  }),
});

/** Amounts above which a sign is raised; concepts without their @. */
export interface Limits {
  pay: readonly { work: string; market: 'rich' | 'other'; monthVnd: number }[];
  exempt: readonly string[];
  /** đồng for the whole trip, when the text names no wage */
  feeVnd: number;
  /** months of wage, when it does */
  feeMonths: number;
}

/** Titles, sentences and sources of one sign, as written by the editors. */
export type SignalText = Omit<z.infer<typeof SignalSchema>, 'patterns' | 'answers'> & {
  group: (typeof SIGNAL_GROUPS)[number];
};

type Alternatives = readonly Sequence[];

export interface CompiledPattern {
  all: readonly Alternatives[];
  within: number;
  with: readonly Alternatives[];
  unless: Alternatives;
}

export interface CompiledSignal {
  text: SignalText;
  patterns: readonly CompiledPattern[];
  answers: readonly {
    field: keyof OfferFacts;
    is: readonly string[];
    with: readonly Alternatives[];
    unless: Alternatives;
  }[];
}

/** One kind of offer (`kinds.yaml`), told by its signs or by words. */
export interface CompiledKind {
  id: string;
  signs: readonly string[];
  patterns: readonly CompiledPattern[];
}

/** Everything the offer check reads: made once from content/signals by `compileSignals`, then frozen in use. */
export interface SignalSet {
  signals: readonly CompiledSignal[];
  byId: ReadonlyMap<string, CompiledSignal>;
  lexicon: Lexicon;
  /** in the order in which they are tried; none without a kinds file */
  kinds: readonly CompiledKind[];
  /** ISO country → concepts an answer with this country counts for */
  tagsOfCountry: ReadonlyMap<string, readonly string[]>;
  limits: Limits;
  /** how dangerous offers read; without examples it says nothing */
  likeness: Likeness;
}

const PLACE = 'place:';
const DEFAULT_WITHIN_WORDS = 12;

/**
 * Checks and compiles all files of content/signals.
 *
 * @param sources parsed YAML with the path it came from; files hold `signals`, `concepts` or `places`
 * @throws Error with one line per fault: file, sign, field, what is wrong
 */
export function compileSignals(sources: readonly { path: string; data: unknown }[]): SignalSet {
  const faults: string[] = [];
  const lexicon = createLexicon();
  const tagsOfCountry = new Map<string, string[]>();
  const known = new Set<string>(READ_CONCEPTS);
  const groups: { path: string; file: z.infer<typeof SignalsFileSchema> }[] = [];
  const definedIn = new Map<string, string>();
  const sourceKeys = new Set<string>();
  const kindFiles: { path: string; file: z.infer<typeof KindsFileSchema> }[] = [];
  let limits: Limits = { pay: [], exempt: [], feeVnd: Infinity, feeMonths: Infinity };
  let examples: OfferExamples = { danger: [], other: [] };
  for (const { path, data } of sources) {
    if (hasKey(data, 'concepts')) {
      const file = parseFile(path, ConceptsFileSchema, data, faults);
      for (const [concept, phrases] of Object.entries(file?.concepts ?? {})) {
        const before = definedIn.get(concept);
        if (before !== undefined) faults.push(`${path}: concept ${concept}: already in ${before}`);
        definedIn.set(concept, path);
        known.add(concept);
        for (const phrase of phrases) addPhrase(lexicon, concept, phrase);
      }
    } else if (hasKey(data, 'places')) {
      const file = parseFile(path, PlacesFileSchema, data, faults);
      for (const decoy of file?.decoys ?? []) addPhrase(lexicon, PLACE, decoy);
      for (const place of file?.places ?? []) {
        const tags = place.tags ?? [];
        for (const tag of tags) known.add(tag);
        const short = (place.short ?? []).flatMap((name) =>
          (file?.before ?? []).map((word) => `${word} ${name}`),
        );
        for (const name of [...place.names, ...short]) {
          addPhrase(lexicon, `${PLACE}${place.country}:${tags.join(',')}`, name);
        }
        if (place.part !== true) {
          tagsOfCountry.set(place.country, [...(tagsOfCountry.get(place.country) ?? []), ...tags]);
        }
      }
    } else if (hasKey(data, 'examples')) {
      const file = parseFile(path, ExamplesFileSchema, data, faults);
      if (file !== null) examples = file.examples;
    } else if (hasKey(data, 'sources')) {
      const file = parseFile(path, SourcesFileSchema, data, faults);
      for (const key of Object.keys(file?.sources ?? {})) sourceKeys.add(key);
    } else if (hasKey(data, 'kinds')) {
      const file = parseFile(path, KindsFileSchema, data, faults);
      if (file !== null) kindFiles.push({ path, file });
    } else if (hasKey(data, 'limits')) {
      const file = parseFile(path, LimitsFileSchema, data, faults);
      if (file !== null) limits = toLimits(file.limits);
    } else {
      const file = parseFile(path, SignalsFileSchema, data, faults);
      if (file !== null) groups.push({ path, file });
    }
  }
  const compile = (phrase: string, place: string): Sequence => {
    try {
      return compileSequence(lexicon, phrase, (concept) => known.has(concept));
    } catch (fault) {
      faults.push(`${place}: ${fault instanceof Error ? fault.message : 'bad phrase'}`);
      return [];
    }
  };
  const compileAll = (items: z.infer<typeof AllOf>, place: string): Alternatives[] =>
    items.map((item) => (typeof item === 'string' ? [item] : item).map((phrase) => compile(phrase, place)));
  const compilePattern = (pattern: z.infer<typeof PatternSchema>, place: string): CompiledPattern => {
    if (typeof pattern === 'string')
      return { all: compileAll([pattern], place), within: DEFAULT_WITHIN_WORDS, with: [], unless: [] };
    const evidence = pattern.all ?? (typeof pattern.say === 'string' ? [pattern.say] : [pattern.say ?? []]);
    return {
      all: compileAll(evidence, place),
      within: pattern.within ?? DEFAULT_WITHIN_WORDS,
      with: compileAll(pattern.with ?? [], `${place}.with`),
      unless: (pattern.unless ?? []).map((phrase) => compile(phrase, `${place}.unless`)),
    };
  };
  const signals: CompiledSignal[] = [];
  for (const { path, file } of groups) {
    for (const { patterns, answers = [], ...text } of file.signals) {
      const place = `${path}: signal ${text.id}`;
      const before = definedIn.get(`signal ${text.id}`);
      if (before !== undefined) faults.push(`${place}: id: already in ${before}`);
      definedIn.set(`signal ${text.id}`, path);
      for (const key of text.sources) {
        if (!sourceKeys.has(key)) faults.push(`${place}: sources: ${key} is in no sources file`);
      }
      signals.push({
        text: { ...text, group: file.group },
        patterns: patterns.map((pattern, index) => compilePattern(pattern, `${place}: patterns[${index}]`)),
        answers: answers.map((answer, index) => ({
          field: answer.field,
          is: answer.is,
          with: compileAll(answer.with ?? [], `${place}: answers[${index}].with`),
          unless: (answer.unless ?? []).map((phrase) =>
            compile(phrase, `${place}: answers[${index}].unless`),
          ),
        })),
      });
    }
  }
  const kinds: CompiledKind[] = [];
  for (const { path, file } of kindFiles) {
    for (const { id, signs = [], patterns = [] } of file.kinds) {
      const place = `${path}: kind ${id}`;
      if (kinds.some((kind) => kind.id === id)) faults.push(`${place}: id: already taken`);
      if (signs.length + patterns.length === 0) faults.push(`${place}: needs signs or patterns`);
      for (const sign of signs) {
        if (!definedIn.has(`signal ${sign}`)) faults.push(`${place}: signs: there is no sign ${sign}`);
      }
      const compiled = patterns.map((pattern, index) =>
        compilePattern(pattern, `${place}: patterns[${index}]`),
      );
      kinds.push({ id, signs, patterns: compiled });
    }
  }
  for (const concept of [...limits.pay.map((limit) => limit.work), ...limits.exempt]) {
    if (!known.has(concept)) faults.push(`limits: unknown concept @${concept}`);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return {
    limits,
    signals,
    byId: new Map(signals.map((signal) => [signal.text.id, signal])),
    lexicon,
    kinds,
    tagsOfCountry,
    likeness: trainOfferLikeness(lexicon, examples),
  };
}

function toLimits(file: z.infer<typeof LimitsFileSchema>['limits']): Limits {
  return {
    pay: file.pay.map((limit) => ({
      work: limit.work.slice(1),
      market: limit.market,
      monthVnd: limit.month_vnd,
    })),
    exempt: file.exempt.map((concept) => concept.slice(1)),
    feeVnd: file.fee_vnd,
    feeMonths: file.fee_months,
  };
}

function hasKey(data: unknown, key: string): boolean {
  return typeof data === 'object' && data !== null && key in data;
}

function parseFile<T>(path: string, schema: z.ZodType<T>, data: unknown, faults: string[]): T | null {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    faults.push(`${path}: ${describePath(issue.path, data)}: ${issue.message}`);
  }
  return null;
}

/** "signals[3] passport-kept: weight" instead of bare numbers. */
function describePath(path: readonly PropertyKey[], data: unknown): string {
  const [list, index, ...rest] = path;
  if (list !== 'signals' || typeof index !== 'number') return path.map(String).join('.') || 'file';
  const entry = z.object({ signals: z.array(z.unknown()) }).safeParse(data);
  const named = z.object({ id: z.string() }).safeParse(entry.success ? entry.data.signals[index] : null);
  return `signals[${index}]${named.success ? ` ${named.data.id}` : ''}: ${rest.map(String).join('.')}`;
}
