/** The desk as a supervisor sees it from afar: figures, and who has how much; nothing of what anybody wrote, no name of a person. */
import type { Db } from '../ports.ts';
import { IS_THERE, presenceValues } from './colleagues.ts';
import type { Risk } from './desk.ts';

export interface WaitingFigures {
  risk: Risk;
  waiting: number;
  /** who waits longest among them */
  oldestSince: Date | null;
  /** wait longer than the minutes given for that risk */
  overdue: number;
}

/** @param red minutes by risk after which somebody should have come (desk-rules.ts); every risk is there, the worst first */
export async function readWaiting(
  db: Db,
  red: readonly { risk: Risk; minutes: number }[],
  now: Date,
): Promise<readonly WaitingFigures[]> {
  const worstFirst = [...red].reverse();
  const found = await db.query<WaitingFigures>({
    name: 'wall_waiting',
    text: `select r.risk, count(h.id)::int as waiting, min(h.waiting_since) as "oldestSince",
        (count(h.id) filter (where h.waiting_since + r.minutes * interval '1 minute' <= $3::timestamptz))::int as overdue
      from unnest($1::text[], $2::float8[]) with ordinality as r(risk, minutes, at)
        left join handovers h on h.risk = r.risk and h.state = 'waiting'
      group by r.risk, r.at order by r.at`,
    values: [worstFirst.map(({ risk }) => risk), worstFirst.map(({ minutes }) => minutes), now],
  });
  return found.rows;
}

export interface WaitingConversation {
  conversationId: string;
  code: string;
  channel: string;
  language: string;
  risk: Risk;
  waitingSince: Date;
}

/** The most dangerous first, then whoever waits longest. */
export async function readFirstWaiting(db: Db, limit: number): Promise<readonly WaitingConversation[]> {
  const found = await db.query<WaitingConversation>({
    name: 'wall_first_waiting',
    text: `select c.id as "conversationId", c.code, c.channel, c.language, h.risk, h.waiting_since as "waitingSince"
      from handovers h join conversations c on c.id = h.conversation_id
      where h.state = 'waiting' order by h.risk_rank desc, h.waiting_since, h.id limit $1`,
    values: [limit],
  });
  return found.rows;
}

export interface TakenConversation {
  conversationId: string;
  code: string;
  channel: string;
  language: string;
  risk: Risk;
  takenAt: Date;
  /** the person wrote then, after our last answer; null: they have been answered */
  unansweredSince: Date | null;
}

export interface Colleague {
  id: string;
  displayName: string;
  role: 'counsellor' | 'supervisor' | 'admin';
  /** their browser gave a sign of life just now */
  isPresent: boolean;
  isOnBreak: boolean;
  seenAt: Date | null;
  taken: readonly TakenConversation[];
}

type ColleagueRow = Omit<Colleague, 'taken'>;
type TakenRow = TakenConversation & { userId: string };

/** Everybody who may answer and is here or has somebody; by name. @param graceMs how long a silent browser still counts */
export async function readColleagues(db: Db, now: Date, graceMs: number): Promise<readonly Colleague[]> {
  const people = await db.query<ColleagueRow>({
    name: 'wall_colleagues',
    text: `select u.id, u.display_name as "displayName", u.role, s.seen as "seenAt",
        ${IS_THERE} as "isPresent", d.on_break_since is not null as "isOnBreak"
      from users u left join desk_settings d on d.user_id = u.id left join lateral (
          select max(greatest(last_seen_at, present_at)) as seen from user_sessions
          where user_id = u.id and ended_at is null and aal >= 2 and expires_at > $1) s on true
      where u.disabled_at is null and u.role in ('counsellor', 'supervisor', 'admin')
      order by lower(u.display_name), u.id`,
    values: presenceValues(now, graceMs),
  });
  const taken = await db.query<TakenRow>({
    name: 'wall_taken',
    text: `select h.taken_by as "userId", c.id as "conversationId", c.code, c.channel, c.language, h.risk, h.taken_at as "takenAt",
        case when c.last_inbound_at > coalesce(c.last_outbound_at, '-infinity') then c.last_inbound_at end as "unansweredSince"
      from handovers h join conversations c on c.id = h.conversation_id
      where h.state = 'taken' and h.taken_by is not null
      order by h.risk_rank desc, "unansweredSince" nulls last, h.taken_at limit 500`,
  });
  return people.rows
    .map((one) => ({
      ...one,
      taken: taken.rows
        .filter(({ userId }) => userId === one.id)
        .map(({ userId: _userId, ...conversation }) => conversation),
    }))
    .filter(({ isPresent, taken: own }) => isPresent || own.length > 0);
}

export interface DayFigures {
  /** came to the desk */
  asked: number;
  taken: number;
  closed: number;
  /** given back to the bot */
  returned: number;
  /** half of those taken waited less; null: nobody was taken */
  medianWaitSeconds: number | null;
}

/** @param from midnight in Vietnam */
export async function readDayFigures(db: Db, from: Date): Promise<DayFigures> {
  const found = await db.query<DayFigures>({
    name: 'wall_day',
    text: `select (count(*) filter (where created_at >= $1 and cause <> 'platform'))::int as asked,
        (count(*) filter (where taken_at >= $1 and taken_by is not null))::int as taken,
        (count(*) filter (where ended_at >= $1 and state = 'closed'))::int as closed,
        (count(*) filter (where ended_at >= $1 and state = 'returned' and taken_by is not null))::int as returned,
        percentile_disc(0.5) within group (order by extract(epoch from taken_at - waiting_since)::int)
          filter (where taken_at >= $1 and taken_by is not null) as "medianWaitSeconds"
      from handovers where created_at >= $1 or taken_at >= $1 or ended_at >= $1`,
    values: [from],
  });
  return found.rows[0] ?? { asked: 0, taken: 0, closed: 0, returned: 0, medianWaitSeconds: null };
}
