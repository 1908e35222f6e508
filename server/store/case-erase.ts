/** How cases end: with the person who asks for erasure, with time, or because a supervisor says so. */
import type { PoolClient } from 'pg';
import { newUuid } from '../ids.ts';
import { forgetReasons } from './approvals.ts';
import { appendAudits } from './audit.ts';

/** Days a closed case is kept for questions that come later. Our own decision, until the hotline's lawyer gives another. */
export const CASE_KEPT_DAYS = 365;

/**
 * The person behind this conversation asked for erasure; call it before the conversation goes. A case they agreed to goes with
 * everything in it, whichever of its contacts asked. One that was opened to protect them against a danger stays while it is open:
 * whoever holds their telephone can type the word, too. It loses the contact, and a supervisor decides.
 */
export async function eraseCaseOf(client: PoolClient, conversationId: string, now: Date): Promise<void> {
  const found = await client.query<{ id: string; kept: boolean }>(
    `select k.id, k.basis <> 'consent' and k.state = 'open' as kept
     from case_contacts n join cases k on k.id = n.case_id where n.conversation_id = $1 for update of k`,
    [conversationId],
  );
  const one = found.rows[0];
  if (one === undefined) return;
  if (one.kept) {
    await client.query(
      'update cases set erasure_asked_at = coalesce(erasure_asked_at, $2), updated_at = $2 where id = $1',
      [one.id, now],
    );
    await client.query(
      `insert into case_tasks (id, case_id, kind, created_at) select $1, $2, 'erasure', $3
       where not exists (select from case_tasks where case_id = $2 and kind = 'erasure' and done_at is null)`,
      [newUuid(), one.id, now],
    );
    await client.query(
      `insert into case_entries (id, case_id, at, kind) values ($1, $2, $3, 'erasure_asked')`,
      [newUuid(), one.id, now],
    );
  } else await deleteCase(client, one.id);
  await appendAudits(client, [
    {
      ...{ at: now, userId: null, action: one.kept ? 'case_erasure_asked' : 'case_erased' },
      ...{ objectKind: 'case', objectId: one.id },
    },
  ]);
}

/** With its key: what a backup still holds of it cannot be opened by this database any more. */
export async function deleteCase(client: PoolClient, id: string): Promise<void> {
  await client.query('delete from cases where id = $1', [id]);
  await forgetReasons(client, [id]);
}

/** Deletes cases that were closed long enough ago. @returns how many */
export async function deleteOldCases(client: PoolClient, now: Date): Promise<number> {
  const gone = await client.query<{ id: string }>(
    `delete from cases where id in (select id from cases
       where state = 'closed' and closed_at < $1::timestamptz - make_interval(days => $2) limit 200 for update skip locked)
     returning id`,
    [now, CASE_KEPT_DAYS],
  );
  await forgetReasons(
    client,
    gone.rows.map(({ id }) => id),
  );
  await appendAudits(
    client,
    gone.rows.map(({ id }) => ({
      ...{ at: now, userId: null, action: 'case_expired', objectKind: 'case', objectId: id },
    })),
  );
  return gone.rows.length;
}
