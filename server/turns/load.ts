/** Claims conversations that have something waiting and reads them under their locks. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { readSession, RISK_LEVELS } from '../../bot/index.ts';
import type { Vault } from '../ports.ts';
import type { Loaded } from './draft.ts';
import { sendTogether } from '../store/pool.ts';
import { readEvent } from './event-json.ts';
import { placeEvent, placePlatformId, placeReasons, placeSession } from '../store/places.ts';
import type { WaitingEvent } from './take.ts';

/**
 * Locks up to `limit` conversations nobody else works on, in the order of their ids, beginning behind `after` and going on from the
 * first: given the last one of the round before, everybody has their turn, however many wait or write on and on.
 * @returns ids in that order
 */
export async function claimConversations(
  client: PoolClient,
  after: string,
  now: Date,
  limit: number,
): Promise<string[]> {
  const claimed = await client.query<{ id: string }>({
    name: 'claim_conversations',
    text: `select c.id from (
        (select distinct 1 as part, conversation_id from inbox where processed_at is null and conversation_id > $1
         order by conversation_id limit 256)
        union all
        (select distinct 2 as part, conversation_id from inbox where processed_at is null and conversation_id <= $1
         order by conversation_id limit 256)) w
      join conversations c on c.id = w.conversation_id
      where c.inbox_not_before is null or c.inbox_not_before <= $2
      order by w.part, w.conversation_id limit $3 for no key update of c skip locked`,
    values: [after, now, limit],
  });
  return claimed.rows.map((row) => row.id);
}

/** Locks one conversation, waiting for whoever has it. */
export async function claimOne(client: PoolClient, id: string): Promise<string[]> {
  const claimed = await client.query<{ id: string }>(
    'select id from conversations where id = $1 for no key update',
    [id],
  );
  return claimed.rows.map((row) => row.id);
}

/** Events read per conversation and transaction; whoever writes more waits for the next round like everybody else. */
const MAX_EVENTS = 50;

interface StateRow {
  id: string;
  contact_id: string;
  channel: string;
  account: string;
  key_wrapped: Buffer;
  owner: 'bot' | 'counsellor';
  language: string;
  risk: string;
  quiet: boolean;
  next_seq: number;
  inbox_attempts: number;
  campaign_ref: string | null;
  erase_requested_at: Date | null;
  platform_id_enc: Buffer;
  blocked: boolean;
  session_enc: Buffer | null;
  handover_id: string | null;
  handover_state: 'waiting' | 'taken' | null;
  handover_risk: string | null;
  reasons_enc: Buffer | null;
}

interface InboxRow {
  id: number;
  conversation_id: string;
  dedupe_key: string;
  event_enc: Buffer;
}

export interface Waiting {
  loaded: Loaded;
  events: WaitingEvent[];
}

/** A second statement after the lock: only then is what the last holder committed visible. */
export async function loadConversations(
  client: PoolClient,
  vault: Vault,
  ids: readonly string[],
): Promise<Waiting[]> {
  const [states, inbox] = await sendTogether(client, () =>
    Promise.all([
      client.query<StateRow>({
        name: 'load_conversations',
        text: `select c.id, c.contact_id, c.channel, c.account, c.key_wrapped, c.owner, c.language, c.risk, c.quiet, c.next_seq,
          c.inbox_attempts, c.campaign_ref, c.erase_requested_at, ct.platform_id_enc, ct.blocked, s.session_enc,
          h.id as handover_id, h.state as handover_state, h.risk as handover_risk, h.reasons_enc
        from conversations c join contacts ct on ct.id = c.contact_id
        left join sessions s on s.conversation_id = c.id
        left join handovers h on h.conversation_id = c.id and h.state in ('waiting', 'taken')
        where c.id = any($1::uuid[])`,
        values: [ids],
      }),
      client.query<InboxRow>({
        name: 'load_inbox',
        text: `select i.id, i.conversation_id, i.dedupe_key, i.event_enc from unnest($1::uuid[]) as c(id)
        cross join lateral (select * from inbox where conversation_id = c.id and processed_at is null order by id limit $2) i
        order by i.conversation_id, i.id`,
        values: [ids, MAX_EVENTS],
      }),
    ]),
  );
  const byConversation = Map.groupBy(inbox.rows, (row) => row.conversation_id);
  return states.rows.flatMap((row) => {
    const rows = byConversation.get(row.id) ?? [];
    if (rows.length === 0) return [];
    return [
      { loaded: openState(vault, row), events: rows.map((one) => openEvent(vault, row.key_wrapped, one)) },
    ];
  });
}

function openEvent(vault: Vault, keyWrapped: Buffer, row: InboxRow): WaitingEvent {
  try {
    const opened = vault.open(keyWrapped, placeEvent(row.dedupe_key, row.conversation_id), row.event_enc);
    return { inboxId: row.id, event: readEvent(opened) };
  } catch (error) {
    return { inboxId: row.id, event: null, error };
  }
}

const RiskSchema = z.enum(RISK_LEVELS).catch('none');
const SessionEnvelopeSchema = z.object({
  session: z.unknown(),
  lastChoices: z.array(z.object({ id: z.string(), label: z.string() })).default([]),
  recentSeqs: z.array(z.number()).default([]),
});
const ReasonsSchema = z.array(
  z.object({
    rule: z.string(),
    reasonKey: z.string(),
    level: z.enum(RISK_LEVELS),
    messageSeq: z.number().nullable(),
    start: z.number(),
    end: z.number(),
  }),
);

function openState(vault: Vault, row: StateRow): Loaded {
  const key = row.key_wrapped;
  const stored = attempt(() =>
    row.session_enc === null
      ? null
      : SessionEnvelopeSchema.parse(vault.open(key, placeSession(row.id), row.session_enc)),
  );
  const read = stored === null ? null : readSession(stored.session);
  return {
    id: row.id,
    contactId: row.contact_id,
    channel: row.channel,
    account: row.account,
    platformId:
      attempt(() =>
        z.string().parse(vault.open(key, placePlatformId(row.contact_id, row.id), row.platform_id_enc)),
      ) ?? '',
    keyWrapped: key,
    owner: row.owner,
    language: row.language,
    risk: RiskSchema.parse(row.risk),
    quiet: row.quiet,
    blocked: row.blocked,
    nextSeq: row.next_seq,
    attempts: row.inbox_attempts,
    campaignRef: row.campaign_ref,
    eraseRequestedAt: row.erase_requested_at,
    session: read?.kind === 'session' ? read.session : null,
    lastChoices: stored?.lastChoices ?? [],
    recentSeqs: stored?.recentSeqs ?? [],
    openHandover: openHandover(vault, row),
  };
}

function openHandover(vault: Vault, row: StateRow): Loaded['openHandover'] {
  const { handover_id: id, handover_state: state, reasons_enc: sealed } = row;
  if (id === null || state === null || sealed === null) return null;
  const reasons = attempt(() =>
    ReasonsSchema.parse(vault.open(row.key_wrapped, placeReasons(id, row.id), sealed)),
  );
  return { id, state, risk: RiskSchema.parse(row.handover_risk), reasons: reasons ?? [] };
}

/** An unreadable part must not silence the conversation: the person still gets an answer. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
