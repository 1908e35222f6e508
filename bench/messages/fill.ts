/** Puts years of conversations into a database, as rows that nothing opens: to see whether a message costs more among many. */
import pg from 'pg';

/** Messages of one conversation, half of them by the person. */
const EACH = 20;
/** Sealed texts and sessions have about these sizes. */
const TEXT_BYTES = 540;
const SESSION_BYTES = 2_300;

/** @param messages how many to add; a twentieth as many people, half as many events that were taken long ago */
export async function fillDatabase(databaseUrl: string, messages: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const people = Math.ceil(messages / EACH);
    await client.query(
      `create temp table filled as select uuidv7() as id, uuidv7() as contact_id, n from generate_series(1, ${people}) n`,
    );
    for (const text of statements()) await client.query(text);
    await client.query('analyze');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

function statements(): readonly string[] {
  const bytes = (length: number): string =>
    `decode(repeat(md5(random()::text), ${Math.ceil(length / 16)}), 'hex')`;
  return [
    `insert into contacts (id, channel, account, platform_hash, platform_id_enc, created_at)
     select contact_id, 'zalo', 'default', decode(md5(n::text) || md5('x' || n), 'hex'), ${bytes(280)}, now() from filled`,
    `insert into conversations (id, contact_id, channel, account, key_wrapped, code, next_seq, last_inbound_at, created_at, updated_at)
     select id, contact_id, 'zalo', 'default', ${bytes(70)}, 'F' || n, ${EACH} + 1, now(), now(), now() from filled`,
    `insert into sessions (conversation_id, flow, node, version, session_enc, updated_at)
     select id, 'welcome', 'options', 1, ${bytes(SESSION_BYTES)}, now() from filled`,
    `insert into messages (id, conversation_id, seq, author, body_enc, created_at, delivery, platform_ids)
     select uuidv7(), f.id, k, case when k % 2 = 0 then 'bot' else 'person' end, ${bytes(TEXT_BYTES)}, now() - interval '30 days',
       case when k % 2 = 0 then 'sent' else 'received' end, case when k % 2 = 0 then array['r' || n] else '{}' end
     from filled f cross join generate_series(1, ${EACH}) k`,
    `insert into inbox (id, dedupe_key, conversation_id, received_at, event_enc, processed_at)
     select nextval('inbox_ids'), 'zalo:f' || n || '-' || k, id, now(), '', now()
     from filled cross join generate_series(1, ${EACH / 2}) k`,
  ];
}
