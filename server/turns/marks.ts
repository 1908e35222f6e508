/** Before the turns: receipts are written, echoes of our own words set aside, and what comes too early waits a moment. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { InboundEvent } from '../channels/adapter.ts';
import type { Vault } from '../ports.ts';
import { insertLiveEvents } from '../store/live-events.ts';
import { placeBody } from '../store/places.ts';
import type { Waiting } from './load.ts';
import { mapEvent } from './map-event.ts';
import type { StoredMessage, WaitingEvent } from './take.ts';

/** The platform may tell of a message before its own answer to our call: longer than a call may take (see outbox.ts). */
const EARLY_FOR_MS = 45_000;
const LOOK_AGAIN_MS = 2_000;
/** A receipt up to a moment counts for what was recorded as sent until shortly after it: the answer to our call takes its time. */
const RECORDED_LATER_MS = 5_000;
/** How many of our last messages an echo is compared with, when its id is unknown. */
const COMPARED_MESSAGES = 20;

interface Mark {
  conversation: Waiting;
  inboxId: number;
  event: InboundEvent;
}

/**
 * @returns the conversations with what is left for a turn, and how many events needed none; those that come too early are neither,
 *   they are read again later
 */
export async function settleMarks(
  client: PoolClient,
  vault: Vault,
  loaded: readonly Waiting[],
  now: Date,
): Promise<{ waiting: Waiting[]; settled: number }> {
  const marks = loaded.flatMap((conversation) =>
    conversation.events.flatMap(({ inboxId, event }): Mark[] =>
      event !== null && isMark(event) ? [{ conversation, inboxId, event }] : [],
    ),
  );
  if (marks.length === 0) return { waiting: [...loaded], settled: 0 };

  const ids = [...new Set(marks.map(({ conversation }) => conversation.loaded.id))];
  const [busy, known] = [await findInFlight(client, ids, now), await findByPlatformId(client, marks)];
  const settled: number[] = [];
  const early: number[] = [];
  const targets = new Map<number, StoredMessage>();
  const receipts: Mark[] = [];
  for (const mark of marks) {
    const { inboxId, event, conversation } = mark;
    const stored = known.get(`${conversation.loaded.id} ${event.messageId ?? ''}`);
    const isYoung = now.getTime() - event.receivedAt.getTime() < EARLY_FOR_MS;
    if (isReceipt(event)) {
      receipts.push(mark);
      (busy.has(conversation.loaded.id) && isYoung ? early : settled).push(inboxId);
    } else if (event.kind === 'unsend') {
      const isInBatch = conversation.events.some(
        (other) => other.event?.messageId === event.messageId && other.inboxId !== inboxId,
      );
      if (stored !== undefined) targets.set(inboxId, stored);
      else if (!isInBatch) (isYoung ? early : settled).push(inboxId);
    } else if (stored !== undefined || (await isOurWording(client, vault, mark))) settled.push(inboxId);
    else if (busy.has(conversation.loaded.id) && isYoung) early.push(inboxId);
  }
  await writeReceipts(client, receipts);
  await Promise.all([
    settled.length === 0
      ? null
      : client.query(`update inbox set processed_at = $2, event_enc = '' where id = any($1::bigint[])`, [
          settled,
          now,
        ]),
    early.length === 0
      ? null
      : client.query('update inbox set not_before = $2 where id = any($1::bigint[])', [
          early,
          new Date(now.getTime() + LOOK_AGAIN_MS),
        ]),
  ]);
  const gone = new Set([...settled, ...early]);
  const waiting = loaded.flatMap(({ loaded: state, events }): Waiting[] => {
    const left = events.flatMap((one): WaitingEvent[] => {
      if (gone.has(one.inboxId)) return [];
      const unsends = targets.get(one.inboxId);
      return [unsends === undefined ? one : { ...one, unsends }];
    });
    return left.length === 0 ? [] : [{ loaded: state, events: left }];
  });
  return { waiting, settled: settled.length };
}

function isMark(event: InboundEvent): boolean {
  const { kind } = mapEvent(event);
  return kind === 'receipt' || kind === 'unsend' || (event.kind === 'echo' && event.party === 'unnamed');
}

function isReceipt({ kind }: InboundEvent): boolean {
  return kind === 'delivered' || kind === 'read';
}

/** Conversations with a message that somebody is sending just now: its id is not stored yet. */
async function findInFlight(client: PoolClient, ids: readonly string[], now: Date): Promise<Set<string>> {
  const found = await client.query<{ conversation_id: string }>(
    `select distinct conversation_id from outbox
     where conversation_id = any($1::uuid[]) and state = 'queued' and lease_until > $2`,
    [ids, now],
  );
  return new Set(found.rows.map((row) => row.conversation_id));
}

/** @returns stored messages by `<conversation> <id on the platform>` */
async function findByPlatformId(
  client: PoolClient,
  marks: readonly Mark[],
): Promise<Map<string, StoredMessage>> {
  const asked = marks.flatMap(({ conversation, event }) =>
    isReceipt(event) || event.messageId === null
      ? []
      : [{ conversationId: conversation.loaded.id, messageId: event.messageId }],
  );
  if (asked.length === 0) return new Map();
  const found = await client.query<{ id: string; seq: number; conversation_id: string; asked: string }>(
    `select m.id, m.seq, m.conversation_id, a.asked from unnest($1::uuid[], $2::text[]) as a(conversation_id, asked)
     join messages m on m.conversation_id = a.conversation_id and a.asked = any(m.platform_ids)`,
    [asked.map((one) => one.conversationId), asked.map((one) => one.messageId)],
  );
  return new Map(
    found.rows.map(({ id, seq, ...row }) => [`${row.conversation_id} ${row.asked}`, { id, seq }]),
  );
}

const TextSchema = z.object({ text: z.string() });

/**
 * Did we say this a moment ago? A process that died after the platform took a message never learnt its id; what comes back then is
 * still ours. Long texts come back in parts, and numbered choices may stand below them.
 */
async function isOurWording(
  client: PoolClient,
  vault: Vault,
  { conversation, event }: Mark,
): Promise<boolean> {
  const heard = squeeze(event.text);
  if (heard === '') return false;
  const { id, keyWrapped } = conversation.loaded;
  const found = await client.query<{ id: string; body_enc: Buffer }>(
    `select id, body_enc from messages where conversation_id = $1 and author in ('bot', 'counsellor')
     order by seq desc limit $2`,
    [id, COMPARED_MESSAGES],
  );
  return found.rows.some((row) => {
    const said = squeeze(TextSchema.parse(vault.open(keyWrapped, placeBody(row.id, id), row.body_enc)).text);
    return said !== '' && (said.includes(heard) || heard.startsWith(said));
  });
}

function squeeze(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Delivered first, then read: a message that was read was delivered. */
async function writeReceipts(client: PoolClient, receipts: readonly Mark[]): Promise<void> {
  for (const kind of ['delivered', 'read'] as const) {
    const rows = receipts.filter(({ event }) => event.kind === kind);
    if (rows.length === 0) continue;
    const changed = await client.query<{ conversation_id: string }>(
      `update messages m set delivery = $4
       from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as r(conversation_id, ids, up_to)
       where m.conversation_id = r.conversation_id and m.author in ('bot', 'counsellor')
         and (m.delivery = 'sent' or ($4 = 'read' and m.delivery = 'delivered'))
         and (m.platform_ids && string_to_array(r.ids, E'\\n')
           or (m.created_at <= r.up_to and m.sent_at <= r.up_to + make_interval(secs => $5)))
       returning m.conversation_id`,
      [
        rows.map(({ conversation }) => conversation.loaded.id),
        // arrays of arrays must be rectangular, so the ids of one receipt travel as lines
        rows.map(({ event }) => (event.receipt?.messageIds ?? []).join('\n')),
        rows.map(({ event }) => event.receipt?.upTo ?? null),
        kind,
        RECORDED_LATER_MS / 1000,
      ],
    );
    const conversations = [...new Set(changed.rows.map((row) => row.conversation_id))];
    await insertLiveEvents(
      client,
      conversations.map((conversationId) => ({ kind: 'delivery_changed', conversationId, userId: null })),
    );
  }
}
