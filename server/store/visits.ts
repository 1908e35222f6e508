/** How often and when a contact was handed to the desk: the earlier sessions in sight beside today's. */
import type { Db } from '../ports.ts';

export interface Visit {
  waitingSince: Date;
  endedAt: Date | null;
  state: 'waiting' | 'taken' | 'returned' | 'closed';
  outcome: string | null;
  takenBy: { id: string; displayName: string } | null;
}

/** More than this nobody reads. */
const LIMIT = 50;

/** The newest visits, oldest first; the one of today is the last. */
export async function listVisits(db: Db, conversationId: string): Promise<readonly Visit[]> {
  const found = await db.query<
    Omit<Visit, 'takenBy'> & { takenById: string | null; takenByName: string | null }
  >(
    `select h.waiting_since as "waitingSince", h.ended_at as "endedAt", h.state, h.outcome,
       h.taken_by as "takenById", u.display_name as "takenByName"
     from handovers h left join users u on u.id = h.taken_by
     where h.conversation_id = $1 order by h.waiting_since desc, h.id limit ${LIMIT}`,
    [conversationId],
  );
  return found.rows.reverse().map(({ takenById, takenByName, ...visit }) => ({
    ...visit,
    takenBy: takenById === null ? null : { id: takenById, displayName: takenByName ?? '' },
  }));
}
