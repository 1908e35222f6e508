/** Writes the drafts of many conversations with one statement per table. */
import type { PoolClient } from 'pg';
import type { Vault } from '../ports.ts';
import { appendAudits, type AuditEntry } from '../store/audit.ts';
import { insertLiveEvents, type LiveChange } from '../store/live-events.ts';
import { sendTogether } from '../store/pool.ts';
import type { Draft } from './draft.ts';
import type { HeadState, OutboxRow } from './outbox-rows.ts';
import { endHandovers, hideUnsent, writeOwners } from './write-hands.ts';
import { dropUnsentMedia, writeMedia } from './write-media.ts';
import { writeMessages } from './write-messages.ts';
import {
  freeHeld,
  markProcessed,
  writeContacts,
  writeConversations,
  writeHandovers,
  writeSessions,
} from './write-state.ts';
import { writeStatistics } from './write-statistics.ts';

export interface WriteContext {
  vault: Vault;
  now: Date;
  /** who sends what is written now, and until when nobody else does */
  leaseOwner: string;
  leaseUntil: Date;
  /** channels that limit how many messages may follow one of the person's */
  countingChannels: readonly string[];
  /** ends the transaction; goes out with the last statements */
  commit: () => Promise<void>;
}

export interface Written {
  /** outbox rows, ready to be sent */
  rows: OutboxRow[];
  /** by outbox id: first messages that need no second look before they are sent, and how they stood at the commit */
  heads: Map<number, HeadState>;
}

/** All statements go out together, the commit with them; the first failure fails the transaction. */
export async function writeDrafts(
  client: PoolClient,
  drafts: readonly Draft[],
  context: WriteContext,
): Promise<Written> {
  const erased = drafts.filter(
    (draft) => draft.eraseRequestedAt !== null && draft.loaded.eraseRequestedAt === null,
  );
  const outgoing = drafts.flatMap((draft) =>
    draft.messages.filter((message) => message.author === 'bot').map((message) => ({ draft, message })),
  );
  const rows = await sendTogether(client, async () => {
    const written = Promise.all([
      writeMessages(client, drafts, outgoing, context, erased),
      writeMedia(client, drafts, context),
      dropUnsentMedia(client, drafts),
      writeSessions(client, drafts, context),
      endHandovers(client, drafts, context.now),
      writeHandovers(client, drafts, context),
      writeOwners(client, drafts, context.now),
      hideUnsent(client, drafts, context.vault),
      writeConversations(client, drafts, context),
      writeContacts(client, drafts),
      markProcessed(client, drafts, context.now),
      freeHeld(client, drafts, context.now),
      writeStatistics(client, drafts, context.now),
      insertLiveEvents(client, listChanges(drafts)),
      appendAudits(client, listAudited(drafts, context.now)),
    ]);
    const [[inserted]] = await Promise.all([written, context.commit()]);
    return inserted;
  });
  return { rows, heads: describeHeads(drafts, rows, context) };
}

/**
 * What the sender would read now stood under the lock of this transaction and could not change before its end: who answers, until
 * when we may, and that nothing older waits. Where something does, or there is something to count, it reads for itself.
 */
function describeHeads(
  drafts: readonly Draft[],
  rows: readonly OutboxRow[],
  { countingChannels }: WriteContext,
): Map<number, HeadState> {
  const byConversation = new Map(drafts.map((draft) => [draft.loaded.id, draft]));
  const heads = new Map<number, HeadState>();
  for (const row of rows) {
    const draft = byConversation.get(row.conversationId);
    // of a conversation only the first counts, and it is the first that is met
    byConversation.delete(row.conversationId);
    // what was agreed with this person is read and judged right before sending
    if (draft === undefined || draft.loaded.hasUnsent || draft.loaded.hasPlan) continue;
    if (countingChannels.includes(row.channel) && mayHaveSentSince(draft)) continue;
    heads.set(row.id, {
      owner: draft.owner,
      blocked: draft.blocked,
      lastInboundAt: draft.lastInboundAt ?? draft.loaded.lastInboundAt,
      sentSince: 0,
      isBehind: false,
      isHeldBack: false,
      plan: null,
    });
  }
  return heads;
}

/** Did we write anything since the message that is answered now? */
function mayHaveSentSince({ loaded, lastInboundAt, messages }: Draft): boolean {
  if (lastInboundAt === null || messages.some(({ author }) => author === 'platform')) return true;
  return loaded.lastOutboundAt !== null && loaded.lastOutboundAt >= lastInboundAt;
}

function listChanges(drafts: readonly Draft[]): LiveChange[] {
  return drafts.flatMap((draft) =>
    [...draft.live].map((kind) => ({ kind, conversationId: draft.loaded.id, userId: null })),
  );
}

function listAudited(drafts: readonly Draft[], at: Date): AuditEntry[] {
  return drafts.flatMap((draft) =>
    draft.audit.map(({ action, detail }) => ({
      ...{ at, userId: null, action, detail },
      ...{ objectKind: 'conversation', objectId: draft.loaded.id },
    })),
  );
}
