/** Writes what hands at the platform changed; most batches have nothing of it and cost no statement. */
import type { PoolClient } from 'pg';
import type { Vault } from '../ports.ts';
import { toByteaArray } from '../store/bytea.ts';
import { placeBody } from '../store/places.ts';
import { holdBackBot } from '../store/sending.ts';
import type { Draft } from './draft.ts';
import { UNSENT_BODY } from './platform-hands.ts';

export async function endHandovers(client: PoolClient, drafts: readonly Draft[], now: Date): Promise<void> {
  const ids = drafts.flatMap((draft) => draft.endedHandovers);
  if (ids.length === 0) return;
  await client.query(
    `update handovers set state = 'returned', ended_at = $2 where id = any($1::uuid[]) and state = 'taken'`,
    [ids, now],
  );
}

/** Who answers changed by what the platform told; a counsellor's own moves are the desk's. */
export async function writeOwners(client: PoolClient, drafts: readonly Draft[], now: Date): Promise<void> {
  const changed = drafts.filter((draft) => draft.owner !== draft.loaded.owner || draft.platformAt !== null);
  if (changed.length === 0) return;
  await client.query(
    `update conversations c set owner = d.owner, platform_at = coalesce(d.platform_at, c.platform_at), updated_at = $4
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as d(id, owner, platform_at) where c.id = d.id`,
    [
      changed.map((draft) => draft.loaded.id),
      changed.map((draft) => draft.owner),
      changed.map((draft) => draft.platformAt),
      now,
    ],
  );
  const taken = changed.filter(({ owner, loaded }) => owner === 'platform' && loaded.owner === 'bot');
  if (taken.length > 0)
    await holdBackBot(
      client,
      taken.map(({ loaded }) => loaded.id),
      now,
    );
}

/** What a person took back is gone from the transcript; that there was a message stays. */
export async function hideUnsent(client: PoolClient, drafts: readonly Draft[], vault: Vault): Promise<void> {
  const rows = drafts.flatMap(({ loaded, unsentIds }) =>
    unsentIds.map((id) => ({
      id,
      sealed: vault.seal(loaded.keyWrapped, placeBody(id, loaded.id), UNSENT_BODY),
    })),
  );
  if (rows.length === 0) return;
  await client.query(
    `update messages m set body_enc = d.body_enc from unnest($1::uuid[], $2::bytea[]) as d(id, body_enc) where m.id = d.id`,
    [rows.map((row) => row.id), toByteaArray(rows.map((row) => row.sealed))],
  );
}
