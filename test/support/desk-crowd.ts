/** Very many people at the desk, without a word in any of them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { placeReasons } from '../../server/store/places.ts';
import type { Desk } from './desk.ts';

/**
 * People who wait since up to 500 minutes ago, on all channels in turn.
 *
 * @param risk null: all of them in turn
 */
export async function addCrowd(desk: Desk, count: number, risk: string | null = null): Promise<void> {
  const key = await desk.vault.newKey();
  const risks = ['none', 'concern', 'high', 'imminent'];
  const channels = ['web', 'zalo', 'telegram', 'messenger', 'line'];
  const rows = Array.from({ length: count }, (_, n) => {
    const [conversationId, handoverId] = [randomUUID(), randomUUID()];
    return {
      ...{ conversationId, handoverId, contactId: randomUUID(), code: randomBytes(5).toString('hex') },
      risk: risk ?? risks[n % 4],
      channel: channels[n % 5],
      reasons: desk.vault.seal(key, placeReasons(handoverId, conversationId), []),
      since: new Date(desk.clock.now().getTime() - (n % 500) * 60_000),
    };
  });
  const { pool } = desk.database;
  const texts = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick);
  await pool.query(
    `insert into contacts (id, channel, account, platform_hash, platform_id_enc, created_at)
     select id, channel, 'default', decode(md5(id::text), 'hex'), '\\x', now()
     from unnest($1::uuid[], $2::text[]) as r(id, channel)`,
    [texts((row) => row.contactId), texts((row) => row.channel)],
  );
  await pool.query(
    `insert into conversations (id, contact_id, channel, account, key_wrapped, code, last_inbound_at, created_at, updated_at)
     select id, contact, channel, 'default', $5, code, now(), now(), now()
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as r(id, contact, channel, code)`,
    [
      texts((row) => row.conversationId),
      texts((row) => row.contactId),
      texts((row) => row.channel),
      texts((row) => row.code),
      key,
    ],
  );
  await pool.query(
    `insert into handovers (id, conversation_id, risk, cause, reasons_enc, waiting_since, created_at)
     select id, conversation, risk, 'person_asked', decode(reasons, 'base64'), since, since
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
       as r(id, conversation, risk, reasons, since)`,
    [
      texts((row) => row.handoverId),
      texts((row) => row.conversationId),
      texts((row) => row.risk),
      texts((row) => row.reasons.toString('base64')),
      texts((row) => row.since),
    ],
  );
  // as it is after a minute of ordinary work
  await pool.query('analyze handovers, conversations');
}
