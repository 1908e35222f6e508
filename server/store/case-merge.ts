/** Two cases turn out to be one person: everything of the second moves into the first, under its key, and the second goes. */
import type { PoolClient } from 'pg';
import type { Vault } from '../ports.ts';
import { openIdentity, saveIdentity, type StoredCase } from './cases.ts';
import { placeCase, placeCaseEntry, placeCaseTask, placeReferral } from './places.ts';

/** by how much somebody lets themselves be known */
const LEVELS = ['anonymous', 'confidential', 'named'] as const;

const SEALED_PARTS = [
  { table: 'case_entries', column: 'text_enc', place: placeCaseEntry },
  { table: 'case_tasks', column: 'title_enc', place: placeCaseTask },
  { table: 'case_referrals', column: 'note_enc', place: placeReferral },
] as const;

/**
 * Both are locked. Of two answers the first case's stands; of two consents the narrower one, and one that was withdrawn is
 * withdrawn for both.
 */
export async function mergeCases(
  client: PoolClient,
  vault: Vault,
  into: StoredCase,
  from: StoredCase,
  now: Date,
): Promise<void> {
  await client.query('update case_contacts set case_id = $1 where case_id = $2', [into.id, from.id]);
  // a step that both have stays where it is
  await client.query(
    `delete from case_tasks t where t.case_id = $2 and t.kind = 'step'
       and exists (select from case_tasks o where o.case_id = $1 and o.kind = 'step' and o.step = t.step)`,
    [into.id, from.id],
  );
  for (const { table, column, place } of SEALED_PARTS) {
    const found = await client.query<{ id: string; sealed: Buffer | null }>(
      `select id, ${column} as sealed from ${table} where case_id = $1`,
      [from.id],
    );
    for (const { id, sealed } of found.rows) {
      const moved =
        sealed === null
          ? null
          : vault.seal(
              into.keyWrapped,
              place(id, into.id),
              vault.open(from.keyWrapped, place(id, from.id), sealed),
            );
      await client.query(`update ${table} set case_id = $2, ${column} = $3 where id = $1`, [
        id,
        into.id,
        moved,
      ]);
    }
  }
  const level = narrower(into.consentLevel, from.consentLevel);
  await client.query(
    `update cases set fields_enc = $2, consent_level = $3, consent_withdrawn_at = coalesce(consent_withdrawn_at, $4),
       revision = revision + 1, updated_at = $5 where id = $1`,
    [
      into.id,
      vault.seal(into.keyWrapped, placeCase('fields_enc', into.id), join(into.fields, from.fields)),
      ...[level, from.consentWithdrawnAt, now],
    ],
  );
  const identity =
    level === 'anonymous'
      ? {}
      : { ...(await identityOf(client, vault, from)), ...(await identityOf(client, vault, into)) };
  await saveIdentity(client, vault, into, identity, now);
  await client.query('delete from cases where id = $1', [from.id]);
}

async function identityOf(
  client: PoolClient,
  vault: Vault,
  { id, keyWrapped }: StoredCase,
): Promise<Record<string, string>> {
  const found = await client.query<{ sealed: Buffer | null }>(
    'select identity_enc as sealed from cases where id = $1',
    [id],
  );
  return openIdentity(vault, keyWrapped, id, found.rows[0]?.sealed ?? null);
}

function narrower(
  one: StoredCase['consentLevel'],
  other: StoredCase['consentLevel'],
): StoredCase['consentLevel'] {
  if (one === null || other === null) return one ?? other;
  return LEVELS[Math.min(LEVELS.indexOf(one), LEVELS.indexOf(other))] ?? one;
}

function join(first: StoredCase['fields'], second: StoredCase['fields']): Record<string, unknown> {
  const isGiven = (value: unknown): boolean =>
    value !== null && !(Array.isArray(value) && value.length === 0);
  return { ...second, ...Object.fromEntries(Object.entries(first).filter(([, value]) => isGiven(value))) };
}
