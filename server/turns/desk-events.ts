/** What no person caused goes the way of every message: into the inbox, so that it is one turn, in order, done once. */
import type { PoolClient } from 'pg';
import { UNKNOWN_EVENT } from '../channels/adapter.ts';
import type { InboundEvent } from '../channels/adapter.ts';
import type { Clock, Vault } from '../ports.ts';
import { toByteaArray } from '../store/bytea.ts';
import { placeEvent } from '../store/places.ts';
import { readKey } from '../store/transfers.ts';

export interface OwnEvent {
  /** of the conversation */
  id: string;
  /** its wrapped key */
  key: Buffer;
  event: InboundEvent;
}

/** A second event with the same dedupe key is a no-op. */
export async function storeOwnEvents(
  client: PoolClient,
  vault: Vault,
  events: readonly OwnEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  await client.query(
    `insert into inbox (id, dedupe_key, conversation_id, received_at, event_enc)
     select nextval('inbox_ids'), dedupe_key, conversation_id, $3, event_enc
     from unnest($1::text[], $2::uuid[], $4::bytea[]) as a(dedupe_key, conversation_id, event_enc)
     on conflict (dedupe_key) do nothing`,
    [
      events.map(({ event }) => event.dedupeKey),
      events.map(({ id }) => id),
      now,
      toByteaArray(
        events.map(({ id, key, event }) => vault.seal(key, placeEvent(event.dedupeKey, id), event)),
      ),
    ],
  );
}

/** @param occasion names this telling, so that two instances tell once */
export function tellEvent(occasion: string, messageKey: string, now: Date): InboundEvent {
  return ownEvent('tell', `tell:${occasion}`, messageKey, null, now);
}

function enterEvent(occasion: string, flow: string, node: string | null, now: Date): InboundEvent {
  return ownEvent('enter', `enter:${occasion}`, flow, node, now);
}

/** A counsellor gave the conversation back: the bot goes on there with its next turn. */
export async function queueEntry(
  deps: { vault: Vault; clock: Clock; newId: () => string },
  client: PoolClient,
  conversationId: string,
  { flow, node }: { flow: string; node: string | null },
): Promise<void> {
  const key = await readKey(client, conversationId);
  if (key === null) return;
  const now = deps.clock.now();
  const event = enterEvent(deps.newId(), flow, node, now);
  await storeOwnEvents(client, deps.vault, [{ id: conversationId, key, event }], now);
}

function ownEvent(
  kind: 'tell' | 'enter',
  dedupeKey: string,
  payload: string,
  ref: string | null,
  now: Date,
): InboundEvent {
  return { ...UNKNOWN_EVENT, kind, dedupeKey, receivedAt: now, payload, ref, botMayReply: true };
}
