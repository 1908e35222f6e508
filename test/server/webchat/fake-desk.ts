/** Stands in for inbox, turns and sender: real tables, answers at once by a given rule, bodies in plain JSON. */
import { createHmac, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { InboundEvent } from '../../../server/channels/adapter.ts';
import { AppError } from '../../../server/errors.ts';
import type { Inbox, LiveHub, LiveSignal, MessageView } from '../../../server/ports.ts';

export interface Reply {
  author?: 'bot' | 'counsellor';
  text: string;
  choices?: { id: string; label: string }[];
  /** path of a recording, as the engine names it */
  audio?: string;
}

export interface FakeDesk {
  inbox: Pick<Inbox, 'accept'>;
  live: Pick<LiveHub, 'subscribe'>;
  listMessages: (conversationId: string, afterSeq: number) => Promise<MessageView[]>;
  hashPlatformId: (platformId: string) => Buffer;
  announceEnd: (conversationId: string) => Promise<void>;
  /** everything that came in, in order, each once */
  received: InboundEvent[];
  ended: string[];
  /** number of listeners now */
  listeners: () => number;
  say: (conversationId: string, reply: Reply, delivery?: MessageView['delivery']) => Promise<string>;
  setDelivery: (messageId: string, delivery: MessageView['delivery']) => Promise<void>;
  erase: (conversationId: string) => Promise<void>;
  conversations: () => Promise<string[]>;
  /** true: the database does not answer */
  setAway: (away: boolean) => void;
}

interface Body {
  text: string;
  choices: { id: string; label: string }[];
  audio?: string | undefined;
}

/** @param respond answers of one turn; null = no turn is taken (nobody answers) */
export function createFakeDesk(pool: Pool, respond: (event: InboundEvent) => Reply[] | null): FakeDesk {
  const listeners = new Set<(signal: LiveSignal) => void>();
  const received: InboundEvent[] = [];
  const ended: string[] = [];
  let away = false;

  const ring = (conversationId: string): void => {
    const event = { id: '0-0', kind: 'message_added', conversationId, userId: null } as const;
    for (const listener of listeners) listener({ type: 'event', event });
  };

  const insert = async (
    conversationId: string,
    author: MessageView['author'],
    body: Body,
    delivery: MessageView['delivery'],
  ): Promise<string> => {
    const id = randomUUID();
    await pool.query(
      `with seat as (update conversations set next_seq = next_seq + 1 where id = $2 returning next_seq - 1 as seq)
       insert into messages (id, conversation_id, seq, author, body_enc, created_at, delivery)
       select $1, $2, seat.seq, $3, $4, now(), $5 from seat`,
      [id, conversationId, author, Buffer.from(JSON.stringify(body)), delivery],
    );
    return id;
  };

  const hashPlatformId = (platformId: string): Buffer =>
    createHmac('sha256', 'test').update(platformId).digest();

  const findOrCreate = async (platformId: string): Promise<string> => {
    const contact = await pool.query<{ id: string }>(
      `insert into contacts (id, channel, account, platform_hash, platform_id_enc, created_at)
       values ($1, 'web', 'default', $2, '', now())
       on conflict (channel, account, platform_hash) do update set blocked = false returning id`,
      [randomUUID(), hashPlatformId(platformId)],
    );
    const conversation = await pool.query<{ id: string }>(
      `insert into conversations (id, contact_id, channel, account, key_wrapped, code, created_at, updated_at)
       values ($1, $2, 'web', 'default', '', $3, now(), now())
       on conflict (contact_id) do update set updated_at = now() returning id`,
      [randomUUID(), contact.rows[0]?.id, randomUUID()],
    );
    return conversation.rows[0]?.id ?? '';
  };

  const accept: Inbox['accept'] = async (_channel, _account, events) => {
    if (away) throw new AppError('database_unavailable');
    let stored = 0;
    for (const event of events) {
      const conversationId = await findOrCreate(event.conversationId);
      const added = await pool.query(
        `insert into inbox (id, dedupe_key, conversation_id, received_at, event_enc)
         values (nextval('inbox_ids'), $1, $2, now(), '') on conflict do nothing`,
        [event.dedupeKey, conversationId],
      );
      if (added.rowCount !== 1) continue;
      stored++;
      received.push(event);
      const replies = respond(event);
      if (replies === null) continue;
      if (event.kind !== 'start') {
        await insert(
          conversationId,
          'person',
          { text: event.text === '' ? (event.payload ?? '') : event.text, choices: [] },
          'received',
        );
      }
      for (const reply of replies) {
        await insert(
          conversationId,
          reply.author ?? 'bot',
          { text: reply.text, choices: reply.choices ?? [], audio: reply.audio },
          'sent',
        );
      }
      ring(conversationId);
    }
    return { stored, known: events.length - stored };
  };

  return {
    inbox: { accept },
    live: {
      subscribe(_after, listener) {
        listeners.add(listener);
        return Promise.resolve(() => void listeners.delete(listener));
      },
    },
    async listMessages(conversationId, afterSeq) {
      const found = await pool.query<{
        id: string;
        seq: number;
        author: MessageView['author'];
        body_enc: Buffer;
        created_at: Date;
        delivery: MessageView['delivery'];
      }>(
        // small portions, so that reading on is tested
        `select id, seq, author, body_enc, created_at, delivery from messages
         where conversation_id = $1 and seq > $2 order by seq limit 3`,
        [conversationId, afterSeq],
      );
      return found.rows.map((row) => ({
        ...readBody(row.body_enc),
        unsent: false,
        id: row.id,
        seq: row.seq,
        author: row.author,
        userId: null,
        attachments: [],
        createdAt: row.created_at,
        delivery: row.delivery,
        failureClass: null,
        failureCode: null,
      }));
    },
    hashPlatformId,
    announceEnd(conversationId) {
      ended.push(conversationId);
      ring(conversationId);
      return Promise.resolve();
    },
    received,
    ended,
    listeners: () => listeners.size,
    async say(conversationId, reply, delivery = 'sent') {
      const body = { text: reply.text, choices: reply.choices ?? [], audio: reply.audio };
      const id = await insert(conversationId, reply.author ?? 'bot', body, delivery);
      ring(conversationId);
      return id;
    },
    async setDelivery(messageId, delivery) {
      const changed = await pool.query<{ conversation_id: string }>(
        `update messages set delivery = $2 where id = $1 returning conversation_id`,
        [messageId, delivery],
      );
      ring(changed.rows[0]?.conversation_id ?? '');
    },
    async erase(conversationId) {
      await pool.query(
        `delete from contacts using conversations where conversations.id = $1 and contacts.id = contact_id`,
        [conversationId],
      );
      ring(conversationId);
    },
    async conversations() {
      const found = await pool.query<{ id: string }>(`select id from conversations order by created_at`);
      return found.rows.map((row) => row.id);
    },
    setAway(next) {
      away = next;
    },
  };
}

function readBody(sealed: Buffer): Body {
  const body: unknown = JSON.parse(sealed.toString('utf8'));
  const text =
    typeof body === 'object' && body !== null && 'text' in body && typeof body.text === 'string'
      ? body.text
      : '';
  const list =
    typeof body === 'object' && body !== null && 'choices' in body && Array.isArray(body.choices)
      ? body.choices
      : [];
  const choices = list.filter(isChoice);
  const audio =
    typeof body === 'object' && body !== null && 'audio' in body && typeof body.audio === 'string'
      ? { audio: body.audio }
      : {};
  return { text, choices, ...audio };
}

function isChoice(value: unknown): value is { id: string; label: string } {
  return typeof value === 'object' && value !== null && 'id' in value && 'label' in value;
}
