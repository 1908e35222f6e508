/** What practice conversations are made of: the safe-practice list, the moves that are recognised, and the scripted people. */
import { parse } from 'yaml';
import { z } from 'zod';

export const PRACTICE_FOLDER = 'content/practice';
/** Worked out from the register of numbers, not from phrases. */
export const NUMBER_MOVES = ['gives_number', 'unknown_number'] as const;

const IdSchema = z.string().regex(/^[a-z][a-z0-9_-]{1,40}$/);
const LineSchema = z.strictObject({
  vi: z.string().trim().min(1).max(600),
  en: z.string().trim().min(1).max(600),
});
export type Line = z.infer<typeof LineSchema>;

const ItemSchema = z.strictObject({ id: IdSchema, name: LineSchema });
export type ChecklistItem = z.infer<typeof ItemSchema>;

const MoveSchema = z.strictObject({
  id: IdSchema,
  name: LineSchema,
  /** any of them, as whole words */
  phrases: z.array(z.string().min(2)).min(1),
  /** taken out before the phrases are looked for: "I cannot promise" is no promise */
  unless: z.array(z.string().min(2)).default([]),
});
export type MoveRule = z.infer<typeof MoveSchema>;

const MovesSchema = z.array(IdSchema).min(1);
const AnswerSchema = z.strictObject({
  when: z.strictObject({
    /** any of these in the message just written */
    hears: MovesSchema.optional(),
    /** any of these in this or an earlier message */
    heard: MovesSchema.optional(),
    /** none of these so far, this message included */
    not: MovesSchema.optional(),
    /** from this message of the counsellor on; the first is 1 */
    from: z.int().positive().optional(),
  }),
  says: z.array(LineSchema).min(1),
  /** the person writes no more */
  ends: z.boolean().default(false),
});
export type Answer = z.infer<typeof AnswerSchema>;

const ExpectSchema = z.strictObject({
  item: IdSchema,
  /** exactly one of the three */
  good: z.strictObject({
    /** any of these, at the latest in message `by`, and before any of `before` */
    said: z
      .strictObject({ moves: MovesSchema, by: z.int().positive().optional(), before: MovesSchema.optional() })
      .optional(),
    /** none of these; with `until`, none before one of those was said */
    never: z.strictObject({ moves: MovesSchema, until: MovesSchema.optional() }).optional(),
    /** no message longer, in UTF-16 units */
    shorter: z.int().positive().optional(),
  }),
  why: LineSchema,
});
export type Expect = z.infer<typeof ExpectSchema>;

const ScenarioSchema = z.strictObject({
  id: IdSchema,
  title: LineSchema,
  /** what the counsellor knows when the conversation begins, as the desk would show it */
  about: LineSchema,
  channel: z.enum(['zalo', 'messenger', 'telegram', 'line', 'web']),
  risk: z.enum(['none', 'concern', 'high', 'imminent']),
  opening: z.array(LineSchema).min(1),
  /** the first that fits and was not said before answers */
  answers: z.array(AnswerSchema).min(3),
  /** when none fits, one after the other */
  otherwise: z.array(LineSchema).min(2),
  /** messages of the counsellor after which it ends by itself */
  length: z.int().min(3).max(20),
  expects: z.array(ExpectSchema).min(3),
  /** one way to do it well; shown afterwards, and what the check plays. `[[id]]` is a number of the register. */
  model: z.array(LineSchema).min(2),
});
export type Scenario = z.infer<typeof ScenarioSchema>;

export interface PracticeContent {
  items: readonly ChecklistItem[];
  moves: readonly MoveRule[];
  scenarios: readonly Scenario[];
}
export interface PracticeFault {
  path: string;
  message: string;
}
export type PracticeResult =
  { ok: true; content: PracticeContent } | { ok: false; faults: readonly PracticeFault[] };

/** @param files `checklist.yaml`, `moves.yaml` and one file for each scenario, named by its id */
export function parsePractice(files: readonly { name: string; text: string }[]): PracticeResult {
  const faults: PracticeFault[] = [];
  const read = <T>(name: string, text: string, schema: z.ZodType<T>): T | null => {
    const path = `${PRACTICE_FOLDER}/${name}`;
    try {
      const parsed = schema.safeParse(parse(text));
      if (parsed.success) return parsed.data;
      for (const { path: at, message } of parsed.error.issues)
        faults.push({ path, message: `${at.map(String).join('.')}: ${message}` });
    } catch (error) {
      faults.push({
        path,
        message: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no YAML',
      });
    }
    return null;
  };
  const textOf = (name: string): string => files.find((file) => file.name === name)?.text ?? '';
  const list = read(
    'checklist.yaml',
    textOf('checklist.yaml'),
    z.strictObject({ items: z.array(ItemSchema).min(1) }),
  );
  const known = read(
    'moves.yaml',
    textOf('moves.yaml'),
    z.strictObject({ moves: z.array(MoveSchema).min(1) }),
  );
  const scenarios = files
    .filter(({ name }) => name !== 'checklist.yaml' && name !== 'moves.yaml')
    .flatMap(({ name, text }) => {
      const scenario = read(name, text, ScenarioSchema);
      if (scenario !== null && `${scenario.id}.yaml` !== name)
        faults.push({
          path: `${PRACTICE_FOLDER}/${name}`,
          message: `is named otherwise than its id "${scenario.id}"`,
        });
      return scenario === null ? [] : [scenario];
    });
  if (scenarios.length === 0) faults.push({ path: PRACTICE_FOLDER, message: 'there is no scenario' });
  const content = { items: list?.items ?? [], moves: known?.moves ?? [], scenarios };
  if (faults.length === 0) faults.push(...findUnknown(content));
  return faults.length > 0 ? { ok: false, faults } : { ok: true, content };
}

/** Names that nothing stands behind, and expectations that ask for nothing or for several things at once. */
function findUnknown({ items, moves, scenarios }: PracticeContent): readonly PracticeFault[] {
  const moveIds: readonly string[] = [...moves.map(({ id }) => id), ...NUMBER_MOVES];
  return scenarios.flatMap(({ id, answers, expects }) => {
    const path = `${PRACTICE_FOLDER}/${id}.yaml`;
    const used = [
      ...answers.flatMap(({ when }) => [...(when.hears ?? []), ...(when.heard ?? []), ...(when.not ?? [])]),
      ...expects.flatMap(({ good: { said, never } }) => [
        ...(said?.moves ?? []),
        ...(said?.before ?? []),
        ...(never?.moves ?? []),
        ...(never?.until ?? []),
      ]),
    ];
    return [
      ...used
        .filter((move) => !moveIds.includes(move))
        .map((move) => ({ path, message: `there is no move "${move}"` })),
      ...expects
        .filter(({ item }) => !items.some((one) => one.id === item))
        .map(({ item }) => ({ path, message: `there is no item "${item}" in the checklist` })),
      ...expects
        .filter(({ good }) => Object.values(good).filter((one) => one !== undefined).length !== 1)
        .map(({ item }) => ({ path, message: `"${item}" asks for none or several of said, never, shorter` })),
    ];
  });
}
