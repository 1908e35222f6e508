/** Registers that are looked at as a whole: by whom, when last, and by when again. */
import { z } from 'zod';

export const REVIEWS_PATH = 'content/registers/reviews.yaml';

const ReviewSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'an id looks like agencies'),
    /** file or folder, relative to the repository */
    path: z.string().startsWith('content/'),
    what: z.string().min(1),
    source: z.string().min(1),
    checked: z.iso.date('a date looks like 2026-11-22'),
    expires: z.iso.date('a date looks like 2026-11-22'),
    owner: z.enum(['legal', 'hotline', 'editor']),
    /** false: every answer from it says how old it is, so an overdue check misleads nobody */
    live: z.boolean(),
  })
  .refine(({ checked, expires }) => checked < expires, {
    path: ['expires'],
    message: 'lies before the day of the check',
  });
export type Review = z.infer<typeof ReviewSchema>;
export const ReviewsFileSchema = z.strictObject({ registers: z.array(ReviewSchema).min(1) });
