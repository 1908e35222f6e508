/** One conversation: reading it, and the moves take, reply, give back, put back, close. Each leaves an audit row. */
import type { PoolClient } from 'pg';
import {
  endHandover,
  lockConversation,
  readConversationFacts,
  readDeskItem,
  reassignConversation,
  releaseConversation,
  returnFromPlatform,
  takeConversation,
} from '../store/desk.ts';
import type { DeskItem } from '../store/desk.ts';
import { deleteDraft, deleteDrafts } from '../store/drafts.ts';
import { listNamed } from '../store/mentions.ts';
import { addNote, listNotes } from '../store/notes.ts';
import { askForTalk } from '../store/exposures.ts';
import { isOnBreak } from '../store/desk-settings.ts';
import { returnTransfers } from '../store/transfers.ts';
import type { Actor } from '../store/user-sessions.ts';
import { readNames } from '../store/users.ts';
import { listVisits } from '../store/visits.ts';
import {
  CloseSchema,
  ConversationSchema,
  DoneSchema,
  EmptySchema,
  IdParamsSchema,
  ReplyDoneSchema,
  ReplySchema,
  TakenSchema,
  TakeSchema,
} from './contract.ts';
import type { Refusal } from './contract.ts';
import { maskConversation } from './masks.ts';
import { may } from './policies.ts';
import { readMessages } from './messages.ts';
import { ReturnSchema } from './queue-contract.ts';
import { describeOffer, describeReasons } from './queue.ts';
import { auditedRoute, done, refused } from './route.ts';
import type { Refused, Route, Tools } from './route.ts';

/** Newest messages shown; older ones stay in the database. */
const MAX_MESSAGES = 500;
/** Newest texts of the person that are read for the language they are in. */
const MAX_TEXTS_READ = 20;
/** Newest notes shown. */
const MAX_NOTES = 500;

export const conversationRoutes: readonly Route[] = [
  auditedRoute({
    method: 'get',
    path: '/conversations/:id',
    permission: 'overview',
    summary: 'The whole conversation with the state of each delivery and the reasons. Each read is audited.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: ConversationSchema,
    refusals: ['not_found'],
    audit: { action: 'conversation_read', object: 'conversation' },
    handle: async ({ actor, params, client, now, tools }) => {
      const item = await readDeskItem(client, tools.vault, params.id);
      const facts = await readConversationFacts(client, params.id);
      const sending = await tools.sendingTo(client, params.id);
      if (item === null || facts === null || sending === null || !mayRead(actor, item))
        return refused('not_found');
      const afterSeq = Math.max(0, facts.lastSeq - MAX_MESSAGES);
      const messages = await readMessages(client, tools, params.id, afterSeq, MAX_MESSAGES);
      const notes = await listNotes(client, tools.vault, params.id, {
        ...{ readerId: actor.userId, limit: MAX_NOTES },
      });
      const names = await readNames(client, [...new Set(notes.map((note) => note.userId))]);
      const named = await listNamed(
        client,
        notes.map((note) => note.id),
      );
      const visits = await listVisits(client, params.id);
      const { code, channel, language, quiet, state, risk, cause, takenBy, outcome } = item;
      const value = {
        ...{ code, channel, language, quiet },
        alsoWrites: [
          ...tools.languagesWritten(
            messages
              .filter(({ author }) => author === 'person')
              .slice(-MAX_TEXTS_READ)
              .map(({ text }) => text),
            language,
          ),
        ],
        now: now.toISOString(),
        id: params.id,
        createdAt: facts.createdAt.toISOString(),
        handovers: facts.handovers,
        campaignRef: facts.campaignRef,
        masked: false,
        sending: { ...sending, until: sending.until?.toISOString() ?? null },
        atPlatformSince: item.owner === 'platform' ? (item.platformAt?.toISOString() ?? null) : null,
        handover: {
          ...{ state, risk, cause, takenBy, outcome },
          reasons: describeReasons(item, tools, actor.uiLanguage),
          waitingSince: item.waitingSince.toISOString(),
          takenAt: item.takenAt?.toISOString() ?? null,
          endedAt: item.endedAt?.toISOString() ?? null,
          warnedAt: item.warnedAt?.toISOString() ?? null,
        },
        handling: {
          riskByHand: item.riskSet === risk,
          offer: describeOffer(item, actor.userId),
          count: facts.handlings,
        },
        messages,
        hasEarlier: afterSeq > 0,
        notes: notes.map(({ userId, createdAt, ...note }) => ({
          ...note,
          userName: names.get(userId) ?? null,
          mentions: [...(named.get(note.id) ?? [])],
          createdAt: createdAt.toISOString(),
        })),
        visits: visits.map(({ waitingSince, endedAt, ...visit }) => ({
          ...visit,
          waitingSince: waitingSince.toISOString(),
          endedAt: endedAt?.toISOString() ?? null,
        })),
        maxPartUtf16: tools.maxPartUtf16(channel),
      };
      const shown = maskConversation(value, actor.role);
      return done(shown, {
        objectId: params.id,
        detail: { messages: messages.length, ...(shown.masked ? { masked: true } : {}) },
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/take',
    permission: 'desk',
    summary:
      'Take a waiting conversation. Of two at the same moment one gets it, the other is told who has it. A supervisor takes over with a reason, which stays as a note.',
    params: IdParamsSchema,
    body: TakeSchema,
    output: TakenSchema,
    refusals: ['not_found', 'conversation_taken', 'not_waiting', 'forbidden', 'on_break', 'bad_request'],
    audit: { action: 'conversation_taken', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const item = await lockOpenItem(client, tools, params.id, actor);
      if (item === null) return refused('not_found');
      if (item.state === 'returned' || item.state === 'closed') return refused('not_waiting');
      const taker = item.takenBy;
      if (body.from !== undefined && !may(actor.role, 'supervise')) return refused('forbidden');
      const takesOver = taker !== null && taker.id === body.from;
      if (taker !== null && taker.id !== actor.userId && !takesOver)
        return refused('conversation_taken', { by: taker });
      if (await isOnBreak(client, actor.userId)) return refused('on_break');
      if (takesOver) {
        const { reason: text } = body;
        if (text === undefined) return refused('bad_request', { fields: ['reason'] });
        const note = { id: tools.newId(), conversationId: params.id, userId: actor.userId, text, now };
        await addNote(client, tools.vault, note);
        await returnTransfers(client, [params.id], now);
        await reassignConversation(client, params.id, actor.userId, now);
        await tools.tellPerson(client, {
          ...{ conversationId: params.id, userId: actor.userId },
          messageKey: tools.deskRules.changed,
        });
      } else await takeConversation(client, params.id, actor.userId, now);
      await tellAll(client, tools, params.id);
      return done({ conversationId: params.id }, { objectId: params.id, detail: { over: takesOver } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/reply',
    permission: 'desk',
    summary:
      'Queue an answer to the person. The same clientMessageId twice sends once. Refused when the channel does not let us write: the draft stays with the browser.',
    params: IdParamsSchema,
    body: ReplySchema,
    output: ReplyDoneSchema,
    refusals: [
      ...([
        'not_found',
        'not_yours',
        'conflict',
        'colleague_replied',
        'window_closed',
        'free_used_up',
      ] as const),
      ...(['quota_reserved', 'quota_used_up', 'quiet_hours', 'person_blocked'] as const),
      ...(['plan_never_first', 'plan_channel', 'plan_times', 'plan_wording', 'transfer_open'] as const),
    ],
    audit: { action: 'reply_queued', object: 'conversation' },
    handle: async ({ actor, params, body, client, tools }) => {
      const refusal = await requireMine(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      const sending = await tools.sendingTo(client, params.id, body.text);
      if (sending !== null && sending.reason !== null) {
        const until = sending.until === null ? {} : { until: sending.until.toISOString() };
        return refused(sending.reason, until);
      }
      const { seenSeq, ...reply } = body;
      if (seenSeq !== undefined) {
        const colleague = await findReplyOfOther(client, params.id, actor.userId, seenSeq);
        if (colleague !== null) return refused('colleague_replied', colleague);
      }
      const message = { conversationId: params.id, userId: actor.userId, ...reply };
      const queued = await tools.queueCounsellorMessage(client, message);
      await deleteDraft(client, params.id, actor.userId, 'reply');
      // its own event tells of the message; this one wakes everybody, the sender too
      await tools.announce(client, [
        { kind: 'conversation_changed', conversationId: params.id, userId: null },
      ]);
      return done(queued, { objectId: params.id, detail: { messageId: queued.messageId, seq: queued.seq } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/return',
    permission: 'desk',
    summary:
      'Give the conversation back to the bot, which goes on where it was or at the start of a flow: one of mine, or one that is answered at the platform.',
    params: IdParamsSchema,
    body: ReturnSchema,
    output: DoneSchema,
    refusals: ['not_found', 'not_yours', 'transfer_open', 'bad_request', 'quiet_now'],
    audit: { action: 'conversation_returned', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const entry = tools.deskRules.entry_flows.find(({ id }) => id === body.entry) ?? null;
      if (body.entry !== undefined && entry === null) return refused('bad_request', { fields: ['entry'] });
      const item = await lockOpenItem(client, tools, params.id, actor);
      if (item?.owner === 'platform') {
        await returnFromPlatform(client, params.id, now);
        await tellAll(client, tools, params.id);
        return done({ done: true }, { objectId: params.id, detail: { from: 'platform' } });
      }
      const refusal = await requireMine(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      if (entry !== null && item?.quiet === true) return refused('quiet_now');
      await endHandover(client, params.id, { state: 'returned', outcome: null, now });
      if (entry !== null)
        await tools.enterFlow(client, params.id, { flow: entry.flow, node: entry.node ?? null });
      await tellAll(client, tools, params.id);
      return done({ done: true }, { objectId: params.id, detail: entry === null ? {} : { entry: entry.id } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/release',
    permission: 'desk',
    summary: 'Put the conversation back into the queue at its old place, for a colleague.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found', 'not_yours', 'transfer_open'],
    audit: { action: 'conversation_released', object: 'conversation' },
    handle: async ({ actor, params, client, now, tools }) => {
      const refusal = await requireMine(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      await releaseConversation(client, params.id, now);
      await tellAll(client, tools, params.id);
      return done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/close',
    permission: 'desk',
    summary:
      'End the handover with an outcome. The bot answers what comes next. As abusive only after a warning, with a reason, and never in high or imminent risk.',
    params: IdParamsSchema,
    body: CloseSchema,
    output: DoneSchema,
    refusals: ['not_found', 'not_yours', 'transfer_open', 'bad_request', 'risk_forbids', 'not_warned'],
    audit: { action: 'conversation_closed', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const refusal = await requireMine(client, tools, params.id, actor);
      if (refusal !== null) return refusal;
      const isAbusive = body.outcome === 'abusive';
      const item = await readDeskItem(client, tools.vault, params.id);
      if ((body.reason !== undefined) !== isAbusive) return refused('bad_request', { fields: ['reason'] });
      if (isAbusive) {
        if (item?.risk === 'high' || item?.risk === 'imminent') return refused('risk_forbids');
        if (item === null || !wroteOn(item)) return refused('not_warned');
      }
      if (body.wantsTalk === true) await askForTalk(client, params.id, actor.userId, now);
      if (body.reason !== undefined) {
        const note = { id: tools.newId(), conversationId: params.id, userId: actor.userId, now };
        await addNote(client, tools.vault, { ...note, text: body.reason });
      }
      await endHandover(client, params.id, { state: 'closed', outcome: body.outcome, now });
      await deleteDrafts(client, params.id);
      // nobody is left with a closed door: the bot says the numbers
      const entry = tools.deskRules.entry_flows.find(({ id }) => id === tools.deskRules.abuse.then);
      if (isAbusive && entry !== undefined && item?.quiet !== true)
        await tools.enterFlow(client, params.id, { flow: entry.flow, node: entry.node ?? null });
      await tellAll(client, tools, params.id);
      return done({ done: true }, { objectId: params.id, detail: { outcome: body.outcome } });
    },
  }),
];

/**
 * A counsellor reads who waits, whom they answer or answered last, and whom they are asked to take over; a supervisor whatever came to the desk; so do those who
 * see no text in it.
 */
export function mayRead(actor: Pick<Actor, 'role' | 'userId'>, item: DeskItem): boolean {
  if (may(actor.role, 'supervise') || !may(actor.role, 'texts')) return true;
  if (item.offer?.addressees.includes(actor.userId) === true) return true;
  return item.state === 'waiting' || isAtPlatform(item) || item.takenBy?.id === actor.userId;
}

/** Warned, and it went on. */
function wroteOn({ warnedAt, lastInboundAt }: DeskItem): boolean {
  return warnedAt !== null && lastInboundAt !== null && lastInboundAt > warnedAt;
}

/** Nobody of ours has it: whoever is at the desk may look, take it, or give it back to the bot. */
function isAtPlatform(item: DeskItem): boolean {
  return item.state === 'taken' && item.takenBy === null;
}

/**
 * Locks the conversation, then reads its newest handover. That a colleague has it is in everyone's queue and no secret;
 * what is over belongs to whoever may read it.
 */
export async function lockOpenItem(
  client: PoolClient,
  tools: Tools,
  id: string,
  actor: Actor,
): Promise<DeskItem | null> {
  if (!(await lockConversation(client, id))) return null;
  const item = await readDeskItem(client, tools.vault, id);
  if (item === null) return null;
  return item.state === 'taken' || mayRead(actor, item) ? item : null;
}

/**
 * Locks it. While somebody is asked to take over, nothing changes until they answered or the offer was taken back.
 * @returns why the one who asks may not act; null = they may
 */
export async function requireMine(
  client: PoolClient,
  tools: Tools,
  id: string,
  actor: Actor,
): Promise<Refused | null> {
  const item = await lockOpenItem(client, tools, id, actor);
  if (item === null) return refused('not_found');
  if (item.state === 'taken' && item.takenBy?.id === actor.userId)
    return item.offer === null ? null : refused('transfer_open');
  return item.takenBy === null || item.state !== 'taken'
    ? refused('not_yours')
    : refused('not_yours', { by: item.takenBy });
}

/** @returns who wrote to the person since, at our desk or at the platform's own inbox; null: nobody */
async function findReplyOfOther(
  client: PoolClient,
  conversationId: string,
  userId: string,
  afterSeq: number,
): Promise<Pick<Refusal, 'by'> | null> {
  const found = await client.query<{ id: string | null; name: string | null }>(
    `select m.user_id as id, u.display_name as name from messages m left join users u on u.id = m.user_id
     where m.conversation_id = $1 and m.seq > $2 and m.author in ('counsellor', 'platform') and m.user_id is distinct from $3
     order by m.seq desc limit 1`,
    [conversationId, afterSeq, userId],
  );
  const reply = found.rows[0];
  if (reply === undefined) return null;
  return reply.id === null ? {} : { by: { id: reply.id, displayName: reply.name ?? '' } };
}

export async function tellAll(client: PoolClient, tools: Tools, conversationId: string): Promise<void> {
  await tools.announce(client, [
    { kind: 'conversation_changed', conversationId, userId: null },
    { kind: 'queue_changed', conversationId, userId: null },
  ]);
}
