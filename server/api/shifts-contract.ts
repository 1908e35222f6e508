/** Shapes of the duty calendar. Times of day are Vietnam's, `22:00`; days are `2026-11-25`. */
import { z } from 'zod';
import { IdSchema, PersonSchema, TimeSchema } from './contract.ts';

const ClockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const DaySchema = z.iso.date();
/** BCP 47; what is spoken in that shift. Empty: not said. */
const LanguagesSchema = z
  .array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/))
  .max(12)
  .refine((tags) => new Set(tags).size === tags.length, 'twice');

/** `ends` before or at `starts` means on the next day; the same time is a whole day. */
const HoursShape = { starts: ClockSchema, ends: ClockSchema, languages: LanguagesSchema };
const TermShape = { firstDay: DaySchema, lastDay: DaySchema.nullable() };
const isTerm = ({ firstDay, lastDay }: { firstDay: string; lastDay: string | null }): boolean =>
  lastDay === null || firstDay <= lastDay;
const TERM_FAULT = { path: ['lastDay'], message: 'before_first' };

export const WeeklyShiftSchema = z.strictObject({
  id: IdSchema,
  userId: IdSchema,
  /** ISO: Monday is 1 */
  weekday: z.number().int(),
  ...HoursShape,
  ...TermShape,
});
export type WeeklyShiftView = z.infer<typeof WeeklyShiftSchema>;

export const ShiftChangeSchema = z.strictObject({
  id: IdSchema,
  kind: z.enum(['off', 'extra']),
  /** null: everybody is off */
  userId: IdSchema.nullable(),
  day: z.string(),
  /** of an extra shift; null when off */
  starts: ClockSchema.nullable(),
  ends: ClockSchema.nullable(),
  languages: z.array(z.string()),
});
export type ShiftChangeView = z.infer<typeof ShiftChangeSchema>;

export const ShiftWarningSchema = z.strictObject({
  kind: z.enum(['overlap', 'over_midnight', 'empty_day', 'gap']),
  /** whose; null: nobody's */
  userId: IdSchema.nullable(),
  day: z.string(),
  from: TimeSchema.nullable(),
  to: TimeSchema.nullable(),
});
export type ShiftWarning = z.infer<typeof ShiftWarningSchema>;

export const ShiftsSchema = z.strictObject({
  now: TimeSchema,
  today: z.string(),
  /** who can be given a shift */
  people: z.array(PersonSchema),
  weekly: z.array(WeeklyShiftSchema),
  changes: z.array(ShiftChangeSchema),
  /** the next seven days, today first; shifts that take place */
  days: z.array(
    z.strictObject({
      day: z.string(),
      shifts: z.array(
        z.strictObject({
          userId: IdSchema,
          startsAt: TimeSchema,
          endsAt: TimeSchema,
          languages: z.array(z.string()),
          isExtra: z.boolean(),
        }),
      ),
    }),
  ),
  warnings: z.array(ShiftWarningSchema),
  /** what the bot says at this moment */
  duty: z.strictObject({
    isStaffed: z.boolean(),
    /** somebody who may answer was seen just now */
    isSeen: z.boolean(),
    hasCalendar: z.boolean(),
    nextAt: TimeSchema.nullable(),
  }),
});
export type Shifts = z.infer<typeof ShiftsSchema>;

export const ShiftNewSchema = z
  .strictObject({
    userId: IdSchema,
    weekdays: z
      .array(z.number().int().min(1).max(7))
      .min(1)
      .max(7)
      .refine((days) => new Set(days).size === days.length, 'twice'),
    ...HoursShape,
    ...TermShape,
  })
  .refine(isTerm, TERM_FAULT);
export const ShiftPatchSchema = z.strictObject({ ...HoursShape, ...TermShape }).refine(isTerm, TERM_FAULT);

/** An extra shift has hours and a person; a day off has neither hours nor languages, and nobody named means everybody. */
export const ShiftChangeNewSchema = z
  .strictObject({
    kind: z.enum(['off', 'extra']),
    userId: IdSchema.nullable(),
    day: DaySchema,
    starts: ClockSchema.nullable(),
    ends: ClockSchema.nullable(),
    languages: LanguagesSchema,
  })
  .refine(({ kind, userId }) => kind === 'off' || userId !== null, { path: ['userId'], message: 'missing' })
  .refine(({ kind, starts, ends }) => (kind === 'extra') === (starts !== null && ends !== null), {
    path: ['starts'],
    message: 'hours',
  });
export const ShiftIdsSchema = z.strictObject({ ids: z.array(IdSchema) });
