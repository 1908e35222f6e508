/** Who writes to us: contacts and their one conversation, created on first sight. */
import type { Db, Transact, Vault } from '../ports.ts';
import { newConversationCode } from '../ids.ts';
import { toByteaArray } from './bytea.ts';
import { placePlatformId } from './places.ts';

/** What is needed to store something for a conversation. */
export interface ConversationKey {
  conversationId: string;
  keyWrapped: Buffer;
}

/** contacts.platform_hash: finds a contact without storing the platform's id in the clear. */
export function hashPlatformId(vault: Vault, channel: string, account: string, platformId: string): Buffer {
  return vault.hash('contacts.platform_hash', `${channel}|${account}|${platformId}`);
}

export interface ContactAddress {
  channel: string;
  account: string;
  platformId: string;
  hash: Buffer;
  /** a hint from the platform when it is one of our languages, else the default */
  language: string;
}

interface KeyRow {
  platform_hash: Buffer;
  conversation_id: string;
  key_wrapped: Buffer;
}

/** @returns known conversations by `hash` in base64 */
export async function findConversationKeys(
  db: Db,
  addresses: readonly ContactAddress[],
): Promise<Map<string, ConversationKey>> {
  const found = await db.query<KeyRow>({
    name: 'find_conversation_keys',
    text: `select ct.platform_hash, c.id as conversation_id, c.key_wrapped
      from unnest($1::text[], $2::text[], $3::bytea[]) as a(channel, account, hash)
      join contacts ct on ct.channel = a.channel and ct.account = a.account and ct.platform_hash = a.hash
      join conversations c on c.contact_id = ct.id`,
    values: [
      addresses.map((a) => a.channel),
      addresses.map((a) => a.account),
      toByteaArray(addresses.map((a) => a.hash)),
    ],
  });
  return new Map(
    found.rows.map((row) => [
      row.platform_hash.toString('base64'),
      { conversationId: row.conversation_id, keyWrapped: row.key_wrapped },
    ]),
  );
}

/**
 * Creates contacts with their conversations; whoever another instance created meanwhile is left as it is.
 * Not flushed to disk by itself: the inbox row that follows is, and takes this along.
 */
export async function createConversations(
  deps: { transact: Transact; vault: Vault; newId: () => string; now: Date },
  addresses: readonly ContactAddress[],
): Promise<void> {
  // sorted, so that two instances creating the same people wait for each other and never in a circle
  const sorted = [...addresses].sort((a, b) => Buffer.compare(a.hash, b.hash));
  const rows = await Promise.all(
    sorted.map(async (address) => {
      const contactId = deps.newId();
      const conversationId = deps.newId();
      const keyWrapped = await deps.vault.newKey();
      const sealed = deps.vault.seal(
        keyWrapped,
        placePlatformId(contactId, conversationId),
        address.platformId,
      );
      return { ...address, contactId, conversationId, keyWrapped, sealed, code: newConversationCode() };
    }),
  );
  await deps.transact(async (client) => {
    // awaited together: when the line breaks both fail, and a failure nobody waits for ends the process
    const [, created] = await Promise.all([
      client.query('set local synchronous_commit = off'),
      client.query<{ id: string }>({
        name: 'create_contacts',
        text: `insert into contacts (id, channel, account, platform_hash, platform_id_enc, created_at)
        select id, channel, account, hash, sealed, $6
        from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[]) as a(id, channel, account, hash, sealed)
        on conflict (channel, account, platform_hash) do nothing returning id`,
        values: [
          rows.map((row) => row.contactId),
          rows.map((row) => row.channel),
          rows.map((row) => row.account),
          toByteaArray(rows.map((row) => row.hash)),
          toByteaArray(rows.map((row) => row.sealed)),
          deps.now,
        ],
      }),
    ]);
    const mine = new Set(created.rows.map((row) => row.id));
    const fresh = rows.filter((row) => mine.has(row.contactId));
    await client.query({
      name: 'create_conversations',
      text: `insert into conversations (id, contact_id, channel, account, key_wrapped, language, code, created_at, updated_at)
        select id, contact_id, channel, account, key_wrapped, language, code, $8, $8
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[])
          as a(id, contact_id, channel, account, key_wrapped, language, code)`,
      values: [
        fresh.map((row) => row.conversationId),
        fresh.map((row) => row.contactId),
        fresh.map((row) => row.channel),
        fresh.map((row) => row.account),
        toByteaArray(fresh.map((row) => row.keyWrapped)),
        fresh.map((row) => row.language),
        fresh.map((row) => row.code),
        deps.now,
      ],
    });
  });
}
