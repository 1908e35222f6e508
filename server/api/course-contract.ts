/** The shapes of the course for the staff. */
import { z } from 'zod';

const ModuleIdSchema = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
/** a day in Vietnam */
const DaySchema = z.iso.date();

export const ModuleParamsSchema = z.strictObject({ module: ModuleIdSchema });

/** A module has some fifteen screens, and each may be asked again; more is no person. */
const MAX_ANSWERS = 80;
/** as the engine takes them (MAX_OWN_WORDS_UTF16) */
const MAX_TEXT_UTF16 = 160;

export const AnswersSchema = z.strictObject({
  /** everything answered since the beginning, oldest first; kept by the page only */
  answers: z
    .array(
      z.union([
        z.strictObject({ tap: z.string().min(1).max(64) }),
        z.strictObject({ text: z.string().trim().min(1).max(MAX_TEXT_UTF16) }),
      ]),
    )
    .max(MAX_ANSWERS),
});
export type CourseAnswer = z.infer<typeof AnswersSchema>['answers'][number];

export const CourseSchema = z.strictObject({
  modules: z.array(
    z.strictObject({
      id: z.string(),
      group: z.string(),
      title: z.string(),
      minutes: z.number(),
      /** by whoever asks; null: not yet */
      finishedOn: DaySchema.nullable(),
      sources: z.array(
        z.strictObject({
          id: z.string(),
          text: z.string(),
          source: z.string(),
          checked: DaySchema,
          isHeld: z.boolean(),
        }),
      ),
    }),
  ),
  provinces: z.array(z.strictObject({ now: z.string(), formerly: z.array(z.string()) })),
});
export type StaffCourse = z.infer<typeof CourseSchema>;

export const PlayedSchema = z.strictObject({
  said: z.array(
    z.strictObject({
      text: z.string(),
      choices: z.array(z.strictObject({ id: z.string(), label: z.string() })),
    }),
  ),
  finished: z.boolean(),
  takesText: z.boolean(),
  /** the last answer was not taken: the bot would have left the module for it */
  strayed: z.boolean(),
});
export type PlayedModule = z.infer<typeof PlayedSchema>;

/** How many people finished each module: no names, no order of people. */
export const CoursePeopleSchema = z.strictObject({
  modules: z.array(z.strictObject({ id: z.string(), people: z.number().int() })),
});
export type CoursePeople = z.infer<typeof CoursePeopleSchema>;
