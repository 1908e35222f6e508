/** Reads and checks the safety rules of content/safety and prepares them for the scan. */
import { z } from 'zod';
import { RISK_LEVELS } from './danger.ts';
import type { Negation } from './denial.ts';
import { findIdeas, guardConcept, IDIOM, type IdeaReader, placeConcept } from './ideas.ts';
import { compileLexicon, type Phrase } from './lexicon.ts';
import { featuresOf, type Likeness, trainLikeness } from './likeness.ts';
import { compileEmoji, type EmojiSet, EmojiSchema } from '../understand/emoji.ts';
import { lineUp } from './tokens.ts';

const PhrasesSchema = z.array(z.string().min(1));

/** An idea and the ways people say it. */
const ConceptSchema = z.strictObject({
  id: z.string().regex(/^[A-Z][A-Z0-9-]*$/),
  /** what belongs here, for editors */
  what: z.string().optional(),
  words: PhrasesSchema.default([]),
  /** phrases whose spelling without diacritics means too much else: matched only when typed with them */
  spelt: PhrasesSchema.default([]),
  /** a lone hit is a grey zone: ask whether the person is safe */
  alarm: z.boolean().default(false),
  /** says who or when, never what: a rule is not raised anew because of it */
  weak: z.boolean().default(false),
  /** a "không" before it takes nothing away ("không ai cứu em") */
  stays: z.boolean().default(false),
});

/** How a denial looks. Single words. */
const NegationSchema = z.strictObject({
  words: PhrasesSchema,
  /** the denial ends here: "không sao nhưng …" */
  enders: PhrasesSchema,
  /** "không muốn bị bán" denies nothing */
  exceptions: PhrasesSchema,
});

const ReasonSchema = z.strictObject({ vi: z.string().min(1), en: z.string().min(1) });

const RuleSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  level: z.enum(RISK_LEVELS),
  category: z.string().regex(/^[a-z_]+$/),
  reason: ReasonSchema,
  /** why this is a sign of danger: a warning sign of the facts, or a plain reason */
  why: z.string().min(1),
  /** each entry must be found; "A|B" means either idea */
  all: z.array(z.string().regex(/^[A-Z][A-Z0-9|-]*$/)).default([]),
  /** phrases that are enough alone; they stand beside `all` as another way to fire */
  phrases: PhrasesSchema.default([]),
  spelt: PhrasesSchema.default([]),
  /** the words of `all` may lie at most this far apart */
  window: z.int().min(2).max(60).default(14),
  /** the ideas must come in the order of `all` */
  ordered: z.boolean().default(false),
  /** does not fire when one of these is in the same text */
  unless: z.array(z.string()).default([]),
  /** no guard silences it: at most the bot asks instead */
  firm: z.boolean().default(false),
  /** in the description of an offer this is a matter for the offer check, so only a concern */
  offerOnly: z.boolean().default(false),
  /** fires only when the whole text has at most this many words */
  maxWords: z.int().min(1).optional(),
  /** stands for messages that read like the urgent examples although no other rule fits */
  byLikeness: z.boolean().default(false),
  yes: z.array(z.string().min(1)).min(1),
  no: z.array(z.string().min(1)).min(1),
});

const GuardSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z-]*$/),
  /** `drop`: the rule does not count; `lower`: it counts as a concern */
  effect: z.enum(['drop', 'lower']),
  /** the bot asks whether the person is safe when this guard held back an urgent rule */
  ask: z.boolean().default(false),
  phrases: PhrasesSchema,
  spelt: PhrasesSchema.default([]),
  /** ideas that show it is about somebody after all; then the guard does not hold */
  unless: z.array(z.string()).default([]),
});

const FileSchema = z.strictObject({
  sets: z.record(z.string().regex(/^[a-z-]+$/), PhrasesSchema).default({}),
  concepts: z.array(ConceptSchema).default([]),
  /** further ways to say an idea of another file, in another language or region: idea → phrases */
  more: z.record(z.string(), PhrasesSchema).default({}),
  rules: z.array(RuleSchema).default([]),
  guards: z.array(GuardSchema).default([]),
  negation: NegationSchema.optional(),
  /** whole messages; what reads like the urgent ones makes the bot ask */
  examples: z.strictObject({ urgent: PhrasesSchema, harmless: PhrasesSchema }).optional(),
  /** phrases that only look dangerous; their words are invisible to the rules */
  idioms: z.strictObject({ words: PhrasesSchema, spelt: PhrasesSchema.default([]) }).optional(),
  /** pictures and what they say */
  emoji: z.array(EmojiSchema).default([]),
  /** a name of a place → ISO 3166-1 alpha-2 */
  places: z.record(z.string().regex(/^[A-Z]{2}$/), PhrasesSchema).default({}),
  /** whoever was born in this year or later is taken for a minor; the desk moves it on every January */
  minorBornFrom: z.int().min(2000).max(2100).optional(),
});

export type DangerRule = z.infer<typeof RuleSchema>;
export type DangerGuard = z.infer<typeof GuardSchema>;

/** The rules, ready to scan with. Opaque to callers. */
export interface DangerRules extends IdeaReader {
  readonly rules: readonly CompiledRule[];
  readonly guards: readonly DangerGuard[];
  readonly alarms: ReadonlySet<string>;
  readonly likeness: Likeness;
  readonly emoji: EmojiSet;
}

export interface CompiledRule extends DangerRule {
  /** `all`, split at "|" */
  readonly slots: readonly ReadonlySet<string>[];
  /** the pseudo-idea of `phrases` */
  readonly own: string;
}

/**
 * Joins and checks the parsed files of content/safety.
 *
 * @param source `{ path, data }[]`, `data` as the YAML parser gives it
 * @throws Error that names file, rule or concept, and field; all faults at once, one a line
 */
export function compileDangerRules(source: unknown): DangerRules {
  const files = z.array(z.object({ path: z.string(), data: z.unknown() })).parse(source);
  const faults: string[] = [];
  const contents = files.flatMap(({ path, data }) => {
    const result = FileSchema.safeParse(data);
    if (result.success) return [result.data];
    faults.push(
      ...result.error.issues.map((issue) => `${path}: ${placeOf(data, issue.path)}: ${issue.message}`),
    );
    return [];
  });
  const concepts = contents.flatMap((file) => file.concepts);
  const rules = contents.flatMap((file) => file.rules);
  const guards = contents.flatMap((file) => file.guards);
  const more = contents.flatMap((file) => Object.entries(file.more));
  faults.push(
    ...findReferenceFaults(
      concepts.map((concept) => concept.id),
      more.map(([concept]) => concept),
      rules,
      guards,
    ),
  );
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const sets: Record<string, string[]> = {};
  for (const file of contents) Object.assign(sets, file.sets);
  const phrases: Phrase[] = [
    ...concepts.flatMap((concept) => phrasesOf(concept.id, concept.words, concept.spelt)),
    ...more.flatMap(([concept, words]) => phrasesOf(concept, words, [])),
    ...rules.flatMap((rule) => phrasesOf(ownConcept(rule.id), rule.phrases, rule.spelt)),
    ...guards.flatMap((guard) => phrasesOf(guardConcept(guard.id), guard.phrases, guard.spelt)),
    ...contents.flatMap((file) => phrasesOf(IDIOM, file.idioms?.words ?? [], file.idioms?.spelt ?? [])),
    ...contents.flatMap((file) =>
      Object.entries(file.places).flatMap(([country, names]) => phrasesOf(placeConcept(country), names, [])),
    ),
  ];
  const reader: IdeaReader = {
    lexicon: compileLexicon(phrases, sets),
    minorBornFrom: contents.find((file) => file.minorBornFrom !== undefined)?.minorBornFrom ?? 2100,
    weak: idsOf(concepts.filter((concept) => concept.weak)),
    stays: idsOf(concepts.filter((concept) => concept.stays)),
    negation: negationOf(contents.find((file) => file.negation !== undefined)?.negation),
  };
  const emoji = compileEmoji(contents.flatMap((file) => file.emoji));
  const toExample = (isUrgent: boolean) => (text: string) => {
    const tokens = lineUp([text], emoji);
    return {
      features: featuresOf(tokens, findIdeas(reader, tokens)),
      isUrgent,
    };
  };
  const isUrgent = (rule: DangerRule) => rule.level === 'high' || rule.level === 'imminent';
  const examples = contents.flatMap((file) => [
    ...file.rules.filter(isUrgent).flatMap((rule) => rule.yes.map(toExample(true))),
    ...file.rules.flatMap((rule) => rule.no.map(toExample(false))),
    ...(file.examples?.urgent ?? []).map(toExample(true)),
    ...(file.examples?.harmless ?? []).map(toExample(false)),
  ]);
  return {
    ...reader,
    rules: rules.map((rule) => ({
      ...rule,
      slots: rule.all.map((slot) => new Set(slot.split('|'))),
      own: ownConcept(rule.id),
    })),
    guards,
    alarms: idsOf(concepts.filter((concept) => concept.alarm)),
    likeness: trainLikeness(examples),
    emoji,
  };
}

/** The counsellor-facing text of `danger.<ruleId>`; the rule id itself when the rule is gone since the event was written. */
export function dangerReasonText(rules: DangerRules, ruleId: string, language: 'vi' | 'en'): string {
  return rules.rules.find((rule) => rule.id === ruleId)?.reason[language] ?? ruleId;
}

const idsOf = (items: readonly { id: string }[]) => new Set(items.map((item) => item.id));
const negationOf = (negation: z.infer<typeof NegationSchema> | undefined): Negation => ({
  words: new Set(negation?.words),
  enders: new Set(negation?.enders),
  exceptions: new Set(negation?.exceptions),
});
const ownConcept = (ruleId: string) => `rule:${ruleId}`;

function phrasesOf(concept: string, words: readonly string[], spelt: readonly string[]): Phrase[] {
  return [
    ...words.map((text) => ({ concept, text, spelt: false })),
    ...spelt.map((text) => ({ concept, text, spelt: true })),
  ];
}

function findReferenceFaults(
  conceptIds: readonly string[],
  extended: readonly string[],
  rules: readonly DangerRule[],
  guards: readonly DangerGuard[],
): string[] {
  const known = new Set(conceptIds);
  const ruleIds = rules.map((rule) => rule.id);
  const repeated = [...conceptIds, ...ruleIds].filter((id, at, all) => all.indexOf(id) !== at);
  const unknown = [
    ...rules.flatMap((rule) =>
      [...rule.all.flatMap((slot) => slot.split('|')), ...rule.unless].map(
        (id) => [`rule ${rule.id}`, id] as const,
      ),
    ),
    ...guards.flatMap((guard) => guard.unless.map((id) => [`guard ${guard.id}`, id] as const)),
    ...extended.map((id) => ['more', id] as const),
  ].filter(([, id]) => !known.has(id));
  const empty = rules.filter(
    (rule) => !rule.byLikeness && rule.all.length + rule.phrases.length + rule.spelt.length === 0,
  );
  return [
    ...repeated.map((id) => `${id}: the id is used twice`),
    ...unknown.map(([owner, id]) => `${owner}: names the unknown concept ${id}`),
    ...empty.map((rule) => `rule ${rule.id}: needs all, phrases or spelt`),
  ];
}

const NamedSchema = z.object({ id: z.string() });

/** "rule passport-kept, level" reads better than "rules.4.level". */
function placeOf(data: unknown, path: readonly PropertyKey[]): string {
  const [list, index, ...field] = path;
  const entries = z.record(z.string(), z.unknown()).safeParse(data);
  const items = entries.success ? z.array(z.unknown()).safeParse(entries.data[String(list)]) : null;
  const named =
    items?.success === true && typeof index === 'number' ? NamedSchema.safeParse(items.data[index]) : null;
  if (named?.success !== true) return path.map(String).join('.') || 'file';
  return `${String(list).replace(/s$/, '')} ${named.data.id}, ${field.map(String).join('.') || 'entry'}`;
}
