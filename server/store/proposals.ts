/** What editors propose to teach the bot: sealed, until it was written into a patch for the content and taken there. */
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import { placeProposal } from './places.ts';

export const TrialTotalsSchema = z.strictObject({
  /** rows tried */
  n: z.int(),
  broken: z.int(),
  mended: z.int(),
  /** rows about danger that would be answered in another way */
  danger: z.int(),
});
export type TrialTotals = z.infer<typeof TrialTotalsSchema>;

const TextSchema = z.object({ text: z.string() });

export interface NewProposal {
  kind: 'intent' | 'route';
  target: string;
  text: string;
  totals: TrialTotals;
  userId: string;
}

export interface StoredProposal extends Omit<NewProposal, 'userId'> {
  id: string;
  createdAt: Date;
  exportedAt: Date | null;
}

interface Row {
  id: string;
  key_wrapped: Buffer;
  text_enc: Buffer;
  kind: 'intent' | 'route';
  target: string;
  trial: unknown;
  created_at: Date;
  exported_at: Date | null;
}

export async function addProposal(
  client: PoolClient,
  vault: Vault,
  { kind, target, text, totals, userId }: NewProposal,
  now: Date,
): Promise<string> {
  const id = randomUUID();
  const key = await vault.newKey();
  await client.query(
    `insert into phrase_proposals (id, key_wrapped, text_enc, kind, target, trial, proposed_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, key, vault.seal(key, placeProposal(id), { text }), kind, target, totals, userId, now],
  );
  return id;
}

/** Oldest first. @param open only those no patch was made of yet */
export async function listProposals(db: Db, vault: Vault, open: boolean): Promise<readonly StoredProposal[]> {
  const found = await db.query<Row>(
    `select id, key_wrapped, text_enc, kind, target, trial, created_at, exported_at from phrase_proposals
     where not $1 or exported_at is null order by created_at, id limit 1000`,
    [open],
  );
  return found.rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    target: row.target,
    text: TextSchema.parse(vault.open(row.key_wrapped, placeProposal(row.id), row.text_enc)).text,
    totals: TrialTotalsSchema.parse(row.trial),
    createdAt: row.created_at,
    exportedAt: row.exported_at,
  }));
}

/** False when there is no such proposal (any more). */
export async function withdrawProposal(client: PoolClient, id: string): Promise<boolean> {
  return (await client.query('delete from phrase_proposals where id = $1', [id])).rowCount === 1;
}

export async function markExported(client: PoolClient, ids: readonly string[], now: Date): Promise<void> {
  await client.query('update phrase_proposals set exported_at = $2 where id = any($1::uuid[])', [ids, now]);
}
