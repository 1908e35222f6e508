/** Offers to take over a conversation. Every function that changes one expects the conversation to be locked. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import { placeTransferAnswer, placeTransferNote } from './places.ts';

export type TransferTarget =
  { kind: 'person'; userId: string } | { kind: 'language'; language: string } | { kind: 'supervisors' };
export type TransferState = 'offered' | 'accepted' | 'refused' | 'withdrawn' | 'returned';

const TextSchema = z.string();

/** The conversation is locked, taken by `fromUser`, and has no open offer. @returns false when its key is gone */
export async function insertTransfer(
  client: PoolClient,
  vault: Vault,
  transfer: {
    id: string;
    conversationId: string;
    fromUser: string;
    to: TransferTarget;
    note: string;
    now: Date;
  },
): Promise<boolean> {
  const { id, conversationId, fromUser, to, note, now } = transfer;
  const key = await readKey(client, conversationId);
  if (key === null) return false;
  const inserted = await client.query(
    `insert into transfers (id, conversation_id, handover_id, from_user, to_kind, to_user, to_language, note_enc, offered_at)
     select $1, $2, h.id, $3, $4, $5, $6, $7, $8 from handovers h where h.conversation_id = $2 and h.state = 'taken'`,
    [
      ...[id, conversationId, fromUser, to.kind],
      ...[to.kind === 'person' ? to.userId : null, to.kind === 'language' ? to.language : null],
      ...[vault.seal(key, placeTransferNote(id, conversationId), note), now],
    ],
  );
  return inserted.rowCount === 1;
}

/** @returns the conversation an offer is about; null: no such offer */
export async function findTransfer(db: Db, id: string): Promise<string | null> {
  const found = await db.query<{ conversationId: string }>(
    'select conversation_id as "conversationId" from transfers where id = $1',
    [id],
  );
  return found.rows[0]?.conversationId ?? null;
}

/** @param end `answer`: why it was refused. @returns false when the offer is over already */
export async function endTransfer(
  client: PoolClient,
  vault: Vault,
  id: string,
  end: { state: Exclude<TransferState, 'offered'>; userId: string | null; answer: string | null; now: Date },
): Promise<boolean> {
  const found = await client.query<{ conversationId: string; key: Buffer }>(
    `select t.conversation_id as "conversationId", c.key_wrapped as key from transfers t
     join conversations c on c.id = t.conversation_id where t.id = $1 and t.state = 'offered'`,
    [id],
  );
  const row = found.rows[0];
  if (row === undefined) return false;
  const answer =
    end.answer === null ? null : vault.seal(row.key, placeTransferAnswer(id, row.conversationId), end.answer);
  await client.query(
    'update transfers set state = $2, answered_by = $3, answer_enc = $4, ended_at = $5 where id = $1',
    [id, end.state, end.userId, answer, end.now],
  );
  return true;
}

/** Offers of conversations that changed hands otherwise come to nothing. @returns how many */
export async function returnTransfers(
  client: PoolClient,
  conversationIds: readonly string[],
  now: Date,
): Promise<number> {
  const done = await client.query(
    `update transfers set state = 'returned', ended_at = $2 where conversation_id = any($1::uuid[]) and state = 'offered'`,
    [conversationIds, now],
  );
  return done.rowCount ?? 0;
}

export interface TransferView {
  id: string;
  from: { id: string; displayName: string };
  to: {
    kind: TransferTarget['kind'];
    language: string | null;
    person: { id: string; displayName: string } | null;
  };
  note: string;
  answer: string | null;
  state: TransferState;
  answeredBy: { id: string; displayName: string } | null;
  offeredAt: Date;
  endedAt: Date | null;
}

interface TransferRow {
  id: string;
  fromId: string;
  fromName: string;
  toKind: TransferTarget['kind'];
  toLanguage: string | null;
  toId: string | null;
  toName: string | null;
  byId: string | null;
  byName: string | null;
  noteEnc: Buffer;
  answerEnc: Buffer | null;
  key: Buffer;
  state: TransferState;
  offeredAt: Date;
  endedAt: Date | null;
}

/** Opened, newest first. */
export async function listTransfers(
  db: Db,
  vault: Vault,
  conversationId: string,
  limit: number,
): Promise<readonly TransferView[]> {
  const found = await db.query<TransferRow>(
    `select t.id, t.from_user as "fromId", f.display_name as "fromName", t.to_kind as "toKind",
        t.to_language as "toLanguage", t.to_user as "toId", u.display_name as "toName", t.answered_by as "byId",
        b.display_name as "byName", t.note_enc as "noteEnc", t.answer_enc as "answerEnc", c.key_wrapped as key,
        t.state, t.offered_at as "offeredAt", t.ended_at as "endedAt"
     from transfers t join conversations c on c.id = t.conversation_id join users f on f.id = t.from_user
       left join users u on u.id = t.to_user left join users b on b.id = t.answered_by
     where t.conversation_id = $1 order by t.offered_at desc, t.id limit $2`,
    [conversationId, limit],
  );
  return found.rows.map((row) => ({
    id: row.id,
    from: { id: row.fromId, displayName: row.fromName },
    to: { kind: row.toKind, language: row.toLanguage, person: nameOf(row.toId, row.toName) },
    note: TextSchema.parse(vault.open(row.key, placeTransferNote(row.id, conversationId), row.noteEnc)),
    answer:
      row.answerEnc === null
        ? null
        : TextSchema.parse(vault.open(row.key, placeTransferAnswer(row.id, conversationId), row.answerEnc)),
    state: row.state,
    answeredBy: nameOf(row.byId, row.byName),
    offeredAt: row.offeredAt,
    endedAt: row.endedAt,
  }));
}

function nameOf(id: string | null, name: string | null): { id: string; displayName: string } | null {
  return id === null ? null : { id, displayName: name ?? '' };
}

/** @returns the wrapped key of a conversation; null when there is no such conversation */
export async function readKey(db: Db, conversationId: string): Promise<Buffer | null> {
  const found = await db.query<{ key: Buffer }>(
    'select key_wrapped as key from conversations where id = $1',
    [conversationId],
  );
  return found.rows[0]?.key ?? null;
}
