/** What a colleague chose for their own work at the desk: a break, languages, saved views of the queue. */
import { z } from 'zod';
import type { Db } from '../ports.ts';

const CodesSchema = z.array(z.string()).optional();
export const ViewsSchema = z.array(
  z.object({
    name: z.string(),
    filter: z.object({ risk: CodesSchema, channel: CodesSchema, language: CodesSchema }),
  }),
);

export interface DeskSettings {
  onBreakSince: Date | null;
  languages: readonly string[];
  views: z.output<typeof ViewsSchema>;
  /** a tone when somebody in imminent danger begins to wait */
  sound: boolean;
}

/** Who never chose anything answers in no particular language, has no views and is not on a break. */
export async function readDeskSettings(db: Db, userId: string): Promise<DeskSettings> {
  const found = await db.query<{
    onBreakSince: Date | null;
    languages: string[];
    views: unknown;
    sound: boolean;
  }>(
    `select on_break_since as "onBreakSince", languages, views, sound from desk_settings where user_id = $1`,
    [userId],
  );
  const row = found.rows[0];
  if (row === undefined) return { onBreakSince: null, languages: [], views: [], sound: false };
  return { ...row, views: ViewsSchema.parse(row.views) };
}

export async function isOnBreak(db: Db, userId: string): Promise<boolean> {
  const found = await db.query(
    'select from desk_settings where user_id = $1 and on_break_since is not null',
    [userId],
  );
  return found.rowCount === 1;
}

/** @param since null: back at work */
export async function setBreak(db: Db, userId: string, since: Date | null, now: Date): Promise<void> {
  await db.query(
    `insert into desk_settings (user_id, on_break_since, updated_at) values ($1, $2, $3)
     on conflict (user_id) do update set on_break_since = excluded.on_break_since, updated_at = excluded.updated_at,
       break_ended_at = case when excluded.on_break_since is null and desk_settings.on_break_since is not null
         then excluded.updated_at else desk_settings.break_ended_at end`,
    [userId, since, now],
  );
}

export async function setDeskSettings(
  db: Db,
  userId: string,
  { languages, views, sound }: Pick<DeskSettings, 'languages' | 'views'> & { sound?: boolean | undefined },
  now: Date,
): Promise<void> {
  await db.query(
    `insert into desk_settings (user_id, languages, views, updated_at, sound)
     values ($1, $2, $3::jsonb, $4, coalesce($5, false))
     on conflict (user_id) do update set languages = excluded.languages, views = excluded.views,
       updated_at = excluded.updated_at, sound = coalesce($5, desk_settings.sound)`,
    [userId, languages, JSON.stringify(views), now, sound ?? null],
  );
}
