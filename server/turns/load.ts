/** Claims conversations that have something waiting and reads them under their locks. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { readSession, RISK_LEVELS } from '../../bot/index.ts';
import type { Vault } from '../ports.ts';
import type { Loaded } from './draft.ts';
import { sendTogether } from '../store/pool.ts';
import { readEvent } from './event-json.ts';
import type { FreshEvents } from './fresh-events.ts';
import { placeEvent, placePlatformId, placeReasons, placeSession } from '../store/places.ts';
import type { WaitingEvent } from './take.ts';

/**
 * Claiming and reading go out together: the ids stay with the server, in a setting of the transaction, where the statements that
 * follow find them. Those begin after the locks are held, so they see what the last holder committed.
 */
const CLAIMED = `any(string_to_array(current_setting('hoi_truoc.claimed', true), ',')::uuid[])`;

/** Of these some may be locked by others: more than all workers of a few instances can hold. */
const LOOKED_AT = 256;

/** Begins the transaction's work: locks conversations. @returns their ids */
export type Claim = (client: PoolClient) => Promise<string[]>;

/**
 * Locks up to `limit` conversations nobody else works on, the first ones behind `after` in a circle: whoever waits is reached
 * after as many batches as it takes to go round once, however many others wait or fail.
 */
export function claimConversations(after: string, now: Date, limit: number): Claim {
  return async (client) =>
    readClaimed(
      await client.query<ClaimedRow>({
        name: 'claim_conversations',
        text: `with claimed as (
            select c.id from (
              (select distinct i.conversation_id as id from inbox i join conversations k on k.id = i.conversation_id
               where i.processed_at is null and (i.not_before is null or i.not_before <= $2) and i.conversation_id > $1
                 and (k.inbox_not_before is null or k.inbox_not_before <= $2)
               order by 1 limit ${LOOKED_AT})
              union all
              (select distinct i.conversation_id as id from inbox i join conversations k on k.id = i.conversation_id
               where i.processed_at is null and (i.not_before is null or i.not_before <= $2) and i.conversation_id <= $1
                 and (k.inbox_not_before is null or k.inbox_not_before <= $2)
               order by 1 limit ${LOOKED_AT})) w
            join conversations c on c.id = w.id
            where c.inbox_not_before is null or c.inbox_not_before <= $2
            limit $3 for no key update of c skip locked)
          select set_config('hoi_truoc.claimed', coalesce(string_agg(id::text, ','), ''), true) as ids from claimed`,
        values: [after, now, limit],
      }),
    );
}

/** Locks one conversation, waiting for whoever has it. */
export function claimOne(id: string): Claim {
  return async (client) =>
    readClaimed(
      await client.query<ClaimedRow>(
        `with claimed as (select id from conversations where id = $1 for no key update)
         select set_config('hoi_truoc.claimed', coalesce(string_agg(id::text, ','), ''), true) as ids from claimed`,
        [id],
      ),
    );
}

interface ClaimedRow {
  ids: string;
}

function readClaimed({ rows }: { rows: readonly ClaimedRow[] }): string[] {
  return (rows[0]?.ids ?? '').split(',').filter((id) => id !== '');
}

/** Events read per conversation and transaction; whoever writes more waits for the next round like everybody else. */
const MAX_EVENTS = 50;

interface StateRow {
  id: string;
  contact_id: string;
  channel: string;
  account: string;
  key_wrapped: Buffer;
  owner: Loaded['owner'];
  language: string;
  risk: string;
  quiet: boolean;
  next_seq: number;
  inbox_attempts: number;
  campaign_ref: string | null;
  erase_requested_at: Date | null;
  last_inbound_at: Date | null;
  last_outbound_at: Date | null;
  has_unsent: boolean;
  platform_id_enc: Buffer;
  blocked: boolean;
  plan_wording: 'plain' | 'neutral' | null;
  session_enc: Buffer | null;
  handover_id: string | null;
  handover_state: 'waiting' | 'taken' | null;
  handover_risk: string | null;
  handover_cause: string | null;
  reasons_enc: Buffer | null;
  risk_set_seq: number | null;
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

export interface LoadDeps {
  vault: Vault;
  fresh: FreshEvents;
}

/** @param onClaimed told what is locked as soon as that is known */
export async function claimAndLoad(
  client: PoolClient,
  deps: LoadDeps,
  claim: Claim,
  now: Date,
  onClaimed: (ids: readonly string[]) => void,
): Promise<Waiting[]> {
  const [, states, inbox] = await sendTogether(client, () =>
    Promise.all([
      claim(client).then(onClaimed),
      client.query<StateRow>({
        name: 'load_conversations',
        text: `select c.id, c.contact_id, c.channel, c.account, c.key_wrapped, c.owner, c.language, c.risk, c.quiet, c.next_seq,
          c.inbox_attempts, c.campaign_ref, c.erase_requested_at, c.last_inbound_at, c.last_outbound_at,
          ct.platform_id_enc, ct.blocked, c.plan_wording, s.session_enc,
          h.id as handover_id, h.state as handover_state, h.risk as handover_risk, h.cause as handover_cause,
          h.reasons_enc, h.risk_set_seq,
          exists (select 1 from outbox o where o.conversation_id = c.id and o.state = 'queued') as has_unsent
        from conversations c join contacts ct on ct.id = c.contact_id
        left join sessions s on s.conversation_id = c.id
        left join handovers h on h.conversation_id = c.id and h.state in ('waiting', 'taken')
        where c.id = ${CLAIMED}`,
      }),
      client.query<InboxRow>({
        name: 'load_inbox',
        text: `select i.id, i.conversation_id, i.dedupe_key, i.event_enc from conversations c
        cross join lateral (select * from inbox where conversation_id = c.id and processed_at is null
          and (not_before is null or not_before <= $2) order by id limit $1) i
        where c.id = ${CLAIMED} order by i.conversation_id, i.id`,
        values: [MAX_EVENTS, now],
      }),
    ]),
  );
  const byConversation = Map.groupBy(inbox.rows, (row) => row.conversation_id);
  return states.rows.flatMap((row) => {
    const rows = byConversation.get(row.id) ?? [];
    if (rows.length === 0) return [];
    const events = rows.map((one) => openEvent(deps, row.key_wrapped, one));
    return [{ loaded: openState(deps.vault, row, findPlatformId(events)), events }];
  });
}

function openEvent({ vault, fresh }: LoadDeps, keyWrapped: Buffer, row: InboxRow): WaitingEvent {
  const kept = fresh.take(row.dedupe_key);
  if (kept !== null) return { inboxId: row.id, event: kept };
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

/** Each event names the person it is filed under; only our own (a wait that is over) name nobody. */
function findPlatformId(events: readonly WaitingEvent[]): string | null {
  return events.find(({ event }) => (event?.conversationId ?? '') !== '')?.event?.conversationId ?? null;
}

function openState(vault: Vault, row: StateRow, platformId: string | null): Loaded {
  const key = row.key_wrapped;
  const stored = attempt(() =>
    row.session_enc === null
      ? null
      : SessionEnvelopeSchema.parse(vault.open(key, placeSession(row.id), row.session_enc)),
  );
  const read = stored === null ? null : readSession(stored.session);
  // neutral words only: that is what the bot's quiet mode is, for as long as the plan says so
  const isNeutral = row.plan_wording === 'neutral';
  return {
    id: row.id,
    contactId: row.contact_id,
    channel: row.channel,
    account: row.account,
    platformId:
      platformId ??
      attempt(() =>
        z.string().parse(vault.open(key, placePlatformId(row.contact_id, row.id), row.platform_id_enc)),
      ) ??
      '',
    keyWrapped: key,
    owner: row.owner,
    language: row.language,
    risk: RiskSchema.parse(row.risk),
    quiet: row.quiet || isNeutral,
    blocked: row.blocked,
    hasPlan: row.plan_wording !== null,
    nextSeq: row.next_seq,
    attempts: row.inbox_attempts,
    campaignRef: row.campaign_ref,
    eraseRequestedAt: row.erase_requested_at,
    lastInboundAt: row.last_inbound_at,
    lastOutboundAt: row.last_outbound_at,
    hasUnsent: row.has_unsent,
    session: read?.kind !== 'session' ? null : isNeutral ? { ...read.session, mode: 'quiet' } : read.session,
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
  return {
    id,
    state,
    risk: RiskSchema.parse(row.handover_risk),
    reasons: reasons ?? [],
    // one that a counsellor took, or put back for a colleague, is a handover like any other
    isPlatforms: row.handover_cause === 'platform' && state === 'taken' && row.owner !== 'counsellor',
    riskSetSeq: row.risk_set_seq,
  };
}

/** An unreadable part must not silence the conversation: the person still gets an answer. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
