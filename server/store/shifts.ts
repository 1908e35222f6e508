/** The duty calendar as it is kept: the weekly pattern and its dated exceptions. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { DatedChange, Plan, WeeklyShift } from '../duty/calendar.ts';
import type { Db } from '../ports.ts';

/** Roles that may answer people: only their shifts make anybody be there. */
const ANSWERS = `('counsellor', 'supervisor', 'admin')`;
/** Exceptions older than this are over. */
const KEEP_CHANGES = '14 days';

const WEEKLY = `s.id, s.user_id as "userId", s.weekday, s.starts_min as "startsMin", s.length_min as "lengthMin", s.languages,
  s.first_day::text as "firstDay", s.last_day::text as "lastDay"`;

const ChangeRowSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('off'), id: z.string(), userId: z.string().nullable(), day: z.string() }),
  z.object({
    ...{ kind: z.literal('extra'), id: z.string(), userId: z.string(), day: z.string() },
    ...{ startsMin: z.number(), lengthMin: z.number(), languages: z.array(z.string()) },
  }),
]);

/**
 * The calendar of everybody who may answer; accounts that are disabled have no shifts.
 * @param now exceptions that are over by then are left out
 */
export async function readPlan(db: Db, now: Date): Promise<Plan> {
  const weekly = await db.query<WeeklyShift>({
    name: 'read_weekly_shifts',
    text: `select ${WEEKLY} from shifts s join users u on u.id = s.user_id
      where u.disabled_at is null and u.role in ${ANSWERS} order by s.weekday, s.starts_min, s.id`,
  });
  const changes = await db.query({
    name: 'read_shift_changes',
    text: `select c.id, c.user_id as "userId", c.day::text as day, c.kind, c.starts_min as "startsMin",
        c.length_min as "lengthMin", c.languages
      from shift_changes c left join users u on u.id = c.user_id
      where c.day >= ($1::timestamptz - interval '${KEEP_CHANGES}')::date
        and (c.user_id is null or (u.disabled_at is null and u.role in ${ANSWERS}))
      order by c.day, c.starts_min, c.id`,
    values: [now],
  });
  return {
    weekly: weekly.rows,
    changes: changes.rows.map((row): DatedChange => ChangeRowSchema.parse(row)),
  };
}

/** Who can be given a shift, by name. */
export async function listWhoAnswers(db: Db): Promise<readonly { id: string; displayName: string }[]> {
  const found = await db.query<{ id: string; displayName: string }>(
    `select id, display_name as "displayName" from users where disabled_at is null and role in ${ANSWERS}
     order by lower(display_name), id`,
  );
  return found.rows;
}

export async function mayHaveShifts(db: Db, userId: string): Promise<boolean> {
  const found = await db.query(
    `select from users where id = $1 and disabled_at is null and role in ${ANSWERS}`,
    [userId],
  );
  return found.rowCount === 1;
}

export async function insertShift(client: PoolClient, shift: WeeklyShift, now: Date): Promise<void> {
  const { id, userId, weekday, startsMin, lengthMin, languages, firstDay, lastDay } = shift;
  await client.query(
    `insert into shifts (id, user_id, weekday, starts_min, length_min, languages, first_day, last_day, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, userId, weekday, startsMin, lengthMin, languages, firstDay, lastDay, now],
  );
}

export type ShiftPatch = Pick<WeeklyShift, 'startsMin' | 'lengthMin' | 'languages' | 'firstDay' | 'lastDay'>;

/** @returns false when there is none (any more) */
export async function changeShift(client: PoolClient, id: string, patch: ShiftPatch): Promise<boolean> {
  const { startsMin, lengthMin, languages, firstDay, lastDay } = patch;
  const done = await client.query(
    `update shifts set starts_min = $2, length_min = $3, languages = $4, first_day = $5, last_day = $6 where id = $1`,
    [id, startsMin, lengthMin, languages, firstDay, lastDay],
  );
  return done.rowCount === 1;
}

/** @returns whose it was; null when there is none (any more) */
export async function removeShift(client: PoolClient, id: string): Promise<string | null> {
  const gone = await client.query<{ userId: string }>(
    'delete from shifts where id = $1 returning user_id as "userId"',
    [id],
  );
  return gone.rows[0]?.userId ?? null;
}

export async function insertShiftChange(client: PoolClient, change: DatedChange, now: Date): Promise<void> {
  const hours = change.kind === 'extra' ? change : { startsMin: null, lengthMin: null, languages: [] };
  await client.query(
    `insert into shift_changes (id, user_id, day, kind, starts_min, length_min, languages, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[change.id, change.userId, change.day, change.kind, hours.startsMin, hours.lengthMin],
      ...[hours.languages, now],
    ],
  );
}

/** @returns the day it was for; null when there is none (any more) */
export async function removeShiftChange(client: PoolClient, id: string): Promise<string | null> {
  const gone = await client.query<{ day: string }>(
    'delete from shift_changes where id = $1 returning day::text as day',
    [id],
  );
  return gone.rows[0]?.day ?? null;
}
